import type { HrTime } from "@opentelemetry/api";

/**
 * A moment on two clocks: the wall's, which says when, and the steady one, which says how long. A span's start is the
 * wall's time and its end is start plus steady difference, so that a clock that is set back makes no negative span.
 */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly wall: number;
  /** Milliseconds of the steady clock. */
  readonly steady: number;
}

export function now(): Moment {
  return { wall: Date.now(), steady: performance.now() };
}

/** Milliseconds since a moment. */
export function elapsedMs(since: Moment): number {
  return Math.max(0, performance.now() - since.steady);
}

/** A moment, plus some milliseconds, in the form that spans take without guessing what clock it is from. */
export function hrTime(moment: Moment, plusMs = 0): HrTime {
  const ms = moment.wall + plusMs;
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return nanos >= 1e9 ? [seconds + 1, nanos - 1e9] : [seconds, nanos];
}
