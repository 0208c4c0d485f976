import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";

import { checkEvent, type CheckedEvent } from "../support/semconv/check-event.ts";
import { checkingMeterProvider } from "../support/semconv/check-meter.ts";
import { type CheckedSpan, checkSpan } from "../support/semconv/check-span.ts";
import type { Violation } from "../support/semconv/violation.ts";

const attributes = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "anthropic",
  "gen_ai.request.model": "claude",
  "server.address": "api.anthropic.com",
  "server.port": 443,
  "gen_ai.request.max_tokens": 100,
  "gen_ai.request.temperature": 0,
  "gen_ai.request.top_p": 1,
  "gen_ai.request.top_k": 1,
  "gen_ai.request.stop_sequences": ["END"],
  "gen_ai.request.frequency_penalty": 0,
  "gen_ai.request.presence_penalty": 0,
  "gen_ai.response.id": "msg_1",
  "gen_ai.response.model": "claude-1",
  "gen_ai.response.finish_reasons": ["end_turn"],
  "gen_ai.usage.input_tokens": 10,
  "gen_ai.usage.output_tokens": 2,
  "gen_ai.usage.cache_read.input_tokens": 0,
};
const chat: CheckedSpan = {
  name: "chat claude",
  kind: SpanKind.CLIENT,
  status: { code: SpanStatusCode.UNSET },
  attributes: { ...attributes, "gen_ai.usage.cache_creation.input_tokens": 0 },
};
const tool: CheckedSpan = {
  name: "execute_tool search",
  kind: SpanKind.INTERNAL,
  status: { code: SpanStatusCode.UNSET },
  attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search" },
};
const mcp: CheckedSpan = {
  name: "tools/call search",
  kind: SpanKind.CLIENT,
  status: { code: SpanStatusCode.UNSET },
  attributes: {
    "mcp.method.name": "tools/call",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "search",
    "jsonrpc.request.id": "1",
    "mcp.protocol.version": "2025-11-25",
    "network.transport": "pipe",
  },
};
const message = { role: "assistant", parts: [{ type: "text", content: "Hi" }] };

/** The span with other attributes; `undefined` takes one away. */
function having(span: CheckedSpan, more: Readonly<Record<string, unknown>>): CheckedSpan {
  const all = Object.entries({ ...span.attributes, ...more });
  return {
    ...span,
    attributes: Object.fromEntries(all.filter(([, value]) => value !== undefined)),
  };
}

function short(violations: readonly Violation[]): string[] {
  return violations.map(({ rule, attribute }) =>
    attribute === undefined ? rule : `${rule} ${attribute}`,
  );
}

