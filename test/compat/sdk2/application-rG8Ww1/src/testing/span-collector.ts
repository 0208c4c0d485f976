import type { FinishedSpan } from "../console/finished-span.ts";
import type { Lifetime } from "./sibling-order.ts";

/**
 * When spans began and ended, counted in events and not read from a clock: the clocks of two instrumentations differ
 * by up to a millisecond, and many a span of a test is shorter than that.
 */
const lifetimes = new WeakMap<object, Lifetime>();

export function observedLifetime(span: object): Lifetime | undefined {
  const lifetime = lifetimes.get(span);
  return lifetime === undefined || Number.isNaN(lifetime.end) ? undefined : lifetime;
}

/**
 * Keeps ended spans. A span processor of our own instead of the SDK's processor and in-memory exporter, whose
 * constructors differ between versions, and which wait when the resource is not complete yet.
 */
export class SpanCollector {
  #spans: FinishedSpan[] = [];
  #events = 0;
  #stopped = false;

  spans(): FinishedSpan[] {
    return [...this.#spans];
  }

  reset(): void {
    this.#spans = [];
  }

  onStart(span: object): void {
    this.#events += 1;
    lifetimes.set(span, { start: this.#events, end: Number.NaN });
  }

  onEnd(span: FinishedSpan): void {
    this.#events += 1;
    const lifetime = lifetimes.get(span);
    if (lifetime !== undefined) lifetimes.set(span, { start: lifetime.start, end: this.#events });
    // A span can be recorded and not sampled; no exporter sees it.
    const sampled = (span.spanContext().traceFlags & SAMPLED) !== 0;
    if (sampled && !this.#stopped) this.#spans.push(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#stopped = true;
  }
}

// --- internal ---

const SAMPLED = 1;
