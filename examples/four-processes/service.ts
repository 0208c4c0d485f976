import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a process does with a question. */
export type Answer = (question: string) => Promise<string>;

/** Answers POST requests on a free port of this machine, until the process that has started this one says stop. */
export async function serve(answer: Answer): Promise<void> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      answer(Buffer.concat(parts).toString("utf8")).then(
        (text) => response.end(text),
        (error: unknown) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  onStop(async () => {
    server.closeAllConnections();
    server.close();
  });
  isReady(`http://127.0.0.1:${port}`);
}

/** POSTs a question to another process. `traceparent` is added by the instrumentation of `fetch`. */
export async function ask(url: string, question: string): Promise<string> {
  const response = await fetch(url, { method: "POST", body: question });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

export function isReady(url: string): void {
  process.send?.(url);
}

/** When there is nothing left to do the process ends, and sends its spans before it does. */
export function onStop(stop: () => Promise<void>): void {
  process.once("disconnect", () => {
    stop().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  });
}

/** @throws Error naming the variable that is missing */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}
