import { propagation, SpanKind, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { runRegistry } from "../../src/langchain/run-registry.ts";
import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { deferred } from "../support/deferred.ts";
import { connect, type Make, optionsOf, type Session, versions } from "../support/mcp.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return () => {
    propagation.disable();
    telemetry.shutdown();
  };
});

async function connected(
  make: Make,
  prepare: (session: Session) => void = () => {},
): Promise<Session> {
  const session = make();
  instrumentMcp(session.server);
  instrumentMcp(session.client);
  session.server.server.registerCapabilities(CAPABILITIES);
  prepare(session);
  await connect(session);
  return session;
}

const CAPABILITIES = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  logging: {},
};

/** Names and kinds, as deep as they go. */
function tree(nodes: readonly SpanNode[] = telemetry.tree()): unknown[] {
  return nodes
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, kind, children }) =>
      children.length > 0 ? [`${name} ${kind}`, tree(children)] : `${name} ${kind}`,
    );
}

function found(name: string, nodes: readonly SpanNode[] = telemetry.tree()): SpanNode[] {
  return nodes.flatMap((node) => [
    ...(node.name === name ? [node] : []),
    ...found(name, node.children),
  ]);
}

/** The client's own handlers, which both versions keep in the same place under the same names. */
function onNotification(
  session: Session,
  method: string,
  handler: (message: object) => unknown,
): void {
  const { _notificationHandlers: handlers } = session.client as unknown as {
    _notificationHandlers: Map<string, (message: object) => unknown>;
  };
  handlers.set(method, handler);
}

