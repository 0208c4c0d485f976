import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { ModelAbortError } from "@langchain/core/errors";
import { AIMessageChunk } from "@langchain/core/messages";
import {
  Command,
  GraphBubbleUp,
  GraphDrained,
  GraphInterrupt,
  GraphRecursionError,
  NodeInterrupt,
  ParentCommand,
} from "@langchain/langgraph";
import { describe, expect, it } from "vitest";

import { DEFAULT_RULES, type DefaultRuleName } from "../../src/processors/default-rules.ts";
import { BenignErrorSpanProcessor } from "../../src/processors/index.ts";
import { exportedOf, RED, errorLike, type Thrown, UNSET } from "./sdks.ts";

interface Where {
  readonly spanName?: string;
  readonly scope?: string;
}
type ErrorName = "APIUserAbortError" | "APIConnectionTimeoutError" | "AbortError";
type Case = readonly [what: string, exception: Thrown, where?: Where];
interface Cases {
  readonly benign: readonly Case[];
  /** The same error off its path, or another error that looks like it. */
  readonly unrelated: readonly Case[];
}

const openai = sdkOf("@langchain/openai", "openai");
const anthropic = sdkOf("@langchain/anthropic", "@anthropic-ai/sdk");
const pRetry = sdkOf("@langchain/langgraph-sdk", "p-retry");

const ON_POSTGRES = { spanName: "pg.query", scope: "@opentelemetry/instrumentation-pg" };
const ON_EXPRESS = { spanName: "middleware", scope: "@opentelemetry/instrumentation-express" };

