import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { beforeEach, describe, expect, it } from "vitest";

import { runRegistry } from "../../src/langchain/run-registry.ts";
import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { connect, type Make, type Session, versions } from "../support/mcp.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return () => {
    propagation.disable();
    telemetry.shutdown();
  };
});

async function connected(make: Make): Promise<Session> {
  const session = make();
  instrumentMcp(session.server);
  instrumentMcp(session.client);
  await connect(session);
  return session;
}

/** How many sessions each side has measured, and what it says of them. */
async function sessions(): Promise<unknown> {
  const metrics = await telemetry.metrics();
  const measured = metrics
    .filter(({ name }) => name.endsWith("session.duration"))
    .map(({ name, unit, points }) => [
      name.split(".")[1],
      unit,
      ...points.map((point) => ["count" in point && point.count, point.attributes]),
    ]);
  return Object.fromEntries(measured.map(([side, ...rest]) => [side, rest]));
}

const agreed = { "mcp.protocol.version": "2025-11-25" };
const both = { client: ["s", [1, agreed]], server: ["s", [1, agreed]] };

describe.each(versions)("a session, with version %s of the SDK,", (_, make) => {
  it("is measured on both sides when the client closes it, once", async () => {
    const { client, server } = await connected(make);
    expect(await sessions()).toEqual({});
    await client.close();
    await client.close();
    await server.close();
    expect(await sessions()).toEqual(both);
  });

  it("is measured in seconds, in the conventions' buckets", async () => {
    const { client } = await connected(make);
    await client.close();
    const metrics = await telemetry.metrics();
    const [point] =
      metrics.find(({ name }) => name === "mcp.client.session.duration")?.points ?? [];
    expect(point && "buckets" in point && point.buckets.boundaries).toEqual([
      0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
    ]);
    expect(point && "sum" in point && point.sum).toBeLessThan(5);
  });

  it("that the server closes is lost to the client", async () => {
    const { server } = await connected(make);
    await server.close();
    const lost = { ...agreed, "error.type": "ConnectionClosed" };
    expect(await sessions()).toEqual({ ...both, client: ["s", [1, lost]] });
  });

  it("ends with the process, without an error", async () => {
    const { client } = await connected(make);
    runRegistry().abandonAll();
    expect(await sessions()).toEqual(both);
    await client.close();
    expect(await sessions()).toEqual(both);
  });

  it("that cannot be agreed upon has failed on both sides", async () => {
    const session = make();
    instrumentMcp(session.server);
    instrumentMcp(session.client);
    session.server.server.setRequestHandler = () => {};
    const refuse = (): never => {
      throw Object.assign(new Error("not today"), { code: -32_050 });
    };
    const { _requestHandlers: handlers } = session.server.server as unknown as {
      _requestHandlers: Map<string, () => never>;
    };
    handlers.set("initialize", refuse);
    await expect(connect(session)).rejects.toThrow("not today");
    const failed = ["s", [1, { "error.type": "-32050" }]];
    expect(await sessions()).toEqual({ client: failed, server: failed });
  });

  it("is measured anew for each connection", async () => {
    const first = await connected(make);
    await first.client.close();
    const second = make();
    await first.server.connect(second.serverTransport);
    await first.client.connect(second.clientTransport);
    await first.client.close();
    expect(await sessions()).toEqual({ client: ["s", [2, agreed]], server: ["s", [2, agreed]] });
  });

  it("that began before we were there is not measured", async () => {
    const session = make();
    await connect(session);
    instrumentMcp(session.server);
    instrumentMcp(session.client);
    await session.client.close();
    expect(await sessions()).toEqual({});
  });
});

it("sessions that are over are not kept", async () => {
  const ended: string[] = [];
  const forget = [runRegistry().atEnd(() => void ended.push("ours"))];
  for (const [, make] of versions) {
    const { client } = await connected(make);
    await client.close();
  }
  for (let more = 1; more < 10_000; more++) forget.push(runRegistry().atEnd(() => {}));
  expect(ended).toEqual([]);
  for (const each of forget) each();
});

it("too many open sessions end with the oldest, and not in memory", () => {
  const ended: number[] = [];
  const forget = Array.from({ length: 10_002 }, (_, at) =>
    runRegistry().atEnd(() => void ended.push(at)),
  );
  expect(ended).toEqual([0, 1]);
  for (const each of forget) each();
  runRegistry().abandonAll();
  expect(ended).toEqual([0, 1]);
});
