import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { Annotation, InMemoryStore, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import { type Context, context, propagation, ROOT_CONTEXT, SpanKind } from "@opentelemetry/api";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import type { HandlerOptions } from "../../src/options.ts";
import { instrumentMcp } from "../../src/propagation/index.ts";
import { createTestTelemetry } from "../../src/testing/index.ts";
import { withRootSpan } from "../../src/trace/index.ts";
import { connect, versions } from "../support/mcp.ts";
import { network, providers } from "../support/providers.ts";

const telemetry = createTestTelemetry();
let instrumentation: LangChainInstrumentation | undefined;

beforeAll(() => network.listen());
afterEach(() => {
  instrumentation?.disable();
  network.reset();
  telemetry.reset();
});
afterAll(async () => {
  await network.close();
  await telemetry.shutdown();
});

async function attach(options: HandlerOptions = {}): Promise<void> {
  instrumentation = new LangChainInstrumentation(options);
  await instrumentation.ready;
}

/** Whose each span is. */
function whose(): Record<string, Record<string, unknown>> {
  const names =
    /^(?:user|session|tenant|app|region)\b|^langchain\.(?:tenant|tags|prompt|agent|workflow|compliance|association)|\.prompt\.|conversation/;
  return Object.fromEntries(
    telemetry
      .spans()
      .map(({ name, attributes }) => [
        name,
        Object.fromEntries(Object.entries(attributes).filter(([key]) => names.test(key))),
      ]),
  );
}

function inBaggage(entries: Record<string, string>, from: Context = ROOT_CONTEXT): Context {
  const values = Object.entries(entries).map(([key, value]) => [key, { value }] as const);
  return propagation.setBaggage(from, propagation.createBaggage(Object.fromEntries(values)));
}

const State = Annotation.Root({ topic: Annotation<string> });

const lookup = tool(async () => "sunny", {
  name: "lookup",
  description: "",
  schema: z.object({}),
});

/** A graph with all that a run can have below it. */
function graph() {
  return new StateGraph(State)
    .addNode("work", async (_, config) => {
      await lookup.invoke({}, config);
      await providers.openai.create().invoke("Hi", config);
      await config.store?.put(["notes"], "1", { text: "sunny" });
      return {};
    })
    .addEdge(START, "work")
    .compile({ name: "worker", checkpointer: new MemorySaver(), store: new InMemoryStore() });
}

const metadata = {
  user_id: "u-1",
  session_id: "s-1",
  tenant: "acme",
  prompt_name: "greeting",
  prompt_version: 3,
  agent_role: "planner",
  workflow_version: "2.1",
  workflow_variant: "b",
  compliance: "gdpr",
  region: "eu",
};

const associated = {
  "user.id": "u-1",
  "session.id": "s-1",
  "gen_ai.conversation.id": "t-1",
  "langchain.tenant": "acme",
  "langchain.tags": ["night-shift"],
  "langchain.prompt.name": "greeting",
  "langchain.prompt.version": "3",
  "langchain.agent.role": "planner",
  "langchain.workflow.version": "2.1",
  "langchain.workflow.variant": "b",
  "langchain.compliance": "gdpr",
};

const SPANS = [
  "checkpoint get",
  "checkpoint put",
  "execute_tool lookup",
  "gen_ai.chat",
  "invoke_workflow worker",
  "node work",
  "upsert_memory",
];

describe("whose a run is", () => {
  it("stands on every span of it, reported by LangChain or not", async () => {
    await attach();
    await graph().invoke(
      { topic: "" },
      { metadata, tags: ["night-shift"], configurable: { thread_id: "t-1" } },
    );

    expect(whose()).toEqual(Object.fromEntries(SPANS.map((name) => [name, associated])));
  });

  it("stands on no metric", async () => {
    await attach();
    await graph().invoke(
      { topic: "" },
      { metadata, tags: ["night-shift"], configurable: { thread_id: "t-1" } },
    );

    const metrics = JSON.stringify(await telemetry.metrics());
    expect(metrics).toContain("langchain.llm.calls");
    for (const value of ["u-1", "s-1", "t-1", "acme", "night-shift", "greeting", "planner"])
      expect(metrics).not.toContain(`"${value}"`);
  });

  it("has the conventions' names of the prompt where their next version has them", async () => {
    await attach({ semconv: "next", spanNames: "gen_ai" });
    await graph().invoke(
      { topic: "" },
      { metadata, tags: ["night-shift"], configurable: { thread_id: "t-1" } },
    );

    const { "langchain.prompt.name": _, "langchain.prompt.version": __, ...rest } = associated;
    const prompt = { "gen_ai.prompt.name": "greeting", "gen_ai.prompt.version": "3" };
    expect(whose()["gen_ai.chat"]).toEqual({ ...rest, ...prompt });
    expect(whose()["node work"]).toEqual(associated);
  });

  it("stands on the event that has what was said", async () => {
    await attach({ captureContent: "event" });
    await context.with(inBaggage({ tenant: "acme" }), () =>
      providers.openai.create().invoke("Hi", { metadata: { user_id: "u-1" } }),
    );

    expect(telemetry.logs().map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({ "user.id": "u-1", "langchain.tenant": "acme" }),
    ]);
  });

  it("is spelled in several ways", async () => {
    await attach();
    const camel = {
      userId: 42,
      sessionId: "s-1",
      tenantId: "acme",
      promptName: "greeting",
      promptVersion: "3",
      agentRole: "planner",
      workflowVersion: 2,
      variant: "b",
      compliance: true,
    };
    await providers.openai.create().invoke("Hi", { metadata: camel });

    expect(whose()["gen_ai.chat"]).toEqual({
      ...associated,
      "user.id": "42",
      "gen_ai.conversation.id": undefined,
      "langchain.tags": undefined,
      "langchain.workflow.version": "2",
      "langchain.compliance": "true",
    });
  });

  it("is what the run's own metadata say, over those of the run above", async () => {
    await attach({ chains: "all" });
    const inner = RunnableLambda.from(() => "").withConfig({ runName: "inner" });
    const outer = RunnableLambda.from((_: unknown, config) =>
      inner.invoke("", { ...config, metadata: { user_id: "u-2", prompt_name: "farewell" } }),
    ).withConfig({ runName: "outer" });
    await outer.invoke("", { metadata: { user_id: "u-1", tenant: "acme" } });

    expect(whose()).toEqual({
      "chain outer": { "user.id": "u-1", "langchain.tenant": "acme" },
      "chain inner": {
        "user.id": "u-2",
        "langchain.tenant": "acme",
        "langchain.prompt.name": "farewell",
      },
    });
  });

  it("is that of the run above where LangChain tells of neither run nor metadata", async () => {
    await attach({ chains: "all" });
    const model = providers.openai.create();
    const ask = RunnableLambda.from(async () => {
      for await (const _ of model.streamEvents("Hi", { version: "v3" as "v2" }));
    }).withConfig({ runName: "ask" });
    await ask.invoke("", { metadata: { user_id: "u-1" }, tags: ["red"] });

    const each = { "user.id": "u-1", "langchain.tags": ["red"] };
    expect(whose()).toEqual({ "chain ask": each, "gen_ai.chat": each });
  });

  it("says nothing of the version of a prompt without a name, and nothing of LangChain's own tags", async () => {
    await attach({ chains: "all" });
    const first = RunnableLambda.from(() => "").withConfig({ runName: "first" });
    const second = RunnableLambda.from(() => "").withConfig({ runName: "second" });
    await first.pipe(second).invoke("", { metadata: { prompt_version: "3" } });

    expect(whose()).toEqual({
      "chain RunnableSequence": {},
      "chain first": {},
      "chain second": {},
    });
  });
});

