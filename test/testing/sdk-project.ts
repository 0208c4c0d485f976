import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "../..");

/** Where packages of `@opentelemetry` are taken from; later ones win. */
export interface SdkSources {
  /** A folder with `node_modules`, relative to the repository, and the packages from there; without names all. */
  readonly from: string;
  readonly names?: readonly string[];
}

/**
 * Runs a module of this folder with our source in a project of its own, whose `@opentelemetry` packages are those of
 * another SDK. The source is copied, since it would find the repository's SDK from where it is.
 *
 * @returns what the module printed.
 */
export async function runWithSdk(module: string, sources: readonly SdkSources[]): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "langchain-otel-sdk-"));
  try {
    await writeFile(join(project, "package.json"), '{ "type": "module" }');
    await cp(join(root, "src"), join(project, "src"), { recursive: true });
    await cp(import.meta.dirname, join(project, "test/testing"), { recursive: true });
    await linkPackages(project, sources);
    const { stdout } = await run(process.execPath, [join(project, "test/testing", module)], {
      cwd: project,
    });
    return stdout;
  } finally {
    await rm(project, { recursive: true });
  }
}

// --- internal ---

const run = promisify(execFile);

async function linkPackages(project: string, sources: readonly SdkSources[]): Promise<void> {
  const scope = join(project, "node_modules/@opentelemetry");
  await mkdir(scope, { recursive: true });
  const paths = new Map<string, string>();
  for (const { from, names } of sources) {
    const folder = join(root, from, "node_modules/@opentelemetry");
    for (const name of names ?? (await readdir(folder))) paths.set(name, join(folder, name));
  }
  for (const [name, path] of paths) await symlink(path, join(scope, name), "junction");
}
