import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface RunningProcess {
  /** Where it listens. */
  readonly url: string;
  /** Resolves when it has ended and sent its spans. */
  stop(): Promise<void>;
}

/**
 * Starts one of the programs beside this file, with `langchain-otel/register`: nothing in it is about telemetry but
 * what instrumentations cannot see.
 * @throws Error when it ends before it listens
 */
export async function startProcess(
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningProcess> {
  const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("langchain-otel/register"), program],
    { env: { ...process.env, ...env }, stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  const exited = once(child, "exit");
  const ready = once(child, "message").then(([url]) => String(url));
  const url = await Promise.race([ready, exited.then(() => undefined)]);
  if (url === undefined) throw new Error(`${name} ended with ${child.exitCode}`);
  return {
    url,
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