describe("baggage", () => {
  const entries = {
    user_id: "u-9",
    tenant: "acme",
    tags: "blue, green,",
    "gen_ai.prompt.name": "greeting",
    secret_plan: "x",
    role: "planner",
  };
  const fromBaggage = {
    "user.id": "u-9",
    "langchain.tenant": "acme",
    "langchain.tags": ["blue", "green"],
    "langchain.prompt.name": "greeting",
  };

  it("says it of all that happens in its context, and only by the names that are allowed", async () => {
    await attach();
    await context.with(inBaggage(entries), () =>
      withRootSpan("slack.message", () =>
        graph().invoke({ topic: "" }, { configurable: { thread_id: "t-1" } }),
      ),
    );

    const { "slack.message": root, ...below } = whose();
    expect(root).toEqual(fromBaggage);
    const each = { ...fromBaggage, "gen_ai.conversation.id": "t-1" };
    expect(below).toEqual(Object.fromEntries(SPANS.map((name) => [name, each])));
  });

  it("and metadata are on both sides of an MCP request", async () => {
    propagation.setGlobalPropagator(
      new CompositePropagator({
        propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
      }),
    );
    await attach({ chains: "all" });
    const [, make] = versions[0]!;
    const session = make();
    session.server.registerTool("weather", {}, () => ({ content: [] }));
    instrumentMcp(session.server);
    instrumentMcp(session.client);
    await connect(session);
    telemetry.reset();
    const ask = RunnableLambda.from(() => session.client.callTool({ name: "weather" }));
    await context
      .with(inBaggage({ tenant: "acme" }), () =>
        ask.withConfig({ runName: "ask" }).invoke("", { metadata: { user_id: "u-1" } }),
      )
      .finally(() => propagation.disable());
    await session.client.close();

    const both = { "user.id": "u-1", "langchain.tenant": "acme" };
    const sides = telemetry
      .spans()
      .filter(({ name }) => name === "tools/call weather")
      .map(({ kind, attributes }) => [
        SpanKind[kind],
        attributes["user.id"],
        attributes["langchain.tenant"],
      ]);
    expect(whose()["chain ask"]).toEqual(both);
    expect(sides.toSorted()).toEqual([
      ["CLIENT", "u-1", "acme"],
      ["SERVER", "u-1", "acme"],
    ]);
  });

  it("is beaten by metadata", async () => {
    await attach();
    await context.with(inBaggage(entries), () =>
      providers.openai.create().invoke("Hi", { metadata: { userId: "u-1" }, tags: ["red"] }),
    );

    expect(whose()["gen_ai.chat"]).toEqual({
      ...fromBaggage,
      "user.id": "u-1",
      "langchain.tags": ["red"],
    });
  });
});

