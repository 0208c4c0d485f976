import { gunzipSync } from "node:zlib";

import type { OtlpReceiver } from "../support/otlp-receiver.ts";
import { KEYS, keysIn, surroundings } from "./planted-keys.ts";

/** What the server of the tests says: all keys, and some of them in other writings. */
export function saidByServer(): string {
  return KEYS.map(({ secret }, index) =>
    index % 3 === 0 ? Buffer.from(`{"said":"${secret}"}`).toString("base64") : `It is ${secret} `,
  ).join("\n");
}

/** What was sent of each signal, decompressed. */
export function payloads({ requests }: OtlpReceiver): Record<string, Buffer> {
  const bodies: Record<string, Buffer[]> = { traces: [], metrics: [], logs: [] };
  for (const { path, headers, body } of requests) {
    const signal = path.split("/").at(-1) ?? "";
    bodies[signal]?.push(headers["content-encoding"] === "gzip" ? gunzipSync(body) : body);
  }
  return Object.fromEntries(
    Object.entries(bodies).map(([signal, parts]) => [signal, Buffer.concat(parts)]),
  );
}

/** The keys that have left the process, each with where it stands. */
export function leaks(sent: Readonly<Record<string, Buffer>>): string[] {
  return Object.entries(sent).flatMap(([signal, bytes]) =>
    keysIn(bytes).map((found) => `${signal}: ${found}: ${surroundings(bytes, found)}`),
  );
}
