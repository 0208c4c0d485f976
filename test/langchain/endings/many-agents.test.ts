import { tool } from "@langchain/core/tools";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { createAgent } from "langchain";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";

import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import { runRegistry } from "../../../src/langchain/run-registry.ts";
import {
  createTestTelemetry,
  type SpanNode,
  type TestTelemetry,
} from "../../../src/testing/index.ts";
import { type AgentServer, startAgentServer } from "../../support/agent-server.ts";
import { counted } from "../../support/ended-runs.ts";

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;
let undici: UndiciInstrumentation;
let server: AgentServer;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  server = await startAgentServer();
  undici = new UndiciInstrumentation();
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
});
afterAll(async () => {
  undici.disable();
  instrumentation.disable();
  await server.close();
  telemetry.shutdown();
});

const MANY = 200;

async function run(agent: string): Promise<void> {
  const tools = ["weather", "sights"].map((name) =>
    tool(() => server.get(`/${agent}/${name}`), {
      name,
      schema: z.object({ query: z.string().optional() }),
    }),
  );
  const asked = createAgent({ model: server.model(), tools, name: agent });
  await asked.invoke({ messages: [{ role: "user", content: "hi" }] });
}

/** Each span of an HTTP request, by where it went and what it stands under. */
function requests(spans: readonly SpanNode[], above: readonly string[] = []): string[] {
  return spans.flatMap(({ name, attributes, children }) => {
    const path = attributes["url.path"];
    const own = path === undefined ? [] : [`${String(path)} < ${above.toReversed().join(" < ")}`];
    return [...own, ...requests(children, [...above, name])];
  });
}

it("200 agents at once: every request is under its own tool or model, in its own agent's trace", async () => {
  const names = Array.from({ length: MANY }, (_, at) => `agent-${at}`);
  await Promise.all(names.map(run));

  const trees = telemetry.tree();
  expect(trees.map(({ name }) => name).toSorted()).toEqual(
    names.map((name) => `invoke_agent ${name}`).toSorted(),
  );
  for (const tree of trees) {
    const agent = tree.name.replace("invoke_agent ", "");
    const model = `/v1/chat/completions < gen_ai.chat < node model_request < ${tree.name}`;
    expect(requests([tree]).toSorted()).toEqual(
      [
        ...["weather", "sights"].map(
          (name) => `/${agent}/${name} < execute_tool ${name} < node tools < ${tree.name}`,
        ),
        model,
        model,
      ].toSorted(),
    );
  }
  expect(new Set(telemetry.spans().map((span) => span.spanContext().traceId)).size).toBe(MANY);
  expect(runRegistry().size).toBe(0);
  expect(await counted(telemetry)).toEqual({
    "langchain.agent.runs ok": MANY,
    "langchain.llm.calls ok": 2 * MANY,
    "langchain.tool.calls ok": 2 * MANY,
    "langchain.sessions.active": 0,
  });
});