describe("the `association` option", () => {
  it("allows other names, and no more than it names", async () => {
    await attach({ association: ["user", "region", "app.plan"] });
    await context.with(inBaggage({ appPlan: "gold", tenant: "acme" }), () =>
      providers.openai.create().invoke("Hi", { metadata, tags: ["red"] }),
    );

    expect(whose()["gen_ai.chat"]).toEqual({
      "user.id": "u-1",
      "gen_ai.conversation.id": "s-1",
      "langchain.association.region": "eu",
      "app.plan": "gold",
      "langchain.agent.role": "planner",
      "langchain.workflow.version": "2.1",
      "langchain.workflow.variant": "b",
      "langchain.compliance": "gdpr",
    });
  });

  it("of no name allows none", async () => {
    await attach({ association: [] });
    await context.with(inBaggage({ user_id: "u-9" }), () =>
      providers.openai.create().invoke("Hi", { metadata: { user_id: "u-1" }, tags: ["red"] }),
    );

    expect(whose()["gen_ai.chat"]).toEqual({});
  });

  it("beats the environment", async () => {
    process.env["LANGCHAIN_OTEL_ASSOCIATION"] = "region, tenant";
    try {
      await attach();
      await providers.openai.create().invoke("Hi", { metadata: { region: "eu", user_id: "u-1" } });
      expect(whose()["gen_ai.chat"]).toEqual({ "langchain.association.region": "eu" });
      instrumentation?.disable();
      telemetry.reset();

      await attach({ association: ["user"] });
      await providers.openai.create().invoke("Hi", { metadata: { region: "eu", user_id: "u-1" } });
      expect(whose()["gen_ai.chat"]).toEqual({ "user.id": "u-1" });
    } finally {
      delete process.env["LANGCHAIN_OTEL_ASSOCIATION"];
    }
  });
});

describe("metadata of any kind", () => {
  beforeEach(() => attach({ association: ["user", "tenant", "tags", "prompt_name", "region"] }));

  it("never keep the run from its span: what is no plain value is left out, what is long is cut", async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const thrower = new Proxy(
      {},
      {
        get() {
          throw new Error("Nobody reads me");
        },
      },
    );
    const key = ["sk", "proj", "A1b2C3d4E5f6G7h8I9j0K1l2"].join("-");
    await providers.openai.create().invoke("Hi", {
      metadata: {
        user_id: cyclic,
        userId: 10n,
        "user.id": thrower,
        user: "u".repeat(5000),
        tenant: Number.NaN,
        tenant_id: `acme ${key}`,
        prompt_name: "",
        promptName: ["a"],
        region: Symbol("eu"),
      },
      tags: Array.from({ length: 200 }, (_, at) => `${at}-${"t".repeat(300)}`),
    });

    const attributes = whose()["gen_ai.chat"];
    expect(attributes).toEqual({
      "user.id": "u".repeat(1000),
      "langchain.tenant": "acme [redacted:key]",
      "langchain.tags": Array.from({ length: 50 }, (_, at) =>
        `${at}-${"t".repeat(300)}`.slice(0, 128),
      ),
    });
  });
});
