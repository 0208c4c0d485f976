import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { runRegistry } from "../../src/langchain/run-registry.ts";
import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { deferred } from "../support/deferred.ts";
import {
  connect,
  implementation,
  type Make,
  optionsOf,
  type Session,
  versions,
} from "../support/mcp.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return () => {
    propagation.disable();
    telemetry.shutdown();
  };
});

/** A connected pair, both instrumented; what connecting has left is taken away. */
async function connected(
  make: Make,
  prepare: (session: Session) => void = () => {},
): Promise<Session> {
  const session = make();
  instrumentMcp(session.server);
  instrumentMcp(session.client);
  prepare(session);
  await connect(session);
  telemetry.reset();
  return session;
}

/** The spans, without what differs from run to run. */
function tree(nodes: readonly SpanNode[] = telemetry.tree()): unknown[] {
  const sorted = nodes.toSorted((a, b) => a.name.localeCompare(b.name));
  return sorted.map(({ name, kind, status, statusMessage, attributes, events, children }) => ({
    name,
    kind,
    status: statusMessage === undefined ? status : `${status} ${statusMessage}`,
    attributes: Object.fromEntries(
      Object.entries(attributes).filter(([key]) => !STABLE.includes(key)),
    ),
    ...(events.length > 0 && { events: events.map((event) => event.attributes["exception.type"]) }),
    ...(children.length > 0 && { children: tree(children) }),
  }));
}

const STABLE = [
  "mcp.method.name",
  "mcp.protocol.version",
  "gen_ai.operation.name",
  "gen_ai.tool.name",
];

/** A request's span on either side, with whatever is special about them. */
function pair(name: string, id: string, client: object = {}, server: object = {}): unknown {
  const node = { name, status: "UNSET" };
  return {
    ...node,
    kind: "CLIENT",
    attributes: { "jsonrpc.request.id": id },
    children: [{ ...node, kind: "SERVER", attributes: { "jsonrpc.request.id": id }, ...server }],
    ...client,
  };
}

const echo = async ({ text }: { text: string }) => ({ content: [{ type: "text" as const, text }] });
const withEcho = ({ server }: Session): void =>
  void server.registerTool("echo", { inputSchema: z.object({ text: z.string() }) }, echo);

