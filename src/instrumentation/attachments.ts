import { ATTACHMENTS } from "../langchain/attached.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import { endRunsWithProcess } from "./process-end.ts";

/** A method of LangChain's that we have replaced. */
export interface Patch {
  /** Weak: an application may make classes as it goes. */
  readonly owner: WeakRef<object>;
  readonly key: string;
  /** Absent: the object had no such property of its own. */
  readonly original: PropertyDescriptor | undefined;
  /** The method, or the getter. */
  readonly replacement: unknown;
}

/**
 * Who is attached, and what was replaced for it. Process-wide, because two instrumentations, or two copies of this
 * package, must not replace the same method twice, and because a method is put back only when nobody needs it.
 */
export class Attachments {
  /** Each with when it is wanted. */
  readonly #tracers = new Map<RunTracer, (() => boolean) | undefined>();
  #patches: Patch[] = [];
  #undo: (() => void)[] = [];
  /** Classes whose methods have been looked through. */
  seen: WeakSet<object> = new WeakSet<object>();

  /** Whose spans are made here: the first that was attached, of those that are always wanted, or wanted here. */
  get current(): RunTracer | undefined {
    let wantedHere: RunTracer | undefined;
    for (const [tracer, isWanted] of this.#tracers) {
      if (isWanted === undefined) return tracer;
      if (wantedHere === undefined && isWanted()) wantedHere = tracer;
    }
    return wantedHere;
  }

  /** Whether or not its spans are wanted here: what is loaded and made now is used elsewhere. */
  get anyone(): RunTracer | undefined {
    return this.#tracers.keys().next().value;
  }

  /** @param isWanted asked at every call @default always */
  attach(tracer: RunTracer, isWanted?: () => boolean): void {
    if (this.#tracers.has(tracer)) return;
    if (this.#tracers.size === 0) this.onDetach(endRunsWithProcess(tracer.guard));
    this.#tracers.set(tracer, isWanted);
  }

  /** With the last one gone, everything is put back. */
  detach(tracer: RunTracer): void {
    this.#tracers.delete(tracer);
    if (this.#tracers.size > 0) return;
    for (const patch of this.#patches.splice(0).toReversed()) restore(patch);
    for (const undo of this.#undo.splice(0)) undo();
    this.seen = new WeakSet();
  }

  /** Has something else done too when the last one is gone. */
  onDetach(undo: () => void): void {
    this.#undo.push(undo);
  }

  remember(patch: Patch): void {
    if (this.#patches.length >= 1000)
      this.#patches = this.#patches.filter(({ owner }) => owner.deref() !== undefined);
    this.#patches.push(patch);
  }
}

export function attachments(): Attachments {
  const shared = globalThis as { [ATTACHMENTS]?: Attachments };
  return (shared[ATTACHMENTS] ??= new Attachments());
}

// --- internal ---

/** Somebody may have replaced the method after us: theirs stays, and ours below it does nothing any more. */
function restore({ owner, key, original, replacement }: Patch): void {
  const object = owner.deref();
  if (object === undefined) return;
  const now = Object.getOwnPropertyDescriptor(object, key);
  if ((now?.value ?? now?.get) !== replacement) return;
  if (original === undefined) Reflect.deleteProperty(object, key);
  else Object.defineProperty(object, key, original);
}
