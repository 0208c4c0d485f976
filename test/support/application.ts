import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, rm, symlink, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = resolve(fileURLToPath(import.meta.url), "../../..");
const FIXTURES = join(REPOSITORY, "test/register/fixtures");

/**
 * A folder in which applications are run, with the entry files of the package under test. The source runs as it is, on
 * the Node of the tests; `LANGCHAIN_OTEL_DIST` names a folder of built files to be run in its stead, and
 * `LANGCHAIN_OTEL_NODE` another Node.
 */
export interface Place {
  readonly folder: string;
  /** Where the fixtures are, below the folder. */
  readonly fixtures: string;
  /** Absolute paths of the entry files. */
  readonly register: string;
  readonly sdk: string;
  dispose(): Promise<void>;
}

/** The repository itself: SDK 3, API 1.10. */
export function repository(): Place {
  const dist = process.env["LANGCHAIN_OTEL_DIST"];
  const code = dist === undefined ? join(REPOSITORY, "src") : resolve(dist);
  return { folder: REPOSITORY, fixtures: FIXTURES, ...entries(code), dispose: async () => {} };
}

/**
 * A copy of package and fixtures where other versions are installed. A link would not do: it would find the packages of
 * the place that it leads to.
 *
 * @param below a workspace of the repository whose packages are used, such as `test/compat/sdk2`
 */
export async function copyBelow(below: string): Promise<Place> {
  const folder = await mkdtemp(join(REPOSITORY, below, "application-"));
  return fill(folder);
}

/**
 * A copy outside the repository where only these packages are installed.
 *
 * @param packages folders of the repository to link, such as `@langchain/core` or `test/compat/sdk2/node_modules/x`,
 * by the name to link them under
 */
export async function copyWith(packages: Readonly<Record<string, string>>): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "application-"));
  for (const [name, target] of Object.entries(packages)) {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(REPOSITORY, target), link);
  }
  return fill(folder);
}

/** What an application needs to ask a model with the handler or the instrumentation, and no SDK. */
export const WITHOUT_SDK: Readonly<Record<string, string>> = {
  "@langchain/core": "node_modules/@langchain/core",
  "@opentelemetry/api": "node_modules/@opentelemetry/api",
  "@opentelemetry/semantic-conventions": "node_modules/@opentelemetry/semantic-conventions",
};

/** How an application is started. */
export interface Launch {
  /** A path, or the name of a fixture. */
  readonly script: string;
  /** Preloads the register entry. */
  readonly preload?: "--import" | "--require" | undefined;
  /** Further flags of Node, before the preload. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How an application ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An application under way. */
export class Application {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  #stdout = "";
  #stderr = "";
  #check = (): void => {};

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#check();
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((settle, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) =>
        settle({ code, signal, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  /** The first match in what the application prints; rejects when it ends without. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    const printed = new Promise<RegExpExecArray>((settle) => {
      this.#check = () => {
        const match = pattern.exec(this.#stdout);
        if (match !== null) settle(match);
      };
      this.#check();
    });
    const ended = this.ended.then((ending) => {
      const match = pattern.exec(this.#stdout);
      if (match !== null) return match;
      throw new Error(`It ended before it said ${pattern}: ${JSON.stringify(ending)}`);
    });
    return Promise.race([printed, ended]);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Starts an application in an environment with nothing of the tests' own. */
export function launch(
  place: Place,
  { script, preload, flags = [], env = {} }: Launch,
): Application {
  const register = preload === undefined ? [] : [preload, place.register];
  const node = process.env["LANGCHAIN_OTEL_NODE"] ?? process.execPath;
  const child = spawn(node, [...flags, ...register, resolve(place.fixtures, script)], {
    cwd: place.folder,
    env: { PATH: process.env["PATH"] ?? "", SDK_ENTRY: place.sdk, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Application(child);
}

/** Starts an application and waits for its end. */
export function run(place: Place, how: Launch): Promise<Ending> {
  return launch(place, how).ended;
}

// --- internal ---

async function fill(folder: string): Promise<Place> {
  const isBuilt = process.env["LANGCHAIN_OTEL_DIST"] !== undefined;
  const code = join(folder, isBuilt ? "node_modules/langchain-otel/dist" : "src");
  await cp(dirname(repository().register), code, { recursive: true });
  if (isBuilt) await cp(join(REPOSITORY, "package.json"), join(code, "../package.json"));
  await cp(FIXTURES, join(folder, "fixtures"), { recursive: true });
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "copied-application", type: "module" }),
  );
  return {
    folder,
    fixtures: join(folder, "fixtures"),
    ...entries(code),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

function entries(code: string): Pick<Place, "register" | "sdk"> {
  const extension = process.env["LANGCHAIN_OTEL_DIST"] === undefined ? "ts" : "js";
  return {
    register: join(code, `register.${extension}`),
    sdk: join(code, "sdk", `index.${extension}`),
  };
}