describe.each(versions)("a notification, with version %s of the SDK,", (version, make) => {
  it("has a CLIENT and a SERVER span, from the first on", async () => {
    await connected(make);
    expect(tree()).toEqual([
      ["initialize CLIENT", ["initialize SERVER"]],
      ["notifications/initialized CLIENT", ["notifications/initialized SERVER"]],
    ]);
  });

  it("carries the context of its span, and what handles it is below that", async () => {
    const handled = deferred();
    let received: unknown;
    const session = await connected(make);
    onNotification(session, "notifications/tools/list_changed", async (message) => {
      received = message;
      trace.getTracer("app").startSpan("inside").end();
      handled.resolve();
    });
    telemetry.reset();
    await trace.getTracer("app").startActiveSpan("outside", async (span) => {
      await session.server.server.notification({ method: "notifications/tools/list_changed" });
      await handled.promise;
      span.end();
    });
    const name = "notifications/tools/list_changed";
    expect(tree()).toEqual([
      ["outside INTERNAL", [[`${name} CLIENT`, [[`${name} SERVER`, ["inside INTERNAL"]]]]]],
    ]);
    const [sent] = telemetry
      .spans()
      .filter((span) => span.name === name && span.kind === SpanKind.CLIENT);
    expect(received).toMatchObject({
      params: {
        _meta: {
          traceparent: `00-${sent?.spanContext().traceId}-${sent?.spanContext().spanId}-01`,
        },
      },
    });
  });

  it("says its method, and a resource that has changed", async () => {
    const session = await connected(make);
    telemetry.reset();
    const uri = "file:///doc";
    await session.server.server.notification({
      method: "notifications/resources/updated",
      params: { uri },
    });
    const attributes = {
      "mcp.method.name": "notifications/resources/updated",
      "mcp.protocol.version": "2025-11-25",
      "mcp.resource.uri": uri,
    };
    const spans = found("notifications/resources/updated");
    expect(spans.map((span) => span.attributes)).toEqual([attributes, attributes]);
  });

  it("of a tool's progress is below the tool's request", async () => {
    const progress: unknown[] = [];
    const session = await connected(make, ({ server }) => {
      server.registerTool("work", { inputSchema: z.object({}) }, async (_input, extra) => {
        const { _meta: meta, mcpReq } = extra as { _meta?: Meta; mcpReq?: { _meta?: Meta } };
        await server.server.notification({
          method: "notifications/progress",
          params: { progressToken: (meta ?? mcpReq?._meta)?.progressToken ?? -1, progress: 1 },
        });
        return { content: [] };
      });
    });
    telemetry.reset();
    const options = { onprogress: (each: unknown) => void progress.push(each) };
    await session.client.callTool({ name: "work", arguments: {} }, ...optionsOf(version, options));
    expect(progress).toMatchObject([{ progress: 1 }]);
    expect(tree()).toEqual([
      [
        "tools/call work CLIENT",
        [
          [
            "tools/call work SERVER",
            [["notifications/progress CLIENT", ["notifications/progress SERVER"]]],
          ],
        ],
      ],
    ]);
  });

  it("is red where handling it has failed, and there only", async () => {
    const seen = deferred();
    const session = await connected(make);
    Object.assign(session.client, { onerror: () => seen.resolve() });
    onNotification(session, "notifications/message", () => {
      throw new TypeError("not handled");
    });
    telemetry.reset();
    await session.server.server.notification({
      method: "notifications/message",
      params: { level: "info", data: "x" },
    });
    await seen.promise;
    const spans = found("notifications/message");
    expect(
      spans.map(({ kind, status, attributes }) => [kind, status, attributes["error.type"]]),
    ).toEqual([
      ["CLIENT", "UNSET", undefined],
      ["SERVER", "ERROR", "TypeError"],
    ]);
    expect(runRegistry().size).toBe(0);
  });

  it("that cannot be sent is the sender's failure", async () => {
    const session = await connected(make);
    telemetry.reset();
    // In memory, sending is what the other side does with it.
    Object.assign(session.clientTransport, {
      onmessage: () => {
        throw new RangeError("no way");
      },
    });
    const sending = session.server.server.notification({
      method: "notifications/message",
      params: { level: "info", data: "x" },
    });
    await expect(sending).rejects.toThrow("no way");
    expect(
      telemetry
        .tree()
        .map(({ kind, status, attributes }) => [kind, status, attributes["error.type"]]),
    ).toEqual([["CLIENT", "ERROR", "RangeError"]]);
  });

  it("of a name that nobody knows makes no name on the receiver", async () => {
    const session = await connected(make);
    telemetry.reset();
    await session.server.server.notification({ method: "shop/event-4711" });
    expect(tree()).toEqual([["shop/event-4711 CLIENT", ["_OTHER SERVER"]]]);
  });

  it("is sent once for several, where the application asks for that", async () => {
    const session = make();
    const options = { debouncedNotificationMethods: ["notifications/tools/list_changed"] };
    session.server.server.registerCapabilities(CAPABILITIES);
    Object.assign(session.server.server, { _options: options });
    instrumentMcp(session.server);
    instrumentMcp(session.client);
    const received = deferred();
    let count = 0;
    onNotification(session, "notifications/tools/list_changed", () => {
      count += 1;
      received.resolve();
    });
    await connect(session);
    telemetry.reset();
    const changed = { method: "notifications/tools/list_changed" } as const;
    await Promise.all([1, 2, 3].map(() => session.server.server.notification(changed)));
    await received.promise;
    expect(count).toBe(1);
    expect(found("notifications/tools/list_changed").map(({ kind }) => kind)).toEqual([
      "CLIENT",
      "SERVER",
    ]);
  });

  it("has one span over a transport that has been somebody else's", async () => {
    const nothing = async (): Promise<void> => {};
    const transport = { start: nothing, send: nothing, close: nothing };
    for (const name of ["first", "second"]) {
      const { server } = make();
      instrumentMcp(server);
      await server.connect(transport);
      await server.server.notification({ method: `notifications/${name}` });
      Object.assign(server.server, { _transport: undefined });
    }
    expect(tree()).toEqual(["notifications/first CLIENT", "notifications/second CLIENT"]);
  });

  it("is measured as requests are", async () => {
    await connected(make);
    const metrics = await telemetry.metrics();
    const measured = metrics.map(({ name, points }) => [
      name,
      points
        .filter(({ attributes }) => attributes["mcp.method.name"] === "notifications/initialized")
        .map((point) => "count" in point && point.count),
    ]);
    expect(measured.toSorted()).toEqual([
      ["mcp.client.operation.duration", [1]],
      ["mcp.server.operation.duration", [1]],
    ]);
  });
});

interface Meta {
  readonly progressToken?: number;
}
