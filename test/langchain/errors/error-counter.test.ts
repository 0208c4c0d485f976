import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { interrupt, MemorySaver } from "@langchain/langgraph";
import { createAgent, tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { graphBench, type Program } from "../../support/graph-bench.ts";
import { ScriptedChatModel } from "../../support/scripted-models.ts";

const bench = graphBench();
const input = { messages: [{ role: "user", content: "hi" }] };

const weather = (run: () => unknown) =>
  tool(() => run(), {
    name: "weather",
    description: "The weather",
    schema: z.object({ query: z.string() }),
  });
const breaks = (): never => {
  throw new RangeError("it broke");
};
const busy = (): never => {
  throw Object.assign(new Error("busy"), { status: 429 });
};

class Shelf extends BaseRetriever {
  readonly lc_namespace = ["test"];
  override async _getRelevantDocuments(): Promise<never> {
    throw new TypeError("fetch failed");
  }
}

const errors = "langchain.errors";

describe.each(["handler", "instrumentation"] as const)("by the %s is counted once", (by) => {
  const provider = { "gen_ai.provider.name": "scriptedchatmodel" };
  const planner = { "gen_ai.agent.name": "planner" };

  it.each<[string, Program, unknown[]]>([
    [
      "a model, and each run that fails with it",
      (config) =>
        createAgent({ model: new ScriptedChatModel(busy), tools: [], name: "planner" }).invoke(
          input,
          config,
        ),
      [
        [{ kind: "llm", category: "rate_limit", ...provider, ...planner }, 1],
        [{ kind: "system", category: "rate_limit", ...planner }, 1],
        [{ kind: "agent", category: "rate_limit", ...planner }, 1],
      ],
    ],
    [
      "a tool, when its agent goes on",
      (config) =>
        createAgent({
          model: bench.server.model(),
          tools: [weather(breaks)],
          name: "planner",
        }).invoke(input, config),
      [[{ kind: "tool", category: "validation_error", ...planner }, 1]],
    ],
    [
      "a retriever",
      (config) => new Shelf().invoke("q", config),
      [[{ kind: "retrieval", category: "provider_error" }, 1]],
    ],
    [
      "a function",
      (config) => RunnableLambda.from(breaks).invoke("q", config),
      [[{ kind: "system", category: "validation_error" }, 1]],
    ],
    ["nothing, when all is well", (config) => RunnableLambda.from(() => 1).invoke("q", config), []],
    [
      "nothing, when a person is waited for",
      (config) =>
        createAgent({
          model: bench.server.model(),
          tools: [weather(() => interrupt("ok?"))],
          name: "planner",
          checkpointer: new MemorySaver(),
        }).invoke(input, { ...config, configurable: { thread_id: "t" } }),
      [],
    ],
    [
      "nothing, when it is aborted",
      (config) =>
        RunnableLambda.from(() => {
          throw new DOMException("This operation was aborted", "AbortError");
        }).invoke("q", config),
      [],
    ],
  ])("%s", async (_, program, points) => {
    await bench.tree((config) => program(config).catch(() => undefined), by);
    const counted = (await bench.measured(errors))[errors] ?? [];
    expect(new Set(counted)).toEqual(new Set(points));
  });
});
