const KEY = Symbol.for("langchain-otel.traced/1");

/** Says that it is traced already. */
export function mark<T extends object>(traced: T): T {
  marks().add(traced);
  return traced;
}

export function isTraced(value: object): boolean {
  return marks().has(value);
}

// --- internal ---

/** On `globalThis`: what another copy of this package has traced is traced. */
function marks(): WeakSet<object> {
  const shared = globalThis as { [KEY]?: WeakSet<object> };
  return (shared[KEY] ??= new WeakSet());
}
