import { ChatOpenAI } from "@langchain/openai";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { beforeEach, describe, expect, it } from "vitest";

import { startProviderServer } from "../../examples/demo/provider-server.ts";
import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { traced, withRootSpan } from "../../src/trace/index.ts";
import { deferred } from "../support/deferred.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  return () => telemetry.shutdown();
});

const span = (name: string, more: Partial<SpanNode> = {}): SpanNode => ({
  name,
  kind: "SERVER",
  status: "UNSET",
  attributes: {},
  events: [],
  children: [],
  ...more,
});

/** The tree, without the stacks of errors. */
function tree(): unknown {
  return JSON.parse(
    JSON.stringify(telemetry.tree(), (key, value: unknown) =>
      key === "exception.stacktrace" ? undefined : value,
    ),
  );
}

const work = (): void => trace.getTracer("app").startSpan("work").end();

describe("withRootSpan", () => {
  it("runs the function at once, in a SERVER span, and returns its value", () => {
    const value = withRootSpan("slack.message", { attributes: { channel: "C1" } }, () => {
      work();
      return 7;
    });
    expect(value).toBe(7);
    expect(tree()).toEqual([
      span("slack.message", {
        attributes: { channel: "C1" },
        children: [span("work", { kind: "INTERNAL" })],
      }),
    ]);
  });

  it("is open as long as the promise, which it returns as it is", async () => {
    const gate = deferred<string>();
    const returned = withRootSpan("slack.message", async () => {
      const answer = await gate.promise;
      work();
      return answer;
    });
    expect(telemetry.spans()).toEqual([]);
    gate.resolve("hello");
    expect(await returned).toBe("hello");
    expect(tree()).toEqual([
      span("slack.message", { children: [span("work", { kind: "INTERNAL" })] }),
    ]);
  });

  it("does not ask a thenable that is no promise", () => {
    let asked = 0;
    // oxlint-disable-next-line unicorn/no-thenable
    const query = { then: (): number => (asked += 1) };
    expect(withRootSpan("slack.message", () => query)).toBe(query);
    expect(asked).toBe(0);
    expect(tree()).toEqual([span("slack.message")]);
  });

  const failed = span("slack.message", {
    status: "ERROR",
    statusMessage: "no such channel",
    attributes: {
      "error.type": "TypeError",
      "langchain.error.category": "validation_error",
      "langchain.run.outcome": "error",
    },
    events: [
      {
        name: "exception",
        attributes: { "exception.type": "TypeError", "exception.message": "no such channel" },
      },
    ],
  });

  it("is red when the function throws, which is thrown on", () => {
    const error = new TypeError("no such channel");
    expect(() =>
      withRootSpan("slack.message", () => {
        throw error;
      }),
    ).toThrow(error);
    expect(tree()).toEqual([failed]);
  });

  it("is red when the promise is rejected, as it is", async () => {
    const error = new TypeError("no such channel");
    await expect(withRootSpan("slack.message", () => Promise.reject(error))).rejects.toBe(error);
    expect(tree()).toEqual([failed]);
  });

  it("is not red when the work was aborted", async () => {
    const aborted = Promise.reject(AbortSignal.abort().reason);
    await expect(withRootSpan("slack.message", () => aborted)).rejects.toThrow("aborted");
    expect(tree()).toEqual([
      span("slack.message", { attributes: { "langchain.run.outcome": "cancelled" } }),
    ]);
  });

  const hang = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  const asked = traced("infra", "ask", hang);
  const inner = (signal: AbortSignal): Promise<never> => withRootSpan("inner", () => asked(signal));

  it.each([
    ["an error", new Error("the user pressed stop")],
    ["a word", "stop"],
    ["an AbortError with a text of its own", new DOMException("Client closed", "AbortError")],
  ])("is not red when a run inside was aborted by %s", async (_, reason) => {
    for (const call of [asked, inner]) {
      telemetry.reset();
      const controller = new AbortController();
      const done = withRootSpan("slack.message", () => call(controller.signal));
      controller.abort(reason);
      await expect(done).rejects.toBe(reason);
      const outcomes = telemetry.spans().map((each) => each.attributes["langchain.run.outcome"]);
      expect(new Set(outcomes)).toEqual(new Set(["cancelled"]));
    }
  });

  it("is red when something else fails after an abort that was handled", async () => {
    const done = withRootSpan("slack.message", async () => {
      const controller = new AbortController();
      const aborted = asked(controller.signal);
      controller.abort(new Error("the user pressed stop"));
      await aborted.catch(() => undefined);
      throw new TypeError("no such channel");
    });
    await expect(done).rejects.toThrow("no such channel");
    const root = telemetry.spans().find(({ name }) => name === "slack.message");
    expect(root?.attributes).toEqual(failed.attributes);
  });

  it("begins a trace of its own, with a link to the span of this process that is active", () => {
    trace.getTracer("app").startActiveSpan("startup", (startup) => {
      withRootSpan("slack.message", work);
      startup.end();
    });
    const roots = telemetry.tree().toSorted((a, b) => a.name.localeCompare(b.name));
    expect(roots).toEqual([
      span("slack.message", {
        children: [span("work", { kind: "INTERNAL" })],
        links: [{ to: "startup", attributes: {} }],
      }),
      span("startup", { kind: "INTERNAL" }),
    ]);
    expect(new Set(telemetry.spans().map((each) => each.spanContext().traceId)).size).toBe(2);
  });

  const sender = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1, isRemote: true };

  it.each([
    ["given", (parent: typeof ROOT_CONTEXT) => withRootSpan("nats.message", { parent }, work)],
    [
      "active",
      (parent: typeof ROOT_CONTEXT) =>
        context.with(parent, () => withRootSpan("nats.message", work)),
    ],
  ])("goes on with a sender's trace, when that is %s", (_, call) => {
    call(trace.setSpanContext(ROOT_CONTEXT, sender));
    expect(tree()).toEqual([
      span("nats.message", {
        remoteParent: true,
        children: [span("work", { kind: "INTERNAL" })],
      }),
    ]);
    const root = telemetry.spans().find(({ name }) => name === "nats.message");
    expect(root?.spanContext().traceId).toBe(sender.traceId);
    expect(root?.parentSpanContext?.spanId).toBe(sender.spanId);
  });

  it("has the model calls of its function below it", async () => {
    const server = await startProviderServer({ pace: 0 });
    const instrumentation = new LangChainInstrumentation();
    await instrumentation.ready;
    try {
      const apiKey = ["sk", "test"].join("-");
      const model = new ChatOpenAI({
        model: "gpt-5.4-mini",
        apiKey,
        configuration: { baseURL: `${server.url}/v1` },
      });
      await withRootSpan("slack.message", () => model.invoke("Hi"));
    } finally {
      instrumentation.disable();
      await server.close();
    }
    const shape = telemetry.tree().map(({ name, children }) => [name, children.map((c) => c.name)]);
    expect(shape).toEqual([["slack.message", ["gen_ai.chat"]]]);
  });

  it("sends its span to the provider that is given", () => {
    const other = createTestTelemetry({ global: false });
    withRootSpan("slack.message", { tracerProvider: other.tracerProvider }, () => {});
    expect(other.tree()).toEqual([span("slack.message")]);
    expect(telemetry.spans()).toEqual([]);
    other.shutdown();
  });

  it("runs the function when the tracer is broken", () => {
    const tracerProvider = {
      getTracer: (): never => {
        throw new Error("broken");
      },
    };
    expect(withRootSpan("slack.message", { tracerProvider }, () => 7)).toBe(7);
  });

  it.each([
    ["an empty name", ["", Number], "Expected the `name` option to be a non-empty string"],
    ["no function", ["x", {}], "Expected the `fn` option to be a function, got undefined"],
    [
      "an unknown option",
      ["x", { root: {} }, Number],
      "There is no option `root`. The options are attributes, parent, tracerProvider",
    ],
    [
      "a wrong option",
      ["x", { parent: 1 }, Number],
      "Expected the `parent` option to be an object, got 1 (number)",
    ],
  ])("refuses %s", (_, args, message) => {
    const call = withRootSpan as unknown as (...args: unknown[]) => unknown;
    expect(() => call(...(args as unknown[]))).toThrow(message);
  });
});
