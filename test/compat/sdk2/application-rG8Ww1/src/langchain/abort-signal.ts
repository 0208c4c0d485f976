import { fields } from "./read.ts";

/** The signal in a call's options, of whoever's making. */
export function abortSignalOf(options: unknown): AbortSignal | undefined {
  const { signal } = fields(options);
  const { aborted, addEventListener } = fields(signal);
  const isSignal = typeof aborted === "boolean" && typeof addEventListener === "function";
  return isSignal ? (signal as AbortSignal) : undefined;
}
