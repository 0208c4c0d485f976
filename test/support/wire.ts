import { readFileSync } from "node:fs";

const SAMPLES = new URL("../wire/", import.meta.url);

/** A sample of test/wire as text; `own/…` names the ones of this project. */
export function wire(name: string): string {
  return readFileSync(new URL(name, SAMPLES), "utf8");
}

/** A `.json` sample, parsed. */
export function wireJson(name: string): unknown {
  return JSON.parse(wire(name));
}

/** The frames of a stream sample, each as it is on the wire: the events of an SSE stream, the lines of an NDJSON one. */
export function sse(name: string): string[] {
  const end = name.includes(".ndjson") ? "\n" : "\n\n";
  return wire(name)
    .split(end)
    .filter((frame) => frame.trim() !== "")
    .map((frame) => frame.trimStart() + end);
}
