import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { rolldown } from "rolldown";

const REPOSITORY = resolve(fileURLToPath(import.meta.url), "../../../..");
const PROGRAMS = join(REPOSITORY, "test/compat/programs");

/** What an application has installed. */
export interface Packages {
  /** A folder of the repository whose packages it uses; without one it has only its links and copies. */
  readonly below?: string;
  /** Installed packages that it has as well: the path in the application, and the one in the repository. */
  readonly links?: Readonly<Record<string, string>>;
  /** As links, but copied: a copy finds its own dependencies where it is. */
  readonly copies?: Readonly<Record<string, string>>;
  /** Folders that get the built package. */
  readonly ours?: readonly string[];
  /** Programs that share something with the tests here: they get it as JavaScript, in the one file. */
  readonly compiled?: readonly string[];
  /** Names in its package.json. */
  readonly dependencies?: readonly string[];
}

/**
 * Makes a folder with the programs and with the built package, as it is published. It is copied and never linked: a
 * linked one finds the repository's own copy of OpenTelemetry's API, which an older application cannot see.
 *
 * @param built the folder of the built files
 */
export async function makeApplication(packages: Packages, built: string): Promise<string> {
  const { below, links = {}, copies = {}, ours = ["node_modules"] } = packages;
  const { compiled = [], dependencies = [] } = packages;
  const parent = below === undefined ? tmpdir() : join(REPOSITORY, below, "node_modules");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, ".application-"));
  await cp(PROGRAMS, folder, { recursive: true });
  for (const program of compiled) await compile(program, folder);
  await writeFile(join(folder, "package.json"), manifest(dependencies));
  for (const [to, from] of Object.entries(copies))
    await cp(join(REPOSITORY, from), join(folder, to), { recursive: true, filter: isRun });
  for (const [to, from] of Object.entries(links)) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await symlink(join(REPOSITORY, from), join(folder, to));
  }
  for (const modules of ours) {
    const copy = join(folder, modules, "langchain-otel");
    await cp(built, join(copy, "dist"), { recursive: true, filter: isRun });
    await cp(join(REPOSITORY, "package.json"), join(copy, "package.json"));
  }
  return folder;
}

/** Builds the package into a folder of its own, so that what is tested is never an old build. */
export async function build(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "built-"));
  const args = [join(REPOSITORY, "tools/build.ts"), folder];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: REPOSITORY, env: {} });
  if (!existsSync(join(folder, "index.js")))
    throw new Error(`The package could not be built: ${stdout}${stderr}`);
  return folder;
}

export async function remove(folders: readonly string[]): Promise<void> {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Far more than any program needs. */
const TIMEOUT = 60_000;

/** Runs a command in an environment with nothing of the tests' own. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ending> {
  return new Promise((settle, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT,
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    child.on("error", reject);
    child.on("close", (code) => settle({ code, ...output }));
  });
}

// --- internal ---

/** Its packages stay what the application has installed. */
async function compile(program: string, folder: string): Promise<void> {
  const bundle = await rolldown({ input: join(PROGRAMS, program), external: /^[^./]/ });
  await bundle.write({ file: join(folder, program), format: "es", codeSplitting: false });
  await bundle.close();
}

function manifest(dependencies: readonly string[]): string {
  return JSON.stringify({
    name: "application",
    private: true,
    dependencies: Object.fromEntries(dependencies.map((name) => [name, "*"])),
  });
}

/** Types and source maps are no part of what runs. */
function isRun(file: string): boolean {
  return !/\.(?:map|d\.[cm]?ts)$/.test(basename(file));
}