describe("a span", () => {
  it("that is as the conventions have it has no violation", () => {
    const nextChat = { ...chat, attributes };
    const output = {
      "gen_ai.output.messages": JSON.stringify([{ ...message, finish_reason: "stop" }]),
    };
    for (const version of ["1.41", "next"] as const) {
      const cached = { "gen_ai.usage.cache_creation.input_tokens": 0 };
      const good = having(nextChat, { ...output, ...(version === "1.41" ? cached : {}) });
      expect(short(checkSpan(version, good))).toEqual([]);
      expect(short(checkSpan(version, mcp))).toEqual([]);
    }
  });

  it("that is none of theirs has no violation", () => {
    const node = { ...tool, name: "node plan", attributes: { "langgraph.node": "plan" } };
    expect(checkSpan("1.41", node)).toEqual([]);
  });

  const bad: Readonly<Record<string, [span: CheckedSpan, ...found: string[]]>> = {
    "with another name": [{ ...chat, name: "gen_ai.chat" }, "name"],
    "with a name that has what is not known": [
      having(chat, { "gen_ai.request.model": undefined }),
      "name",
    ],
    "of another kind": [{ ...chat, kind: SpanKind.INTERNAL }, "kind"],
    "of an unknown operation": [
      having(tool, { "gen_ai.operation.name": "think" }),
      "operation",
      "unlisted gen_ai.operation.name",
      "enum gen_ai.operation.name",
      "unlisted gen_ai.tool.name",
    ],
    "without what is required": [
      having({ ...tool, name: "execute_tool" }, { "gen_ai.tool.name": undefined }),
      "required gen_ai.tool.name",
    ],
    "without what is recommended": [
      having(chat, { "gen_ai.response.id": undefined }),
      "recommended gen_ai.response.id",
    ],
    "with an address and no port": [
      having(chat, { "server.port": undefined }),
      "condition server.port",
    ],
    "with a model known too late": [
      {
        ...chat,
        startAttributes: { ...chat.attributes, "gen_ai.request.model": undefined },
      },
      "at-start gen_ai.request.model",
    ],
    "with an attribute of another span": [
      having(chat, { "gen_ai.tool.name": "search" }),
      "unlisted gen_ai.tool.name",
    ],
    "with OpenAI's attributes for another provider": [
      having(chat, { "openai.api.type": "responses" }),
      "unlisted openai.api.type",
    ],
    "with an attribute that nobody knows": [
      having(chat, { "gen_ai.mood": "fine" }),
      "unknown gen_ai.mood",
    ],
    "with a deprecated attribute": [
      having(chat, { "gen_ai.system": "anthropic" }),
      "deprecated gen_ai.system",
    ],
    "with a fraction of a token": [
      having(chat, { "gen_ai.usage.input_tokens": 1.5 }),
      "type gen_ai.usage.input_tokens",
    ],
    "with a text for a list": [
      having(chat, { "gen_ai.response.finish_reasons": "stop" }),
      "type gen_ai.response.finish_reasons",
    ],
    "with a value that the list does not have": [
      having(chat, { "gen_ai.output.type": "yaml" }),
      "enum gen_ai.output.type",
    ],
    "with a value that the list has in another spelling": [
      having(chat, { "gen_ai.provider.name": "xai" }),
      "enum gen_ai.provider.name",
    ],
    "that says it does not stream": [
      having(chat, { "gen_ai.request.stream": false }),
      "condition gen_ai.request.stream",
    ],
    "with one choice": [
      having(chat, { "gen_ai.request.choice.count": 1 }),
      "condition gen_ai.request.choice.count",
    ],
    "with OK": [{ ...chat, status: { code: SpanStatusCode.OK } }, "status"],
    "that is an error without a type": [
      { ...chat, status: { code: SpanStatusCode.ERROR } },
      "status error.type",
    ],
    "with a type of error that is none": [
      having(chat, { "error.type": "TypeError" }),
      "status error.type",
    ],
    "with an exception that says nothing": [
      { ...chat, events: [{ name: "exception" }] },
      "required exception.type",
    ],
    "with content that is no JSON": [
      having(chat, { "gen_ai.output.messages": "Hi" }),
      "content gen_ai.output.messages",
    ],
    "with content of another form": [
      having(chat, { "gen_ai.output.messages": JSON.stringify([{ role: "assistant" }]) }),
      "content gen_ai.output.messages",
    ],
    "of an MCP tool without the operation's partner": [
      having({ ...mcp, name: "tools/list search" }, { "mcp.method.name": "tools/list" }),
      "condition gen_ai.operation.name",
    ],
    "of an MCP request without an id": [
      having(mcp, { "jsonrpc.request.id": undefined }),
      "condition jsonrpc.request.id",
    ],
    "of an MCP call below its tool": [{ ...mcp, parentOperation: "execute_tool" }, "nesting"],
  };

  it.each(Object.entries(bad))("%s is found", (_, [span, ...found]) => {
    expect(short(checkSpan("1.41", span))).toEqual(found);
  });

  it("is compared with its version", () => {
    expect(short(checkSpan("next", chat))).toEqual([
      "unknown gen_ai.usage.cache_creation.input_tokens",
    ]);
    const search = { ...tool, name: "search_memory", kind: SpanKind.CLIENT };
    const memory = { ...search, attributes: { "gen_ai.operation.name": "search_memory" } };
    expect(short(checkSpan("1.41", memory))).toContain("operation");
    expect(short(checkSpan("next", memory))).not.toContain("operation");
    const refused = having(
      { ...mcp, kind: SpanKind.SERVER, status: { code: SpanStatusCode.ERROR } },
      {
        "error.type": "-32602",
        "rpc.response.status_code": "-32602",
      },
    );
    expect([checkSpan("1.41", refused), short(checkSpan("next", refused))]).toEqual([
      [],
      ["status"],
    ]);
  });
});

