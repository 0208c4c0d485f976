import type { RunTracer } from "../langchain/run-tracer.ts";

/** A method of LangChain's that we have replaced. */
export interface Patch {
  /** Weak: an application may make classes as it goes. */
  readonly owner: WeakRef<object>;
  readonly key: string;
  readonly original: PropertyDescriptor;
  readonly replacement: unknown;
}

/**
 * Who is attached, and what was replaced for it. Process-wide, because two instrumentations, or two copies of this
 * package, must not replace the same method twice, and because a method is put back only when nobody needs it.
 */
export class Attachments {
  readonly #tracers: RunTracer[] = [];
  #patches: Patch[] = [];
  /** Classes whose methods have been looked through. */
  seen: WeakSet<object> = new WeakSet<object>();

  /** Whose spans are made: the first that was attached. */
  get current(): RunTracer | undefined {
    return this.#tracers[0];
  }

  attach(tracer: RunTracer): void {
    if (!this.#tracers.includes(tracer)) this.#tracers.push(tracer);
  }

  /** With the last one gone, everything is put back. */
  detach(tracer: RunTracer): void {
    const at = this.#tracers.indexOf(tracer);
    if (at >= 0) this.#tracers.splice(at, 1);
    if (this.#tracers.length > 0) return;
    for (const patch of this.#patches.splice(0).toReversed()) restore(patch);
    this.seen = new WeakSet();
  }

  remember(patch: Patch): void {
    if (this.#patches.length >= 1000)
      this.#patches = this.#patches.filter(({ owner }) => owner.deref() !== undefined);
    this.#patches.push(patch);
  }
}

const KEY = Symbol.for("langchain-otel.attachments/1");

export function attachments(): Attachments {
  const shared = globalThis as { [KEY]?: Attachments };
  return (shared[KEY] ??= new Attachments());
}

// --- internal ---

/** Somebody may have replaced the method after us: theirs stays, and ours below it does nothing any more. */
function restore({ owner, key, original, replacement }: Patch): void {
  const object = owner.deref();
  if (object === undefined || Object.getOwnPropertyDescriptor(object, key)?.value !== replacement)
    return;
  Object.defineProperty(object, key, original);
}