const CASES: { readonly [name in DefaultRuleName]: Cases } = {
  "langgraph-control-flow": {
    benign: [
      ["an interrupt", new GraphInterrupt([{ value: "ok?" }])],
      ["an interrupt in a node", new NodeInterrupt("ok?")],
      [
        "a command to the parent",
        new ParentCommand(new Command({ goto: "b", graph: Command.PARENT })),
      ],
      ["a drain", new GraphDrained()],
      ["a qualified name", errorLike("langgraph.errors.GraphInterrupt", "")],
      [
        "a span of a LangChain instrumentation",
        new GraphInterrupt(),
        { scope: "@opentelemetry/instrumentation-langchain" },
      ],
    ],
    unrelated: [
      ["an interrupt that got out of the graph", new GraphInterrupt(), ON_EXPRESS],
      ["a recursion limit", new GraphRecursionError("too deep")],
      ["a name that ends alike", errorLike("NotAGraphInterrupt", "")],
      ["an unnamed error", new GraphBubbleUp("somebody's own")],
    ],
  },
  "user-abort": {
    benign: [
      ["a DOMException", new DOMException("This operation was aborted", "AbortError")],
      ["an abort without reason", abortReason()],
      ["the request of a model", errorLike("AbortError", "Request was aborted.")],
      ["a fetch of undici", errorLike("AbortError", "Request aborted", "UND_ERR_ABORTED")],
      ["node-fetch", errorLike("AbortError", "The user aborted a request.")],
      ["a browser", errorLike("AbortError", "signal is aborted without reason", 20)],
      ["a query that the user aborted", abortReason(), ON_POSTGRES],
      ["somebody's own words", errorLike("AbortError", "The user cancelled the upload")],
      ["a class name", errorLike("RequestAbortedError", "Request aborted")],
    ],
    unrelated: [
      ["p-retry's word for 'do not retry'", new pRetry.AbortError("401 Unauthorized")],
      ["a time-out", new DOMException("The operation was aborted due to timeout", "TimeoutError")],
      ["a time-out by name", errorLike("TimeoutError", "The operation was aborted")],
      [
        "a database's error 20",
        errorLike("MongoServerError", "Transaction numbers are only allowed on a replica set", 20),
      ],
      ["a time-out by message", errorLike("AbortError", "Request aborted: timed out after 5 s")],
      [
        "a time-out in one word",
        errorLike("AbortError", "This operation was aborted due to timeout"),
      ],
      ["an abort that says nothing", errorLike("AbortError", "")],
    ],
  },
  "model-abort": {
    benign: [
      ["core's", new ModelAbortError("Model invocation was aborted.", new AIMessageChunk(""))],
      ["an SDK's, recorded by class", errorLike("APIUserAbortError", "anything")],
    ],
    unrelated: [
      [
        "an SDK's time-out, recorded by class",
        errorLike("APIConnectionTimeoutError", "Request timed out."),
      ],
    ],
  },
  "unnamed-abort": {
    benign: [
      ["a graph's", new Error("Abort")],
      ["core's", new Error("Aborted")],
      ["OpenAI's", new openai.APIUserAbortError()],
      ["Anthropic's", new anthropic.APIUserAbortError()],
      [
        "OpenAI's on its instrumentation's span",
        new openai.APIUserAbortError(),
        { scope: "@opentelemetry/instrumentation-openai" },
      ],
    ],
    unrelated: [
      ["a database's", new Error("Aborted"), ON_POSTGRES],
      ["OpenAI's time-out", new openai.APIConnectionTimeoutError()],
      ["a longer message", new Error("Aborted: disk full")],
      ["another type", new RangeError("Aborted")],
    ],
  },
  "bullmq-move": {
    benign: [
      ["delayed", errorLike("DelayedError", "bullmq:movedToDelayed")],
      ["waiting", errorLike("WaitingError", "bullmq:movedToWait")],
      ["waiting for children", errorLike("WaitingChildrenError", "bullmq:movedToWaitingChildren")],
      ["held back by the rate limit", errorLike("RateLimitError", "bullmq:rateLimitExceeded")],
    ],
    unrelated: [
      ["a model's rate limit", errorLike("RateLimitError", "429 Rate limit reached for gpt-4o")],
      ["a job that must not be retried", errorLike("UnrecoverableError", "bullmq:unrecoverable")],
      ["somebody's own DelayedError", errorLike("DelayedError", "delivery is late")],
      ["a failure that quotes it", new Error("bullmq:movedToDelayed")],
    ],
  },
  "nats-draining": {
    benign: [
      ["nats 3", errorLike("DrainingConnectionError", "connection draining")],
      ["nats 2", errorLike("NatsError", "CONNECTION_DRAINING", "CONNECTION_DRAINING")],
    ],
    unrelated: [
      ["a closed connection", errorLike("ClosedConnectionError", "closed connection")],
      ["a time-out", errorLike("NatsError", "TIMEOUT", "TIMEOUT")],
    ],
  },
  "mcp-connection-closed": {
    benign: [
      ["by code", errorLike("McpError", "MCP error -32000: Connection closed", -32000)],
      ["by name", errorLike("McpError", "MCP error -32000: Connection closed")],
      [
        "on a tool's span",
        errorLike(
          "ToolException",
          "Error calling tool add: McpError: MCP error -32000: Connection closed",
        ),
      ],
    ],
    unrelated: [
      [
        "another server error of this code",
        errorLike("McpError", "MCP error -32000: Out of memory", -32000),
      ],
      [
        "a tool that failed",
        errorLike(
          "ToolException",
          "MCP tool 'add' on server 'm' returned an error: Connection closed",
        ),
      ],
      ["another library's connection", new Error("Connection closed")],
    ],
  },
  "mcp-abort": {
    benign: [
      ["by code", errorLike("McpError", `MCP error -32001: ${String(abortReason())}`, -32001)],
      [
        "on a tool's span",
        errorLike(
          "ToolException",
          "Error calling tool add: McpError: MCP error -32001: AbortError: This operation was aborted",
        ),
      ],
    ],
    unrelated: [
      ["a time-out", errorLike("McpError", "MCP error -32001: Request timed out", -32001)],
      [
        "a time-out by a signal",
        errorLike(
          "McpError",
          "MCP error -32001: TimeoutError: The operation was aborted due to timeout",
          -32001,
        ),
      ],
    ],
  },
  "queue-shutdown": {
    benign: [
      [
        "bare",
        errorLike("QueueShutDown", ""),
        { spanName: "a2a.server.events.EventConsumer.consume" },
      ],
      [
        "qualified",
        errorLike("culsans.QueueShutDown", "x"),
        { spanName: "a2a.server.events.event_queue.dequeue" },
      ],
      [
        "another library's",
        errorLike("asyncio.queues.QueueShutDown", ""),
        { spanName: "a2a.server.events.x" },
      ],
    ],
    unrelated: [
      ["another path", errorLike("QueueShutDown", ""), { spanName: "billing.queue.take" }],
      [
        "a path that only contains it",
        errorLike("QueueShutDown", ""),
        { spanName: "proxy a2a.server.events.x" },
      ],
      [
        "another error on the path",
        errorLike("QueueFull", ""),
        { spanName: "a2a.server.events.x" },
      ],
    ],
  },
};

