import { propagation } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { HandlerOptions } from "../../src/index.ts";
import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { connect, type Make, versions } from "../support/mcp.ts";

let telemetry: TestTelemetry;

beforeEach(() => {
  telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
afterEach(async () => {
  propagation.disable();
  await telemetry.shutdown();
});

/** The content of a call of a tool, on either side. */
async function called(make: Make, options: HandlerOptions): Promise<unknown[]> {
  const session = make();
  session.server.registerTool(
    "weather",
    { description: "The weather", inputSchema: z.object({ city: z.string() }) as never },
    (({ city }: { city: string }) => ({
      content: [{ type: "text", text: `Sunny in ${city}` }],
    })) as never,
  );
  instrumentMcp(session.server, options);
  instrumentMcp(session.client, options);
  await connect(session);
  telemetry.reset();
  await session.client.callTool({ name: "weather", arguments: { city: "Lisbon" } });
  await session.client.close();
  return telemetry
    .spans()
    .filter(({ name }) => name === "tools/call weather")
    .map(({ attributes }) => [
      attributes["gen_ai.tool.call.arguments"],
      attributes["gen_ai.tool.call.result"],
    ]);
}

describe.each(versions)("version %s of the MCP SDK", (_, make) => {
  it("has a tool's arguments and result on both sides, where content is captured", async () => {
    const said = ['{"city":"Lisbon"}', '{"content":[{"type":"text","content":"Sunny in Lisbon"}]}'];
    expect(await called(make, { captureContent: "span" })).toEqual([said, said]);
  });

  it("has none otherwise", async () => {
    const nothing = [undefined, undefined];
    expect(await called(make, {})).toEqual([nothing, nothing]);
  });
});
