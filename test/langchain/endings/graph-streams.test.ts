import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createAgent } from "langchain";
import { describe, expect, it } from "vitest";

import { runRegistry } from "../../../src/langchain/run-registry.ts";
import { allEnded, counted, endings, leaving, nextTurn } from "../../support/ended-runs.ts";
import { endingBench } from "../../support/ending-bench.ts";
import { collectUntil } from "../../support/garbage.ts";
import { failing, ScriptedChatModel, silent, threeWords } from "../../support/scripted-models.ts";

const bench = endingBench();
const input = { messages: [{ role: "user", content: "hi" }] };

const agentOf = (script = threeWords) =>
  createAgent({ model: new ScriptedChatModel(script), tools: [], name: "helper" });

const threeNodes = () =>
  new StateGraph(MessagesAnnotation)
    .addNode("first", () => ({}))
    .addNode("second", () => ({}))
    .addNode("third", () => ({}))
    .addEdge(START, "first")
    .addEdge("first", "second")
    .addEdge("second", "third")
    .compile({ name: "thinker" });

describe("an agent's stream", () => {
  it.each(leaving)(
    "whose reader %s is cancelled; what it has begun goes on to its end",
    async (_, leave) => {
      await leave(agentOf().stream(input, { streamMode: "messages" }));
      await allEnded();
      expect(endings(bench.telemetry)).toEqual([
        "gen_ai.chat: ok",
        "invoke_agent helper: cancelled",
        "node model_request: ok",
      ]);
      expect(await counted(bench.telemetry)).toEqual({
        "langchain.agent.runs cancelled": 1,
        "langchain.llm.calls ok": 1,
        "langchain.sessions.active": 0,
      });
    },
  );

  it.each(leaving)(
    "whose reader %s at its last chunk has missed nothing: it is ok",
    async (_, leave) => {
      await leave(agentOf().stream(input, { streamMode: "updates" }));
      await allEnded();
      expect(endings(bench.telemetry)).toEqual([
        "gen_ai.chat: ok",
        "invoke_agent helper: ok",
        "node model_request: ok",
      ]);
    },
  );

  it("that nobody reads is over all the same", async () => {
    const forget = async (): Promise<void> =>
      void (await agentOf().stream(input, { streamMode: "messages" }));
    await forget();
    await collectUntil(() => runRegistry().size === 0);
    expect(await counted(bench.telemetry)).toMatchObject({ "langchain.sessions.active": 0 });
  });

  it("that breaks is an error on every level", async () => {
    const read = async (): Promise<void> => {
      for await (const _ of await agentOf(failing).stream(input, { streamMode: "messages" }));
    };
    await expect(read()).rejects.toThrow("the model broke");
    expect(new Set(endings(bench.telemetry).map((each) => each.split(": ")[1]))).toEqual(
      new Set(["error RangeError"]),
    );
    expect(await counted(bench.telemetry)).toEqual({
      "langchain.agent.runs error": 1,
      "langchain.llm.calls error": 1,
      "langchain.sessions.active": 0,
    });
  });

  it("that is aborted is cancelled on every level", async () => {
    const controller = new AbortController();
    const options = { streamMode: "messages", signal: controller.signal } as const;
    const stopped = new Error("the user pressed stop");
    setTimeout(() => controller.abort(stopped), 20);
    const read = async (): Promise<void> => {
      for await (const _ of await agentOf(silent as never).stream(input, options));
    };
    await expect(read()).rejects.toThrow();
    await allEnded();
    expect(new Set(endings(bench.telemetry).map((each) => each.split(": ")[1]))).toEqual(
      new Set(["cancelled"]),
    );
    expect(await counted(bench.telemetry)).toEqual({
      "langchain.agent.runs cancelled": 1,
      "langchain.llm.calls cancelled": 1,
      "langchain.sessions.active": 0,
    });
  });
});

describe.each(["updates", "tasks", "debug"] as const)(
  "a graph's stream in mode %s",
  (streamMode) => {
    it.each(leaving)(
      "whose reader %s is cancelled; its nodes go on to their end",
      async (_, leave) => {
        await leave(threeNodes().stream({ messages: [] }, { streamMode }));
        await allEnded();
        expect(endings(bench.telemetry)).toEqual([
          "invoke_workflow thinker: cancelled",
          "node first: ok",
          "node second: ok",
          "node third: ok",
        ]);
        expect(await counted(bench.telemetry)).toEqual({ "langchain.sessions.active": 0 });
      },
    );
  },
);

describe("a graph whose reader has left it", () => {
  it("goes on in its trace: what it starts later is below it", async () => {
    let goOn = (): void => {};
    const reached = new Promise<void>((resolve) => (goOn = resolve));
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("first", () => ({}))
      .addNode("second", async () => {
        await reached;
        return {};
      })
      .addNode("third", () => ({}))
      .addEdge(START, "first")
      .addEdge("first", "second")
      .addEdge("second", "third")
      .compile({ name: "thinker" });
    for await (const _ of await graph.stream({ messages: [] }, { streamMode: "tasks" })) break;
    await nextTurn();
    goOn();
    await allEnded();
    expect(bench.telemetry.tree().map(({ name }) => name)).toEqual(["invoke_workflow thinker"]);
    expect(endings(bench.telemetry)).toEqual([
      "invoke_workflow thinker: cancelled",
      "node first: ok",
      "node second: ok",
      "node third: ok",
    ]);
  });
});
