import type { Attributes } from "@opentelemetry/api";

/**
 * Remembers that these attributes of the span were redacted before they were written: they are the longest of all, and
 * nobody need read them again.
 *
 * On `globalThis`, because a processor and a handler may be of two copies of this package.
 */
export function noteWritten(span: object, attributes: Attributes): void {
  const written = spans();
  const before = written.get(span);
  written.set(span, before === undefined ? attributes : { ...before, ...attributes });
}

/** Whether the value is still the one that was written. */
export function isAsWritten(span: object, name: string, value: unknown): boolean {
  return spans().get(span)?.[name] === value;
}

// --- internal ---

const KEY = Symbol.for("langchain-otel.written-content/1");

function spans(): WeakMap<object, Attributes> {
  const holder = globalThis as { [KEY]?: WeakMap<object, Attributes> };
  holder[KEY] ??= new WeakMap();
  return holder[KEY];
}
