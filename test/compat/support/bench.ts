import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { rolldown } from "rolldown";

import { build, makeApplication, remove, run } from "./applications.ts";
import type { Application, Bundle, Cell } from "./cells.ts";
import { attachesAtOnce, type NodeBinary } from "./node-version.ts";
import { OpenAiServer } from "./openai-server.ts";

/** How a cell ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
  /** Its output, parsed when it is JSON. */
  readonly prints: unknown;
  readonly requests: number;
}

/** How a cell should end. */
export function expected({ prints, says = "", requests }: Cell): Outcome {
  return { code: 0, stderr: says, prints, requests };
}

/** As many as there are processors on a small machine. */
const AT_ONCE = 2;

/** Runs cells. Applications and bundles are made when a cell first needs them, and once. */
export class Bench {
  readonly #server: OpenAiServer;
  readonly #built: string;
  readonly #made = new Map<string, Promise<string>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  private constructor(server: OpenAiServer, built: string) {
    this.#server = server;
    this.#built = built;
  }

  static async open(): Promise<Bench> {
    const built = await build();
    return new Bench(await OpenAiServer.listen(), built);
  }

  /** A few run at once, the others wait. */
  async run(cell: Cell, node: NodeBinary): Promise<Outcome> {
    await this.#turn();
    try {
      return await this.#run(cell, node);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    await this.#server.close();
    const made = await Promise.allSettled(this.#made.values());
    await remove([
      this.#built,
      ...made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])),
    ]);
  }

  // --- internal ---

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    this.#running += 1;
  }

  async #run({ application, args, bundle }: Cell, node: NodeBinary): Promise<Outcome> {
    const folder = await this.#application(application);
    const url = this.#server.newUrl();
    const env = {
      OPENAI_URL: url,
      ...(attachesAtOnce(node.version) ? {} : { AWAIT_READY: "yes" }),
    };
    const [cwd, given] =
      bundle === undefined
        ? [folder, args]
        : [
            await this.#bundle(folder, args.join(" "), bundle),
            [`bundled.${EXTENSIONS[bundle.format]}`],
          ];
    const { code, stderr, stdout } = await run(node.path, given, { cwd, env });
    return { code, stderr, prints: parsed(stdout), requests: this.#server.requestsTo(url) };
  }

  #application({ packages }: Application): Promise<string> {
    return this.#once(JSON.stringify(packages), () => makeApplication(packages, this.#built));
  }

  #bundle(folder: string, program: string, options: Bundle): Promise<string> {
    return this.#once(`${folder} ${JSON.stringify(options)}`, () =>
      makeBundle(folder, program, options),
    );
  }

  #once(key: string, make: () => Promise<string>): Promise<string> {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made;
  }
}

// --- internal ---

const EXTENSIONS = { es: "mjs", cjs: "cjs" };

/** A folder with nothing but one file, which holds the program and all of its packages. */
async function makeBundle(folder: string, program: string, options: Bundle): Promise<string> {
  const { format, minify = false, withoutImportMeta = false } = options;
  const target = await mkdtemp(join(tmpdir(), "bundle-"));
  const bundle = await rolldown({
    input: join(folder, program),
    cwd: folder,
    platform: "node",
    transform: withoutImportMeta ? { define: { "import.meta.url": "undefined" } } : {},
  });
  await bundle.write({
    file: join(target, `bundled.${EXTENSIONS[format]}`),
    format,
    minify,
    codeSplitting: false,
  });
  await bundle.close();
  return target;
}

function parsed(output: string): unknown {
  if (output === "") return undefined;
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}
