import { ROOT_CONTEXT } from "@opentelemetry/api";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isInRatio } from "../../src/processors/trace-ratio.ts";
import { SDKS } from "./sdks.ts";

const traceId = fc.oneof(
  fc.stringMatching(/^[\da-f]{32}$/),
  // One part alone, so that the first bits decide.
  fc.stringMatching(/^[\da-f]{8}$/).map((part) => part.padStart(32, "0")),
);
const valid = traceId.filter((id) => id !== "0".repeat(32));

describe.each(SDKS)("the share of traces, beside the sampler of $name", ({ ratioSampler }) => {
  it("is the same", () => {
    fc.assert(
      fc.property(valid, fc.double({ min: 0, max: 1, noNaN: true }), (id, ratio) => {
        // The oldest SDK leaves out one in four thousand million at a ratio of 1.
        fc.pre(ratio < 1);
        const { decision } = ratioSampler(ratio).shouldSample(ROOT_CONTEXT, id);
        expect(isInRatio(id, ratio)).toBe(decision === 2);
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same at its very end", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: -2, max: 2 }),
        (ratio, off) => {
          const id = (Math.floor(ratio * 0xffffffff) + off).toString(16).padStart(32, "0");
          const { decision } = ratioSampler(ratio).shouldSample(ROOT_CONTEXT, id);
          expect(isInRatio(id, ratio)).toBe(decision === 2);
        },
      ),
    );
  });
});

describe("the share of traces", () => {
  it("is all at 1 and none at 0", () => {
    fc.assert(
      fc.property(valid, (id) => {
        expect([isInRatio(id, 1), isInRatio(id, 0)]).toEqual([true, false]);
      }),
    );
    expect(isInRatio("f".repeat(8).padStart(32, "0"), 1)).toBe(true);
  });
});
