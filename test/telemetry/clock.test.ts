import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { elapsedMs, hrTime, now } from "../../src/telemetry/clock.ts";

describe("a moment", () => {
  it("is exact in seconds and nanoseconds", () => {
    expect(hrTime({ wall: 1_795_190_400_123, steady: 0 })).toEqual([1_795_190_400, 123_000_000]);
    expect(hrTime({ wall: 1_795_190_400_999, steady: 0 }, 0.9999999)).toEqual([1_795_190_401, 0]);
  });

  it("has nanoseconds within a second, and never goes back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.double({ min: 0, max: 1e8, noNaN: true }),
        (wall, ms) => {
          const [seconds, nanos] = hrTime({ wall, steady: 0 }, ms);
          expect(nanos).toBeGreaterThanOrEqual(0);
          expect(nanos).toBeLessThan(1e9);
          expect(seconds * 1e3 + nanos / 1e6).toBeCloseTo(wall + ms, 2);
        },
      ),
    );
  });

  it("measures by the steady clock: a wall clock that is set back changes nothing", () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const start = now();
    vi.advanceTimersByTime(250);
    vi.setSystemTime(0);
    expect(elapsedMs(start)).toBe(250);
    vi.useRealTimers();
  });

  it("is never in the future", () => {
    expect(elapsedMs({ wall: 0, steady: performance.now() + 10_000 })).toBe(0);
  });
});
