/**
 * Runs a command with a server of this machine in the place of OpenAI and Anthropic, so that it needs no key and no
 * network:
 *
 *     node examples/offline.ts node examples/callbacks.ts
 *
 * The command is told by the environment variables that the providers' clients read.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

import { startProviderServer } from "./demo/provider-server.ts";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  console.error("Usage: node examples/offline.ts <command> [arguments]");
  process.exit(2);
}

const server = await startProviderServer();
const child = spawn(command, args, {
  stdio: "inherit",
  env: {
    ...process.env,
    OPENAI_BASE_URL: `${server.url}/v1`,
    OPENAI_API_KEY: "none",
    ANTHROPIC_BASE_URL: server.url,
    ANTHROPIC_API_KEY: "none",
  },
});
// What ends us ends the command.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
try {
  const [code] = (await once(child, "close")) as [number | null];
  process.exitCode = code ?? 1;
} catch (error) {
  console.error(`examples/offline.ts: ${(error as Error).message}`);
  process.exitCode = 2;
} finally {
  await server.close();
}
