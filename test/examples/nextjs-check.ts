/**
 * Builds and starts the two applications of examples/nextjs with the packed package, asks each of them once and looks at
 * what it traced: `node test/examples/nextjs-check.ts`, after `npm run build`. It installs Next.js, so it is none of the
 * ordinary tests.
 *
 * Exit code 0 when both are as they should be, 1 when not, or when it took longer than four minutes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";

import { startProviderServer } from "../../examples/demo/provider-server.ts";
import { lineages, OtlpReceiver } from "../support/otlp-receiver.ts";

const LONGEST = 4 * 60_000;
const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const EXAMPLE = path.join(REPOSITORY, "examples/nextjs");
const PACKAGE = "langchain-otel";
const TARBALL = `file:${PACKAGE}.tgz`;
const REQUEST = "GET /api/chat";
const MODEL = "gen_ai.chat";

const started = Date.now();
const tooLong = AbortSignal.timeout(LONGEST);
const folder = await mkdtemp(path.join(tmpdir(), "nextjs-"));
let passed = 0;
try {
  await step("install", install);
  for (const variant of ["external", "bundled"]) {
    await step(`${variant}: build`, () => run(next("build", variant)));
    await step(`${variant}: start and ask`, () => check(variant));
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(
    `Next.js: FAILED: ${tooLong.aborted ? `not done within ${LONGEST / 1000} s; ` : ""}${reason}`,
  );
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
const failed = process.exitCode === 1 ? 1 : 0;
console.log(`Next.js: ${passed} passed, ${failed} failed (${since(started)})`);

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const begun = Date.now();
  try {
    await work();
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  passed += 1;
  console.log(`  ${name} (${since(begun)})`);
}

/** The example in a folder of its own, with our package as a user gets it. */
async function install(): Promise<void> {
  await cp(EXAMPLE, folder, {
    recursive: true,
    filter: (file) => !["node_modules", ".next"].includes(path.basename(file)),
  });
  const packed = await run(["npm", "pack", "--ignore-scripts", "--silent", REPOSITORY]);
  await rename(inFolder(packed.trim()), inFolder(`${PACKAGE}.tgz`));
  await takeTarball();
  await run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
}

/** The example asks the registry for our package; here the packed one takes its place. */
async function takeTarball(): Promise<void> {
  const { version, dependencies, peerDependencies, peerDependenciesMeta, engines } =
    await readJson<Manifest>(path.join(REPOSITORY, "package.json"));

  const manifest = await readJson<Manifest>(inFolder("package.json"));
  same("the version that the example asks for", manifest.dependencies[PACKAGE], version);
  manifest.dependencies[PACKAGE] = TARBALL;
  await writeFile(inFolder("package.json"), JSON.stringify(manifest));

  const lock = await readJson<{ packages: Record<string, object> }>(inFolder("package-lock.json"));
  lock.packages[""] = { ...lock.packages[""], dependencies: manifest.dependencies };
  lock.packages[`node_modules/${PACKAGE}`] = {
    version,
    resolved: TARBALL,
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
    engines,
  };
  await writeFile(inFolder("package-lock.json"), JSON.stringify(lock));
}

async function check(variant: string): Promise<void> {
  // What is in the bundle has to do without these.
  const hidden = variant === "bundled" ? [PACKAGE, "@langchain"] : [];
  for (const name of hidden) await rename(installed(name), installed(`.${name}`));
  const receiver = await OtlpReceiver.listen();
  const provider = await startProviderServer();
  const server = start([...next("start", variant), "-H", "127.0.0.1", "-p", "0"], {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: "none",
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    // Next.js makes a span for each `fetch`, too, beside that of OpenTelemetry's instrumentation.
    NEXT_OTEL_FETCH_DISABLED: "1",
  });
  try {
    const address = await server.said(/http:\/\/127\.0\.0\.1:\d+/);
    const question = encodeURIComponent("What is the capital of France?");
    const response = await fetch(`${address}/api/chat?question=${question}`, { signal: tooLong });
    same("the answer", await response.text(), '{"answer":"The capital of France is Paris."}');
    await receiver.until(({ spans }) =>
      [MODEL, REQUEST].every((name) => spans.some((span) => span.name === name)),
    );
    look(receiver);
  } finally {
    await server.end();
    await receiver.close();
    await provider.close();
    for (const name of hidden) await rename(installed(`.${name}`), installed(name));
  }
}

function look({ spans }: OtlpReceiver): void {
  const models = spans.filter(({ name }) => name === MODEL);
  same("how many model calls there are", models.length, 1);
  const [model] = models;
  const place = `SERVER ${REQUEST} > INTERNAL executing api route (app) /api/chat > CLIENT ${MODEL}`;
  same(
    "the model call's place in its trace",
    lineages(spans.filter(({ traceId }) => traceId === model?.traceId)).filter((line) =>
      line.includes(MODEL),
    ),
    [place, `${place} > CLIENT POST`],
  );
  same("the service's name", model?.resource["service.name"], "nextjs-example");
  same(
    "the tokens",
    ["input_tokens", "output_tokens", "cache_creation.input_tokens"].map(
      (name) => model?.attributes[`gen_ai.usage.${name}`],
    ),
    [1430, 73, 1408],
  );
}

// --- internal ---

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies?: object;
  readonly peerDependenciesMeta?: object;
  readonly engines?: object;
}

interface Command {
  /** The first match in what it prints; rejects when it ends without. */
  said(pattern: RegExp): Promise<string>;
  /** Ends it. */
  end(): Promise<void>;
  /** What it has printed, once it has ended by itself; rejects when it failed. */
  readonly output: Promise<string>;
}

function start([command = "", ...args]: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  const child: ChildProcess = spawn(command, args, {
    cwd: folder,
    env: {
      ...withoutTelemetry(process.env),
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env["PATH"] ?? ""}`,
      NEXT_TELEMETRY_DISABLED: "1",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    signal: tooLong,
    killSignal: "SIGKILL",
  });
  let printed = "";
  const ended = once(child, "close").then(
    ([code]) => code as number | null,
    () => null,
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      child.emit("printed");
    });
  }
  return {
    async said(pattern) {
      for (;;) {
        const match = pattern.exec(printed);
        if (match !== null) return match[0];
        const isOver = await Promise.race([
          once(child, "printed").then(() => false),
          ended.then(() => true),
        ]);
        if (isOver) throw new Error(`it ended and had not said ${pattern}:\n${printed}`);
      }
    },
    async end() {
      child.kill("SIGKILL");
      await ended;
    },
    get output() {
      return ended.then((code) => {
        if (code === 0) return printed;
        throw new Error(`${[command, ...args].join(" ")} failed:\n${printed}`);
      });
    },
  };
}

/** Whoever runs this may have telemetry of their own. */
function withoutTelemetry(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(env);
  return Object.fromEntries(
    entries.filter(([name]) => !/^(?:OTEL_|LANGCHAIN_|NODE_ENV$|NODE_OPTIONS$)/.test(name)),
  );
}

function run(command: readonly string[]): Promise<string> {
  return start(command).output;
}

function next(command: string, variant: string): string[] {
  return [process.execPath, installed("next/dist/bin/next"), command, variant];
}

function installed(name: string): string {
  return inFolder(`node_modules/${name}`);
}

function inFolder(name: string): string {
  return path.join(folder, name);
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, "utf8")) as T;
}

function same(what: string, got: unknown, expected: unknown): void {
  if (isDeepStrictEqual(got, expected)) return;
  throw new Error(`expected ${what} to be ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
}

function since(begun: number): string {
  return `${((Date.now() - begun) / 1000).toFixed(1)} s`;
}