describe("a metric", () => {
  const point = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai" };
  const buckets = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
  ];
  const seconds = { unit: "s", advice: { explicitBucketBoundaries: buckets } };

  function found(
    run: (meter: ReturnType<ReturnType<typeof checkingMeterProvider>["getMeter"]>) => void,
  ): string[] {
    const violations: Violation[] = [];
    run(checkingMeterProvider("1.41", (each) => violations.push(each)).getMeter("test"));
    return short(violations.filter(({ rule }) => rule !== "recommended"));
  }
  const duration = "gen_ai.client.operation.duration";

  it("that is as the conventions have it has no violation, and our own has none", () => {
    expect(
      found((meter) => {
        meter.createHistogram(duration, seconds).record(0.5, point);
        meter.createCounter("langchain.llm.calls").add(1, { ...point, status: "ok" });
      }),
    ).toEqual([]);
  });

  it("with another type, unit or buckets is found", () => {
    expect(found((meter) => meter.createCounter(duration, seconds))).toEqual(["instrument"]);
    expect(found((meter) => meter.createHistogram(duration, { ...seconds, unit: "ms" }))).toEqual([
      "unit",
    ]);
    expect(found((meter) => meter.createHistogram(duration, { unit: "s" }))).toEqual(["buckets"]);
  });

  it.each([
    ["that nobody knows", "gen_ai.client.mood", 1, point, ["unknown"]],
    [
      "without what is required",
      duration,
      1,
      { "gen_ai.operation.name": "chat" },
      ["required gen_ai.provider.name"],
    ],
    ["with an attribute too many", duration, 1, { ...point, user: "ann" }, ["unlisted user"]],
    [
      "with an attribute of another type",
      duration,
      1,
      { ...point, "server.port": "443" },
      ["type server.port"],
    ],
    [
      "of ours with a name that nobody knows",
      "langchain.x",
      1,
      { "gen_ai.mood": "fine" },
      ["unknown gen_ai.mood"],
    ],
  ])("%s is found", (_, name, value, values, expected) => {
    expect(found((meter) => meter.createHistogram(name, seconds).record(value, values))).toEqual(
      expected,
    );
  });

  it("with a fraction where whole numbers are counted is found", () => {
    const tokens = {
      unit: "{token}",
      advice: {
        explicitBucketBoundaries: [
          1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
        ],
      },
    };
    expect(
      found((meter) =>
        meter
          .createHistogram("gen_ai.client.token.usage", tokens)
          .record(0.5, { ...point, "gen_ai.token.type": "thought" }),
      ),
    ).toEqual(["type", "enum gen_ai.token.type"]);
  });
});

describe("an event", () => {
  const details: CheckedEvent = {
    eventName: "gen_ai.client.inference.operation.details",
    severityNumber: 5,
    attributes: { ...attributes, "gen_ai.input.messages": [message] },
  };

  it("that is as the conventions have it has no violation, and a log record of anybody's has none", () => {
    expect(short(checkEvent("next", details))).toEqual([]);
    expect(checkEvent("next", { attributes: { any: 1 } })).toEqual([]);
  });

  it.each<[string, CheckedEvent, string[]]>([
    ["that nobody knows", { eventName: "gen_ai.user.message" }, ["unknown"]],
    ["of another severity", { ...details, severityNumber: 9 }, ["severity"]],
    [
      "without what is required",
      { ...details, attributes: { ...attributes, "gen_ai.operation.name": undefined } },
      ["required gen_ai.operation.name"],
    ],
    [
      "with content as JSON text, which has a structure here",
      {
        ...details,
        attributes: { ...attributes, "gen_ai.input.messages": JSON.stringify([message]) },
      },
      ["content gen_ai.input.messages"],
    ],
  ])("%s is found", (_, event, found) => {
    expect(short(checkEvent("next", event))).toEqual(found);
  });
});
