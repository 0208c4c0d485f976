import type { Span } from "@opentelemetry/api";
import * as fc from "fast-check";
import { expect, it } from "vitest";

import {
  failing,
  remoteParent,
  samplingBench,
  type SamplingBench,
  traceIdAt,
} from "./sampling-bench.ts";

/**
 * A day of a process: traces whose spans start below any earlier span of theirs, open or ended, and end in any order or
 * never. A step is: which trace, whether to start or to end a span, which one, and whether it fails.
 */
const steps = fc.array(
  fc.record({
    trace: fc.nat(3),
    starts: fc.boolean(),
    which: fc.nat(1000),
    fails: fc.nat(9).map((of10) => of10 === 0),
  }),
  { maxLength: 120 },
);
type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** Where each of the four traces stands in the ratio: one is in it. */
const RATIO = 0.25;
const PLACES = [0.2, 0.3, 0.5, 0.9];

interface Made {
  readonly name: string;
  readonly span: Span;
  readonly fails: boolean;
  /** Started when its trace was complete: no span open, and the first one ended. */
  readonly late: boolean;
  ended: boolean;
}

/** Every span, by trace, in the order of their starts. */
function live(bench: SamplingBench, day: Steps): Made[][] {
  const traces: Made[][] = PLACES.map(() => []);
  for (const [at, { trace, starts, which, fails }] of day.entries()) {
    const spans = traces[trace] ?? [];
    const open = spans.filter(({ ended }) => !ended);
    if (starts || spans.length === 0) {
      const parent = spans[which % Math.max(1, spans.length)]?.span;
      const above = parent ?? remoteParent(traceIdAt(PLACES[trace] ?? 0));
      const name = `${trace}.${at}`;
      const late = spans.some((each) => each.late) || (spans.length > 0 && open.length === 0);
      spans.push({ name, span: bench.start(name, above), fails, late, ended: false });
    } else if (open.length > 0) {
      const made = open[which % open.length] as Made;
      (made.fails ? failing(made.span) : made.span).end();
      made.ended = true;
    }
  }
  return traces;
}

const names = (spans: readonly Made[]): string[] => spans.map(({ name }) => name).toSorted();
const sum = (counted: Record<string, number>): number =>
  Object.values(counted).reduce((all, each) => all + each, 0);

it("keeps every trace whole or not at all, those in the ratio and those with an error, and counts all of it", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (day) => {
      const bench = samplingBench({ ratio: RATIO });
      const traces = live(bench, day);
      const ended = traces.map((spans) => spans.filter((made) => made.ended));
      const kept = ended.filter(
        (spans, trace) => trace === 0 || spans.some(({ fails, late }) => fails && !late),
      );

      expect(bench.kept.toSorted()).toEqual(names(kept.flat()));
      await bench.processor.shutdown();
      const sampled = kept.flat().length;
      const sampling = ended.flat().length - sampled;
      expect(await bench.counted()).toEqual({
        ...(sampled > 0 && { sampled }),
        ...(sampling > 0 && { sampling }),
      });
    }),
    { numRuns: 500 },
  );
});

it("keeps every failed span that is not late, and hands on nothing twice, whatever the bounds", async () => {
  const bounds = fc.record({
    maxTraces: fc.integer({ min: 1, max: 3 }),
    maxSpansPerTrace: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(steps, bounds, async (day, limits) => {
      const bench = samplingBench({ ratio: RATIO, ...limits });
      const traces = live(bench, day);
      await bench.processor.shutdown();
      const ended = traces.flat().filter((made) => made.ended);
      const kept = new Set(bench.kept);
      const counted = await bench.counted();

      expect(kept.size).toBe(bench.kept.length);
      expect(counted["sampled"] ?? 0).toBe(kept.size);
      expect(sum(counted)).toBe(ended.length);
      expect(
        names(ended.filter(({ fails, late, name }) => fails && !late && !kept.has(name))),
      ).toEqual([]);
      expect(names(ended.filter(({ name }) => name.startsWith("0.") && !kept.has(name)))).toEqual(
        [],
      );
      const halves = traces.filter((spans) => {
        const of = spans.filter((made) => made.ended);
        return of.some(({ name }) => kept.has(name)) && of.some(({ name }) => !kept.has(name));
      });
      if (halves.length > 0) expect(counted["backpressure"]).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

it("keeps or drops each time that another process asks within one trace as a whole", () => {
  const times = fc.array(fc.record({ steps: fc.nat(4), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(times, (asked) => {
      const bench = samplingBench();
      for (const [at, { steps: below, fails }] of asked.entries()) {
        const top = bench.start(`top ${at}`, remoteParent(traceIdAt(0.9)));
        for (let step = 0; step < below; step += 1) bench.start(`step ${at}`, top).end();
        (fails ? failing(top) : top).end();
      }
      const first = asked.findIndex(({ fails }) => fails);
      const expected = asked.flatMap(({ steps: below }, at) =>
        first === -1 || at < first
          ? []
          : [...Array.from({ length: below }, () => `step ${at}`), `top ${at}`],
      );

      expect(bench.kept).toEqual(expected);
    }),
  );
});