const BUG = new TypeError("x is not a function");
const green = (where: Where) => ({ name: where.spanName ?? "work", status: UNSET, attributes: {} });
const red = (where: Where) => ({
  name: where.spanName ?? "work",
  status: RED,
  attributes: { "error.type": "SomeError" },
});
const each = (kind: keyof Cases) =>
  Object.entries(CASES).flatMap(([rule, cases]) =>
    cases[kind].map(
      ([what, exception, where = {}]): [
        rule: string,
        what: string,
        exception: Thrown,
        where: Where,
      ] => [rule, what, exception, where],
    ),
  );

describe("the default rules", () => {
  it.each(each("benign"))("%s takes the red off: %s", async (_rule, _what, exception, where) => {
    expect(await exportedOf(new BenignErrorSpanProcessor(), where, exception)).toEqual(
      green(where),
    );
  });

  it.each(each("benign"))(
    "%s alone does it, and nothing does when it is off: %s",
    async (rule, _what, exception, where) => {
      const others = Object.keys(DEFAULT_RULES).filter((name) => name !== rule);
      const alone = new BenignErrorSpanProcessor({
        defaults: Object.fromEntries(others.map((name) => [name, false])),
      });
      const without = new BenignErrorSpanProcessor({ defaults: { [rule]: false } });

      expect(await exportedOf(alone, where, exception)).toEqual(green(where));
      expect(await exportedOf(without, where, exception)).toEqual(red(where));
    },
  );

  it.each(each("benign"))(
    "%s leaves a span red with a real exception beside: %s",
    async (_rule, _what, exception, where) => {
      const processor = new BenignErrorSpanProcessor();

      expect(await exportedOf(processor, where, exception, BUG)).toEqual(red(where));
      expect(await exportedOf(processor, where, BUG, exception)).toEqual(red(where));
    },
  );

  it.each(each("unrelated"))("%s is not for: %s", async (_rule, _what, exception, where) => {
    expect(await exportedOf(new BenignErrorSpanProcessor(), where, exception)).toEqual(red(where));
  });

  it("can all be switched off", async () => {
    const processor = new BenignErrorSpanProcessor({ defaults: false });

    expect(await exportedOf(processor, {}, new GraphInterrupt())).toEqual(red({}));
  });

  it("know what an aborted and a timed-out fetch leave behind", async () => {
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const abort = new AbortController();
      const fetched = fetch(url, { signal: abort.signal });
      server.once("request", () => abort.abort());
      const aborted = await failureOf(fetched);
      const timedOut = await failureOf(fetch(url, { signal: AbortSignal.timeout(1) }));

      expect(aborted).toMatchObject({ name: "AbortError", code: 20 });
      expect(await exportedOf(new BenignErrorSpanProcessor(), {}, aborted)).toEqual(green({}));
      expect(await exportedOf(new BenignErrorSpanProcessor(), {}, timedOut)).toEqual(red({}));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("know Node's own aborted functions", async () => {
    const aborted = await failureOf(wait(60_000, undefined, { signal: AbortSignal.abort() }));

    expect(aborted).toMatchObject({ name: "AbortError", code: "ABORT_ERR" });
    expect(await exportedOf(new BenignErrorSpanProcessor(), {}, aborted)).toEqual(green({}));
  });

  it("have kebab-case names", () => {
    expect(Object.keys(DEFAULT_RULES).filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual(
      [],
    );
  });
});

// --- internal ---

/** The errors of a package that a LangChain package brings along. */
function sdkOf(
  owner: string,
  name: string,
): Readonly<Record<ErrorName, new (message?: string) => Error>> {
  return createRequire(import.meta.resolve(owner))(name);
}

function abortReason(): DOMException {
  return AbortSignal.abort().reason as DOMException;
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => Promise.reject(new Error("expected a failure")),
    (error: unknown) => error as Error,
  );
}
