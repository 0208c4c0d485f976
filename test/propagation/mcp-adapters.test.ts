import path from "node:path";

import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { beforeEach, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { deferred } from "../support/deferred.ts";

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;
beforeEach(async () => {
  telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
  return () => {
    instrumentation.disable();
    propagation.disable();
    telemetry.shutdown();
  };
});

const program = path.join(import.meta.dirname, "fixtures", "mcp-server.ts");

function adapters(onMessage: () => void = () => {}): MultiServerMCPClient {
  return new MultiServerMCPClient({
    mcpServers: {
      fixture: {
        transport: "stdio",
        command: process.execPath,
        args: [program],
        env: Object.fromEntries(
          Object.entries(process.env).filter(
            (entry): entry is [string, string] => entry[1] !== undefined,
          ),
        ),
      },
    },
    onMessage,
  });
}

function shape({ name, kind, status, attributes, children }: SpanNode): object {
  const { "langchain.run.outcome": outcome } = attributes;
  return { name, kind, status, outcome, children: children.map(shape) };
}

it("a tool of another process has its CLIENT span below execute_tool, and its context goes along", async () => {
  const client = adapters();
  try {
    const tools = await client.getTools();
    const tool = tools.find(({ name }) => name === "whose_trace");
    const said = (await tool?.invoke({})) as unknown;
    const [run, sent] = ["execute_tool whose_trace", "tools/call whose_trace"].map((name) =>
      telemetry.spans().find((span) => span.name === name),
    );
    expect(said).toBe(`00-${sent?.spanContext().traceId}-${sent?.spanContext().spanId}-01`);
    expect(sent?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId);
    expect(sent?.attributes).toEqual({
      "mcp.method.name": "tools/call",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "whose_trace",
      "jsonrpc.request.id": "2",
      "mcp.protocol.version": "2025-11-25",
      "network.transport": "pipe",
    });
    const metrics = await telemetry.metrics();
    const counts = metrics
      .filter(({ name }) => /execute_tool|mcp/.test(name))
      .map(({ name, points }) => [name, points.map((point) => "count" in point && point.count)]);
    expect(counts.toSorted()).toEqual([
      ["gen_ai.execute_tool.duration", [1]],
      ["mcp.client.operation.duration", [1, 1, 1, 1]],
    ]);
  } finally {
    await client.close();
  }
});

it("the clients that it makes itself are followed from their first request on, and measured to their end", async () => {
  const client = adapters();
  await client.getTools();
  await client.close();
  expect(telemetry.spans().map(({ name }) => name)).toEqual([
    "initialize",
    "notifications/initialized",
    "tools/list",
  ]);
  const sessions = (await telemetry.metrics())
    .filter(({ name }) => name === "mcp.client.session.duration")
    .flatMap(({ points }) => points.map((point) => point.attributes));
  expect(sessions).toEqual([{ "mcp.protocol.version": "2025-11-25", "network.transport": "pipe" }]);
});

it("without the instrumentation they are followed as soon as they are connected", async () => {
  instrumentation.disable();
  const client = instrumentMcp(adapters());
  expect(instrumentMcp(client)).toBe(client);
  try {
    const [tool] = await client.getTools();
    await tool?.invoke({});
    expect(telemetry.spans().map(({ name }) => name)).toEqual([
      "tools/list",
      "tools/call whose_trace",
    ]);
  } finally {
    await client.close();
  }
});

it("an aborted tool is cancelled, with its request", async () => {
  const hangs = deferred();
  const client = adapters(() => hangs.resolve());
  try {
    const tools = await client.getTools();
    telemetry.reset();
    const controller = new AbortController();
    const calling = tools
      .find(({ name }) => name === "hang")
      ?.invoke({}, { signal: controller.signal });
    await hangs.promise;
    controller.abort();
    await expect(calling).rejects.toThrow();
    const cancelled = { status: "UNSET", outcome: "cancelled" };
    const [run] = telemetry.tree();
    expect([run].map((node) => node && shape(node))).toEqual([
      {
        name: "execute_tool hang",
        kind: "INTERNAL",
        ...cancelled,
        children: [
          {
            name: "tools/call hang",
            kind: "CLIENT",
            ...cancelled,
            children: [
              {
                name: "notifications/cancelled",
                kind: "CLIENT",
                status: "UNSET",
                outcome: undefined,
                children: [],
              },
            ],
          },
        ],
      },
    ]);
  } finally {
    await client.close();
  }
});
