import { diag, type Span, trace } from "@opentelemetry/api";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { captureTrace, recordEvaluation, withRootSpan } from "../../src/trace/index.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  return () => telemetry.shutdown();
});

const events = (): unknown[] =>
  telemetry.logs().map(({ eventName, severityNumber, spanContext, attributes }) => ({
    eventName,
    severityNumber,
    span: spanContext?.spanId,
    trace: spanContext?.traceId,
    attributes,
  }));

const event = (attributes: object, span?: Span): object => ({
  eventName: "gen_ai.evaluation.result",
  severityNumber: 9,
  span: span?.spanContext().spanId,
  trace: span?.spanContext().traceId,
  attributes,
});

async function measured(name: string): Promise<unknown[]> {
  const metrics = await telemetry.metrics();
  const points = metrics.find((metric) => metric.name === name)?.points ?? [];
  return points.map((point) => [
    point.attributes,
    "value" in point ? point.value : [point.count, point.sum],
  ]);
}

describe("recordEvaluation", () => {
  it("emits the conventions' event on the active span, and measures", async () => {
    let active: Span | undefined;
    withRootSpan("request", () => {
      active = trace.getActiveSpan();
      recordEvaluation({
        name: "relevance",
        score: 0.8,
        label: "relevant",
        explanation: "It says what was asked.",
        responseId: "resp_1",
        agentName: "planner",
        model: "gpt-5.4-mini",
        evaluatorModel: "gpt-5.4",
      });
    });
    expect(events()).toEqual([
      event(
        {
          "gen_ai.evaluation.name": "relevance",
          "gen_ai.evaluation.score.value": 0.8,
          "gen_ai.evaluation.score.label": "relevant",
          "gen_ai.evaluation.explanation": "It says what was asked.",
          "gen_ai.response.id": "resp_1",
        },
        active,
      ),
    ]);
    const by = {
      evaluation_type: "relevance",
      evaluator_model: "gpt-5.4",
      "gen_ai.request.model": "gpt-5.4-mini",
      "gen_ai.agent.name": "planner",
    };
    expect(await measured("langchain.evaluation.runs")).toEqual([[{ ...by, status: "ok" }, 1]]);
    expect(await measured("langchain.evaluation.score")).toEqual([[by, [1, 0.8]]]);
  });

  it("is on the span that is given, or that is named, which may have ended", async () => {
    const span = trace.getTracer("app").startSpan("answer");
    span.end();
    const { traceId, spanId } = span.spanContext();
    recordEvaluation({ name: "a", score: true, span });
    recordEvaluation({ name: "b", score: false, traceId, spanId });
    const { trace: captured } = await captureTrace(() => withRootSpan("request", () => {}));
    recordEvaluation({
      name: "c",
      score: 3,
      traceId: captured.trace_id,
      spanId: captured.spans[0]?.span_id,
    });
    expect(events()).toEqual([
      event({ "gen_ai.evaluation.name": "a", "gen_ai.evaluation.score.value": 1 }, span),
      event({ "gen_ai.evaluation.name": "b", "gen_ai.evaluation.score.value": 0 }, span),
      {
        ...event({ "gen_ai.evaluation.name": "c", "gen_ai.evaluation.score.value": 3 }),
        trace: captured.trace_id,
        span: captured.spans[0]?.span_id,
      },
    ]);
    // Nothing came of the span itself.
    expect(telemetry.spans().map(({ name, events: of }) => [name, of])).toContainEqual([
      "answer",
      [],
    ]);
  });

  it("is on no span where the ids are none, and says so once", () => {
    const report = vi.spyOn(diag, "error").mockImplementation(() => {});
    withRootSpan("request", () => {
      recordEvaluation({ name: "a", score: 1, traceId: "a".repeat(32) });
      recordEvaluation({ name: "a", score: 1, traceId: "abc", spanId: "b".repeat(16) });
    });
    const plain = { "gen_ai.evaluation.name": "a", "gen_ai.evaluation.score.value": 1 };
    expect(events()).toEqual([event(plain), event(plain)]);
    expect(report).toHaveBeenCalledTimes(1);
  });

  it("takes personal data and keys out of the explanation", () => {
    const key = ["sk", "ant", "api03", "x".repeat(60)].join("-");
    recordEvaluation({ name: "a", score: 1, explanation: `jo@example.com used ${key}` });
    const [record] = telemetry.logs();
    expect(record?.attributes["gen_ai.evaluation.explanation"]).toMatch(
      /^\[redacted:email\] used \[redacted:\w+\]$/,
    );
  });

  it("counts what has failed, without a score", async () => {
    recordEvaluation({ name: "a", error: new TypeError("the judge is asleep") });
    expect(events()).toEqual([event({ "gen_ai.evaluation.name": "a", "error.type": "TypeError" })]);
    expect(await measured("langchain.evaluation.runs")).toEqual([
      [{ evaluation_type: "a", status: "error" }, 1],
    ]);
    expect(await measured("langchain.evaluation.score")).toEqual([]);
  });

  it("has no score that is none", () => {
    const report = vi.spyOn(diag, "error").mockImplementation(() => {});
    recordEvaluation({ name: "b", score: Number.NaN, label: "pass" });
    expect(events()).toEqual([
      event({ "gen_ai.evaluation.name": "b", "gen_ai.evaluation.score.label": "pass" }),
    ]);
    expect(report).toHaveBeenCalledTimes(1);
  });

  it("knows 20 kinds of evaluations in its metrics", async () => {
    for (let index = 0; index < 30; index++) recordEvaluation({ name: `kind ${index}`, score: 1 });
    const points = await measured("langchain.evaluation.score");
    const kinds = points.map((point) => (point as [Record<string, unknown>])[0]["evaluation_type"]);
    const first = Array.from({ length: 20 }, (_, index) => `kind ${index}`);
    expect(kinds.toSorted()).toEqual(["__cardinality_overflow__", ...first].toSorted());
  });

  it.each([
    ["an empty name", { name: "" }, "Expected the `name` option to be a non-empty string"],
    ["nothing", undefined, "Expected the `evaluation` option to be an object, got undefined"],
  ])("refuses %s", (_, given, message) => {
    expect(() => recordEvaluation(given as { name: string })).toThrow(message);
  });
});
