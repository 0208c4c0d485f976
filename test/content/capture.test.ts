import { diag, DiagLogLevel } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type CaptureContent, type CapturedRun, captureMode } from "../../src/content/capture.ts";

const warn = vi.fn();

beforeEach(() => {
  warn.mockClear();
  diag.setLogger(
    { ...console, verbose: vi.fn(), warn },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});
afterEach(() => diag.disable());

const run: CapturedRun = {
  kind: "model",
  provider: "openai",
  model: "gpt-5-mini",
  agentName: "support",
  metadata: { tenant: "acme" },
  tags: ["a"],
};

function modeOf(option: CaptureContent, metadata: Record<string, unknown> = {}): string {
  return captureMode(option, metadata, () => run);
}

describe("whether content is captured", () => {
  it.each(["none", "span", "event", "both"] as const)("says the option: %s", (mode) => {
    expect(modeOf(mode)).toBe(mode);
  });

  it("says the call's own metadata before the option", () => {
    expect(modeOf("both", { langchain_otel_capture: "none" })).toBe("none");
    expect(modeOf("none", { langchain_otel_capture: "span" })).toBe("span");
    expect(modeOf(() => "both", { langchain_otel_capture: "event" })).toBe("event");
  });

  it.each([
    [true, "span"],
    [false, "none"],
    ["SPAN_AND_EVENT", "both"],
    ["event_only", "event"],
  ])("says the metadata in the environment's words too: %j", (said, mode) => {
    expect(modeOf("none", { langchain_otel_capture: said })).toBe(mode);
  });

  it("says a function, which is told of the run", () => {
    const ask = vi.fn(({ metadata }: CapturedRun) =>
      metadata["tenant"] === "acme" ? "span" : "none",
    );
    expect(modeOf(ask)).toBe("span");
    expect(ask.mock.calls).toEqual([[run]]);
  });

  it("is not asked of a function in vain", () => {
    const told = vi.fn(() => run);
    captureMode("span", {}, told);
    expect(told).not.toHaveBeenCalled();
  });

  it("is no, where the answer makes no sense or there is none", () => {
    const fails = (): never => {
      throw new Error("no tenant");
    };
    expect(modeOf("both", { langchain_otel_capture: "yes" })).toBe("none");
    expect(
      modeOf(() => {
        throw Object.create(null);
      }),
    ).toBe("none");
    expect(modeOf((() => "all") as unknown as CaptureContent)).toBe("none");
    expect(modeOf(fails)).toBe("none");
    expect(modeOf(fails)).toBe("none");
    expect(warn.mock.calls).toEqual([
      [
        'langchain-otel: expected the metadata langchain_otel_capture to be "none", "span", "event" or "both", got "yes" (string)',
      ],
      ["langchain-otel: the `captureContent` function failed, nothing is captured: an object"],
      [
        'langchain-otel: expected the answer of the `captureContent` function to be "none", "span", "event" or "both", got "all" (string)',
      ],
      [
        "langchain-otel: the `captureContent` function failed, nothing is captured: Error: no tenant",
      ],
    ]);
  });
});
