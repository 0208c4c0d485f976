import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { beforeEach, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { deferred } from "../support/deferred.ts";

let telemetry: TestTelemetry;
beforeEach(async () => {
  telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
  return () => {
    instrumentation.disable();
    propagation.disable();
    telemetry.shutdown();
  };
});

const program = path.join(import.meta.dirname, "fixtures", "mcp-server.ts");

function adapters(onMessage: () => void = () => {}): MultiServerMCPClient {
  return instrumentMcp(
    new MultiServerMCPClient({
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
    }),
  );
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
      "network.transport": "pipe",
    });
    const metrics = await telemetry.metrics();
    const counts = metrics
      .filter(({ name }) => /execute_tool|mcp/.test(name))
      .map(({ name, points }) => [name, points.map((point) => "count" in point && point.count)]);
    expect(counts.toSorted()).toEqual([
      ["gen_ai.execute_tool.duration", [1]],
      ["mcp.client.operation.duration", [1]],
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
    const controller = new AbortController();
    const calling = tools
      .find(({ name }) => name === "hang")
      ?.invoke({}, { signal: controller.signal });
    await hangs.promise;
    controller.abort();
    await expect(calling).rejects.toThrow();
    const cancelled = { status: "UNSET", outcome: "cancelled" };
    expect(telemetry.tree().map(shape)).toEqual([
      {
        name: "execute_tool hang",
        kind: "INTERNAL",
        ...cancelled,
        children: [{ name: "tools/call hang", kind: "CLIENT", ...cancelled, children: [] }],
      },
    ]);
  } finally {
    await client.close();
  }
});

it("over HTTP both sides say the session, and the client the address", async () => {
  const server = instrumentMcp(new McpServer({ name: "http", version: "1.0.0" }));
  server.registerTool("hello", {}, () => ({ content: [] }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  await server.connect(transport);
  const http = createServer((request, response) => void transport.handleRequest(request, response));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const client = instrumentMcp(new Client({ name: "http", version: "1.0.0" }));
  try {
    const connection = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`));
    await client.connect(connection);
    telemetry.reset();
    await client.callTool({ name: "hello", arguments: {} });
    const attributes = {
      "mcp.method.name": "tools/call",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "hello",
      "jsonrpc.request.id": "1",
      "mcp.protocol.version": "2025-11-25",
      "mcp.session.id": transport.sessionId,
      "network.transport": "tcp",
      "network.protocol.name": "http",
    };
    const spans = telemetry.spans().filter(({ name }) => name === "tools/call hello");
    expect(spans.map((span) => span.attributes)).toEqual([
      attributes,
      { ...attributes, "server.address": "127.0.0.1", "server.port": port },
    ]);
    expect(spans[0]?.parentSpanContext?.spanId).toBe(spans[1]?.spanContext().spanId);
  } finally {
    await client.close();
    await server.close();
    http.closeAllConnections();
    http.close();
  }
});