describe.each(versions)("version %s of the SDK", (version, make) => {
  it("has a CLIENT and a SERVER span for each request, in one trace, with the conventions' attributes", async () => {
    const { client } = await connected(make, (session) => {
      session.server.registerTool(
        "echo",
        { inputSchema: z.object({ text: z.string() }) },
        async (input) => {
          trace.getTracer("app").startSpan("inside").end();
          return echo(input);
        },
      );
    });
    const request = { name: "echo", arguments: { text: "secret" } };
    const result = await trace.getTracer("app").startActiveSpan("outside", async (span) => {
      const answered = await client.callTool(request);
      span.end();
      return answered;
    });
    expect(result.content).toEqual([{ type: "text", text: "secret" }]);
    expect(request).toEqual({ name: "echo", arguments: { text: "secret" } });
    const attributes = {
      "mcp.method.name": "tools/call",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "echo",
      "jsonrpc.request.id": "1",
      "mcp.protocol.version": "2025-11-25",
    };
    const plain = { status: "UNSET", events: [] };
    expect(telemetry.tree()).toEqual([
      {
        ...plain,
        name: "outside",
        kind: "INTERNAL",
        attributes: {},
        children: [
          {
            ...plain,
            name: "tools/call echo",
            kind: "CLIENT",
            attributes,
            children: [
              {
                ...plain,
                name: "tools/call echo",
                kind: "SERVER",
                attributes,
                children: [
                  { ...plain, name: "inside", kind: "INTERNAL", attributes: {}, children: [] },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  it("hands the tool the reserved name of the trace context, and no other", async () => {
    const metas: object[] = [];
    const { client } = await connected(make, ({ server }) => {
      server.registerTool(
        "echo",
        { inputSchema: z.object({ text: z.string() }) },
        async (input, extra) => {
          const ctx = extra as { _meta?: object; mcpReq?: { _meta?: object } };
          metas.push(ctx._meta ?? ctx.mcpReq?._meta ?? {});
          return echo(input);
        },
      );
    });
    const own = { name: "echo", arguments: { text: "x" }, _meta: { tenant: "acme" } };
    await client.callTool(own);
    const sent = telemetry
      .spans()
      .find(({ kind }) => kind === SpanKind.CLIENT)
      ?.spanContext();
    expect(metas).toEqual([
      { tenant: "acme", traceparent: `00-${sent?.traceId}-${sent?.spanId}-01` },
    ]);
    expect(own._meta).toEqual({ tenant: "acme" });
  });

  it("is red on both sides when the tool says that it failed, without its words", async () => {
    const { client } = await connected(make, ({ server }) => {
      server.registerTool("fail", { inputSchema: z.object({}) }, () => {
        throw new Error("the customer's name");
      });
    });
    expect(await client.callTool({ name: "fail", arguments: {} })).toMatchObject({ isError: true });
    const failed = (category: string): object => ({
      status: "ERROR",
      attributes: {
        "jsonrpc.request.id": "1",
        "error.type": "tool_error",
        "langchain.error.category": category,
        "langchain.run.outcome": "error",
      },
    });
    expect(tree()).toEqual([
      pair("tools/call fail", "1", failed("provider_error"), failed("internal_error")),
    ]);
  });

  it.each([
    [-32_700, "UNSET"],
    [-32_600, "UNSET"],
    [-32_602, "UNSET"],
    [-32_002, "UNSET"],
    [-32_603, "ERROR"],
    [-32_050, "ERROR"],
  ])("an answered error %d is one for the client, and %s for the server", async (code, status) => {
    const { client } = await connected(make, ({ server }) => {
      server.registerResource("doc", "file:///doc", {}, () => {
        throw Object.assign(new Error("no, api_key=abcdefghij"), { code });
      });
    });
    await expect(client.readResource({ uri: "file:///doc" })).rejects.toThrow("no, api_key=");
    // Version 2 answers with another number than it was given here.
    const wire = version === "2" && code === -32_002 ? "-32602" : String(code);
    const attributes = {
      "jsonrpc.request.id": "1",
      "mcp.resource.uri": "file:///doc",
      "rpc.response.status_code": wire,
    };
    const failed = (category: string): object => ({
      status: "ERROR no, api_key=[redacted:credential]",
      attributes: {
        ...attributes,
        "error.type": wire,
        "langchain.error.category": category,
        "langchain.run.outcome": "error",
      },
    });
    expect(tree()).toEqual([
      pair(
        "resources/read",
        "1",
        { ...failed("provider_error"), events: [wire] },
        status === "ERROR" ? failed("internal_error") : { attributes },
      ),
    ]);
  });

  it("a method that nobody answers is the client's error, and makes no name on the server", async () => {
    const { client } = await connected(make);
    const call = client.request({ method: "shop/ping-4711" }, z.object({}));
    await expect(call).rejects.toThrow("Method not found");
    const attributes = { "jsonrpc.request.id": "1", "rpc.response.status_code": "-32601" };
    expect(tree()).toEqual([
      pair(
        "shop/ping-4711",
        "1",
        {
          status: "ERROR Method not found",
          attributes: {
            ...attributes,
            "error.type": "-32601",
            "langchain.error.category": "provider_error",
            "langchain.run.outcome": "error",
          },
          events: ["-32601"],
        },
        { name: "_OTHER", attributes },
      ),
    ]);
  });

  it("asking a person to go to an address is no failure", async () => {
    const { client } = await connected(make, ({ server }) => {
      server.registerResource("doc", "file:///doc", {}, () => {
        throw Object.assign(new Error("log in first"), {
          code: -32_042,
          data: { elicitations: [] },
        });
      });
    });
    await expect(client.readResource({ uri: "file:///doc" })).rejects.toThrow();
    const attributes = {
      "jsonrpc.request.id": "1",
      "mcp.resource.uri": "file:///doc",
      "rpc.response.status_code": "-32042",
      "langchain.run.outcome": "interrupted",
    };
    expect(tree()).toEqual([pair("resources/read", "1", { attributes }, { attributes })]);
  });

  /** A tool that has been called and does not answer. */
  async function hanging(): Promise<Session & { started: Promise<void> }> {
    const started = deferred();
    const session = await connected(make, ({ server }) => {
      server.registerTool("hang", { inputSchema: z.object({}) }, () => {
        started.resolve();
        return new Promise<never>(() => {});
      });
    });
    return { ...session, started: started.promise };
  }

  const cancelled = {
    attributes: { "jsonrpc.request.id": "1", "langchain.run.outcome": "cancelled" },
  };
  const call = { name: "hang", arguments: {} };
  /** The client says so by a notification, which belongs to the request that it takes back. */
  const notice = { name: "notifications/cancelled", status: "UNSET", attributes: {} };
  const takenBack = {
    ...(pair("tools/call hang", "1", cancelled) as object),
    children: [
      { ...notice, kind: "CLIENT", children: [{ ...notice, kind: "SERVER" }] },
      { name: "tools/call hang", kind: "SERVER", status: "UNSET", ...cancelled },
    ],
  };

  it("an aborted request is cancelled on both sides, not failed", async () => {
    const { client, started } = await hanging();
    const controller = new AbortController();
    const calling = client.callTool(call, ...optionsOf(version, { signal: controller.signal }));
    await started;
    controller.abort(new Error("user pressed stop"));
    await expect(calling).rejects.toThrow();
    expect(tree()).toEqual([takenBack]);
    expect(runRegistry().size).toBe(0);
  });

  it.each(["the SDK's own", "a signal's"])("%s time-out is a failure", async (whose) => {
    const { client } = await hanging();
    const options = whose === "a signal's" ? { signal: AbortSignal.timeout(10) } : { timeout: 10 };
    await expect(client.callTool(call, ...optionsOf(version, options))).rejects.toThrow();
    const [sent] = telemetry.tree();
    expect([sent?.status, sent?.attributes["error.type"]]).toEqual(["ERROR", "TimeoutError"]);
    expect(sent?.children.map(({ name, status }) => [name, status])).toEqual([
      ["tools/call hang", "UNSET"],
      ["notifications/cancelled", "UNSET"],
    ]);
    expect(runRegistry().size).toBe(0);
  });

  it("closing the client cancels what is under way", async () => {
    const { client, started } = await hanging();
    const calling = client.callTool(call);
    const rejected = expect(calling).rejects.toThrow("Connection closed");
    await started;
    await client.close();
    await rejected;
    expect(tree()).toEqual([pair("tools/call hang", "1", cancelled, cancelled)]);
    expect(runRegistry().size).toBe(0);
  });

  it("a server that goes away is a failure for the client", async () => {
    const { client, server, started } = await hanging();
    const rejected = expect(client.callTool(call)).rejects.toThrow("Connection closed");
    await started;
    await server.close();
    await rejected;
    const [sent] = telemetry.tree();
    expect([sent?.status, sent?.attributes["error.type"]]).toEqual(["ERROR", "ConnectionClosed"]);
    expect(runRegistry().size).toBe(0);
  });

  it("measures both sides, with few attributes", async () => {
    const { client } = await connected(make, withEcho);
    await client.callTool({ name: "echo", arguments: { text: "x" } });
    const attributes = {
      "mcp.method.name": "tools/call",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "echo",
      "mcp.protocol.version": "2025-11-25",
    };
    const metrics = await telemetry.metrics();
    const seen = metrics.map(({ name, unit, points }) => [
      name,
      unit,
      points
        .filter((point) => point.attributes["mcp.method.name"] === "tools/call")
        .map((point) => [point.attributes, "buckets" in point && point.buckets.boundaries]),
    ]);
    const boundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
    expect(seen.toSorted()).toEqual([
      ["mcp.client.operation.duration", "s", [[attributes, boundaries]]],
      ["mcp.server.operation.duration", "s", [[attributes, boundaries]]],
    ]);
  });

  it("keeps a hundred requests at once apart", async () => {
    const { client } = await connected(make, withEcho);
    const tracer = trace.getTracer("app");
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        tracer.startActiveSpan(`caller ${index}`, async (span) => {
          await client.callTool({ name: "echo", arguments: { text: "x" } });
          span.end();
        }),
      ),
    );
    const shapes = telemetry
      .tree()
      .map(({ name, children }) => [
        name.split(" ")[0],
        children.map((child) => [child.name, child.children.map((below) => below.name)]),
      ]);
    expect(shapes).toEqual(
      Array.from({ length: 100 }, () => ["caller", [["tools/call echo", ["tools/call echo"]]]]),
    );
    expect(runRegistry().size).toBe(0);
  });

  it("has the server's own requests to the client, too", async () => {
    const { client, server } = await connected(make);
    void client;
    await server.server.ping();
    expect(tree()).toEqual([pair("ping", "0")]);
  });

  it("is instrumented once, however often that is asked for, before and after connecting", async () => {
    const session = await connected(make, withEcho);
    expect(instrumentMcp(session.client)).toBe(session.client);
    expect(instrumentMcp(session.server)).toBe(session.server);
    instrumentMcp(session.server.server);
    await session.client.callTool({ name: "echo", arguments: { text: "x" } });
    expect(tree()).toEqual([pair("tools/call echo", "1")]);
  });

  it("can be instrumented when it is connected already", async () => {
    const session = make();
    withEcho(session);
    await connect(session);
    instrumentMcp(session.server);
    instrumentMcp(session.client);
    await session.client.callTool({ name: "echo", arguments: { text: "x" } });
    expect(tree()).toEqual([pair("tools/call echo", "1")]);
  });

  it("leaves results and errors as they are when telemetry is broken", async () => {
    const session = make();
    const broken = {
      getTracer: (): never => {
        throw new Error("broken");
      },
      getMeter: (): never => {
        throw new Error("broken");
      },
    };
    const options = { tracerProvider: broken, meterProvider: broken };
    instrumentMcp(session.server, options);
    instrumentMcp(session.client, options);
    withEcho(session);
    await connect(session);
    const { content } = await session.client.callTool({ name: "echo", arguments: { text: "x" } });
    expect(content).toEqual([{ type: "text", text: "x" }]);
    expect(runRegistry().size).toBe(0);
  });

  it("links the request that brought the message, when it is not the sender's", async () => {
    const session = make();
    instrumentMcp(session.server);
    withEcho(session);
    const http = trace.getTracer("http").startSpan("POST");
    const { serverTransport } = session;
    await session.server.connect(serverTransport);
    const sender = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
    const answered = deferred();
    const client = session.clientTransport;
    Object.assign(client, { onmessage: () => answered.resolve() });
    await context.with(trace.setSpan(context.active(), http), () =>
      client.send({
        jsonrpc: "2.0",
        id: "a",
        method: "ping",
        params: { _meta: { traceparent: `00-${sender.traceId}-${sender.spanId}-01` } },
      }),
    );
    await answered.promise;
    http.end();
    const ping = telemetry.spans().find(({ name }) => name === "ping");
    expect(ping?.parentSpanContext).toMatchObject(sender);
    expect(ping?.links.map((link) => link.context.spanId)).toEqual([http.spanContext().spanId]);
  });
});

describe("instrumentMcp", () => {
  it.each([
    ["an object", {}, "an object"],
    ["a function", () => {}, "a function"],
  ])("refuses %s", (_, value, got) => {
    expect(() => instrumentMcp(value)).toThrow(
      new TypeError(
        `Expected the \`clientOrServer\` option to be a client or a server of the MCP SDK, got ${got}`,
      ),
    );
  });

  it("refuses an unknown option", () => {
    const client = new Client(implementation);
    expect(() => instrumentMcp(client, { kind: "client" } as object)).toThrow(
      "There is no option `kind`",
    );
  });
});
