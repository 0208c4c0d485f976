import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a program is run; nothing of our own environment reaches it. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Below the repository. @default the repository */
  readonly folder?: string;
}

/** Runs Node with these arguments, to its end, as a reader would from the top of the repository. */
export async function node(
  args: readonly string[],
  { env = {}, folder = "." }: Surroundings = {},
): Promise<Ending> {
  const PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env["PATH"] ?? ""}`;
  const child = spawn(process.execPath, args, {
    cwd: path.join(REPOSITORY, folder),
    env: { PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** What differs from run to run replaced, column for column. */
export function steady(printed: string): string {
  return printed
    .replaceAll(/\b[\da-f]{32}\b/g, "<trace id>")
    .replaceAll(/ *\b\d+(?:\.\d+)? m?s\b/g, (time) => "time".padStart(time.length))
    .replaceAll(/ *━+ */g, (bar) => "  bar".padEnd(bar.length))
    .replaceAll(/ +$/gm, "");
}
