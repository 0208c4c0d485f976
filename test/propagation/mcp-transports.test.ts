import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";

import * as v2Client from "@modelcontextprotocol/client";
import * as v2ClientStdio from "@modelcontextprotocol/client/stdio";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import * as v2Server from "@modelcontextprotocol/server";
import { context, propagation, type Span, SpanKind, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { beforeEach, describe, expect, it } from "vitest";

import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { deferred } from "../support/deferred.ts";
import { type Served, serveHttp, serveWeb } from "../support/mcp-http.ts";
import { implementation } from "../support/mcp.ts";

let telemetry: TestTelemetry;
let closing: (() => unknown)[];
beforeEach(() => {
  telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  closing = [];
  return async () => {
    for (const close of closing.toReversed()) await close();
    propagation.disable();
    telemetry.shutdown();
  };
});

/** Does something as an HTTP instrumentation would: in a span of the request, which knows nothing of MCP. */
function inHttpSpan<T>(name: string, fn: () => Promise<T>): Promise<T> {
  const span: Span = trace.getTracer("http").startSpan(name, { kind: SpanKind.SERVER });
  const within = trace.setSpan(context.active(), span);
  return context.with(within, fn).finally(() => span.end());
}

interface Connected {
  readonly client: Pick<Client, "callTool" | "close">;
  readonly served: Served;
}

async function serving(started: Promise<Served>): Promise<Served> {
  const served = await started;
  closing.push(() => served.close());
  return served;
}

function v1Pair(): { client: Client; server: McpServer } {
  const server = instrumentMcp(new McpServer(implementation));
  server.registerTool("hello", {}, () => ({ content: [] }));
  return { client: instrumentMcp(new Client(implementation)), server };
}

function v2Pair(): { client: v2Client.Client; server: v2Server.McpServer } {
  const server = instrumentMcp(new v2Server.McpServer(implementation));
  server.registerTool("hello", {}, () => ({ content: [] }));
  return { client: instrumentMcp(new v2Client.Client(implementation)), server };
}

const withSession = { sessionIdGenerator: () => randomUUID() };

const overHttp: readonly (readonly [string, () => Promise<Connected>])[] = [
  [
    "version 1, streamable HTTP",
    async () => {
      const { client, server } = v1Pair();
      const transport = new StreamableHTTPServerTransport(withSession);
      await server.connect(transport);
      const served = await serving(
        serveHttp((request, response) => {
          void inHttpSpan("HTTP", () => transport.handleRequest(request, response));
        }),
      );
      await client.connect(new StreamableHTTPClientTransport(served.url));
      return { client, served };
    },
  ],
  [
    "version 1, server-sent events",
    async () => {
      const { client, server } = v1Pair();
      let transport: SSEServerTransport | undefined;
      const served = await serving(
        serveHttp((request, response) => {
          void inHttpSpan("HTTP", async () => {
            if (request.method !== "GET") return transport?.handlePostMessage(request, response);
            transport = new SSEServerTransport("/mcp", response);
            return server.connect(transport);
          });
        }),
      );
      await client.connect(new SSEClientTransport(served.url));
      return { client, served };
    },
  ],
  [
    "version 2, streamable HTTP",
    async () => {
      const { client, server } = v2Pair();
      const transport = new v2Server.WebStandardStreamableHTTPServerTransport(withSession);
      await server.connect(transport);
      const served = await serving(
        serveWeb((request) => inHttpSpan("HTTP", () => transport.handleRequest(request))),
      );
      await client.connect(new v2Client.StreamableHTTPClientTransport(served.url));
      return { client: client as unknown as Client, served };
    },
  ],
];

describe.each(overHttp)("%s", (name, connect) => {
  it("is one trace, with the session, the protocol and the address", async () => {
    const { client, served } = await connect();
    closing.push(() => client.close());
    telemetry.reset();
    await client.callTool({ name: "hello", arguments: {} });
    const spans = telemetry.spans().filter((span) => span.name === "tools/call hello");
    const [sent, received] = [SpanKind.CLIENT, SpanKind.SERVER].map((kind) =>
      spans.find((span) => span.kind === kind),
    );
    const session = sent?.attributes["mcp.session.id"] ?? received?.attributes["mcp.session.id"];
    const both = {
      "mcp.method.name": "tools/call",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "hello",
      "jsonrpc.request.id": "1",
      "mcp.protocol.version": "2025-11-25",
      "network.transport": "tcp",
      "network.protocol.name": "http",
    };
    expect(session).toMatch(/^[0-9a-f-]{36}$/);
    expect(received?.attributes).toEqual({ ...both, "mcp.session.id": session });
    expect(sent?.attributes).toEqual({
      ...both,
      // The transport of server-sent events keeps the session in an address of its own.
      ...(name.includes("events") ? {} : { "mcp.session.id": session }),
      "server.address": "127.0.0.1",
      "server.port": served.port,
    });
    expect(received?.parentSpanContext).toMatchObject({
      traceId: sent?.spanContext().traceId,
      spanId: sent?.spanContext().spanId,
      isRemote: true,
    });
  });

  it("links the HTTP request that brought the message", async () => {
    const { client } = await connect();
    closing.push(() => client.close());
    telemetry.reset();
    await client.callTool({ name: "hello", arguments: {} });
    const received = telemetry
      .spans()
      .find(({ kind, name: each }) => kind === SpanKind.SERVER && each === "tools/call hello");
    const linked = received?.links.map(({ context: { spanId } }) => spanId);
    const http = telemetry.spans().filter((span) => span.name === "HTTP");
    expect(linked).toHaveLength(1);
    expect(http.map((span) => span.spanContext().spanId)).toContain(linked?.[0]);
    expect(received?.spanContext().traceId).not.toBe(received?.links[0]?.context.traceId);
  });

  it("measures the session on both sides", async () => {
    const { client, served } = await connect();
    await client.close();
    const network = {
      "mcp.protocol.version": "2025-11-25",
      "network.transport": "tcp",
      "network.protocol.name": "http",
    };
    const measured = (await telemetry.metrics())
      .filter(({ name: each }) => each === "mcp.client.session.duration")
      .flatMap(({ points }) =>
        points.map((point) => ["count" in point && point.count, point.attributes]),
      );
    expect(measured).toEqual([
      [1, { ...network, "server.address": "127.0.0.1", "server.port": served.port }],
    ]);
  });
});

it("over HTTP without sessions, each request stands alone for the server", async () => {
  const closed: Promise<void>[] = [];
  const served = await serving(
    serveHttp((request, response) => {
      const { server } = v1Pair();
      const transport = new StreamableHTTPServerTransport({});
      closed.push(once(response, "close").then(() => server.close()));
      void server.connect(transport).then(() => transport.handleRequest(request, response));
    }),
  );
  const client = instrumentMcp(new Client(implementation));
  await client.connect(new StreamableHTTPClientTransport(served.url));
  await client.callTool({ name: "hello", arguments: {} });
  const received = telemetry
    .spans()
    .find(({ name, kind }) => name === "tools/call hello" && kind === SpanKind.SERVER);
  expect(received?.attributes).toMatchObject({ "mcp.protocol.version": "2025-11-25" });
  expect(received?.attributes).not.toHaveProperty("mcp.session.id");
  await client.close();
  await Promise.all(closed);
  const metrics = await telemetry.metrics();
  expect(metrics.map(({ name }) => name).filter((name) => name.includes("session"))).toEqual([
    "mcp.client.session.duration",
  ]);
});

it("version 2 without sessions (2026-07-28): a server for each request, and one trace", async () => {
  const handler = v2Server.createMcpHandler(() => v2Pair().server);
  const served = await serving(serveWeb((request) => handler.fetch(request)));
  const client = instrumentMcp(
    new v2Client.Client(implementation, { versionNegotiation: { mode: "auto" } }),
  );
  closing.push(() => client.close());
  await client.connect(new v2Client.StreamableHTTPClientTransport(served.url));
  telemetry.reset();
  await client.callTool({ name: "hello", arguments: {} });
  const [received, sent] = telemetry.spans();
  const both = {
    "mcp.method.name": "tools/call",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "hello",
    "jsonrpc.request.id": "0",
    "mcp.protocol.version": "2026-07-28",
    "network.transport": "tcp",
    "network.protocol.name": "http",
  };
  expect(received?.attributes).toEqual(both);
  expect(sent?.attributes).toEqual({
    ...both,
    "server.address": "127.0.0.1",
    "server.port": served.port,
  });
  expect(received?.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId);
  await client.close();
  const names = (await telemetry.metrics()).map(({ name }) => name);
  expect(names.filter((name) => name.includes("session"))).toEqual([]);
});

describe.each([
  ["1", StdioClientTransport, Client],
  ["2", v2ClientStdio.StdioClientTransport, v2Client.Client],
] as const)("version %s, standard streams", (version, Transport, AnyClient) => {
  it("is one trace of two processes", async () => {
    const client = instrumentMcp(new AnyClient(implementation)) as unknown as Client;
    closing.push(() => client.close());
    const program = path.join(import.meta.dirname, "fixtures", "mcp-traced-server.ts");
    const transport = new Transport({ command: process.execPath, args: [program, version] });
    await client.connect(transport);
    const call = { name: "report", arguments: {} };
    await client.callTool(call);
    const { content } = await client.callTool(call);
    const [{ text }] = content as [{ text: string }];
    const there = JSON.parse(text) as {
      name: string;
      traceId: string;
      parentId: string;
      attributes: object;
    }[];
    const both = {
      "mcp.method.name": "tools/call",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "report",
      "jsonrpc.request.id": "1",
      "mcp.protocol.version": "2025-11-25",
      "network.transport": "pipe",
    };
    const names = ["initialize", "notifications/initialized", "tools/call report"];
    const sent = telemetry.spans().slice(0, 3);
    expect(sent.map(({ name, kind }) => [name, kind])).toEqual(
      names.map((name) => [name, SpanKind.CLIENT]),
    );
    expect(sent[2]?.attributes).toEqual(both);
    expect(there[2]?.attributes).toEqual(both);
    expect(there.map(({ name, traceId, parentId }) => [name, traceId, parentId])).toEqual(
      sent.map((span) => [span.name, span.spanContext().traceId, span.spanContext().spanId]),
    );
  });

  it("that breaks off is a session lost", async () => {
    const client = instrumentMcp(new AnyClient(implementation)) as unknown as Client;
    closing.push(() => client.close());
    const program = path.join(import.meta.dirname, "fixtures", "mcp-traced-server.ts");
    const transport = new Transport({ command: process.execPath, args: [program, version] });
    await client.connect(transport);
    const gone = deferred();
    Object.assign(client, { onclose: gone.resolve });
    process.kill(transport.pid ?? 0, "SIGKILL");
    await gone.promise;
    const measured = (await telemetry.metrics())
      .filter(({ name }) => name === "mcp.client.session.duration")
      .flatMap(({ points }) => points.map((point) => point.attributes));
    expect(measured).toEqual([
      {
        "error.type": "ConnectionClosed",
        "mcp.protocol.version": "2025-11-25",
        "network.transport": "pipe",
      },
    ]);
  });
});
