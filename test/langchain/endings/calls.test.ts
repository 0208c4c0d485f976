import { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import { runRegistry } from "../../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../../src/testing/index.ts";
import { allEnded, counted, EndCounter, endings, nextTurn } from "./ended-runs.ts";
import { collectUntil } from "./garbage.ts";
import {
  failing,
  ScriptedChatModel,
  ScriptedTextModel,
  silent,
  threeWords,
} from "./scripted-models.ts";

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;
const counter = new EndCounter();

beforeAll(async () => {
  telemetry = createTestTelemetry({ spanProcessors: [counter] });
  instrumentation = new LangChainInstrumentation({ chains: "all" });
  await instrumentation.ready;
});
afterEach(() => {
  expect(counter.counts()).toEqual([1]);
  expect(runRegistry().size).toBe(0);
  telemetry.reset();
  counter.reset();
});
afterAll(() => {
  instrumentation.disable();
  telemetry.shutdown();
});

type Work = (signal: AbortSignal | undefined) => Promise<string>;

const works = async (): Promise<string> => "done";
const breaks = async (): Promise<string> => {
  throw new RangeError("it broke");
};
/** Waits for its abort and throws its reason, as `fetch` does. */
const hangs: Work = (signal) =>
  new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason as Error);
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

class Shelf extends BaseRetriever {
  readonly lc_namespace = ["test"];
  readonly #work: Work;
  readonly #signal: AbortSignal | undefined;

  constructor(work: Work, signal?: AbortSignal) {
    super();
    this.#work = work;
    this.#signal = signal;
  }

  override async _getRelevantDocuments(): Promise<Document[]> {
    return [new Document({ pageContent: await this.#work(this.#signal) })];
  }
}

interface Invoked {
  invoke(work: Work, options: { signal?: AbortSignal; timeout?: number }): Promise<unknown>;
  readonly spans: readonly string[];
  readonly reasons?: readonly unknown[];
  /** The metric that counts it. */
  readonly counter: string | undefined;
}

const search = { name: "search", schema: z.object({ query: z.string() }) };

function graphOf(work: Work) {
  return new StateGraph(MessagesAnnotation)
    .addNode("think", async (_, config) => {
      await work(config.signal);
      return {};
    })
    .addEdge(START, "think")
    .compile({ name: "thinker" });
}

const invoked = new Map<string, Invoked>([
  [
    "a tool",
    {
      invoke: (work, options) =>
        tool((_: unknown, config) => work(config.signal), search).invoke({ query: "q" }, options),
      spans: ["execute_tool search"],
      counter: "langchain.tool.calls",
    },
  ],
  [
    "a function",
    {
      invoke: (work, options) =>
        RunnableLambda.from((_: string, config) => work(config.signal)).invoke("q", options),
      spans: ["chain RunnableLambda"],
      counter: undefined,
    },
  ],
  [
    "a sequence",
    {
      invoke: (work, options) =>
        RunnableLambda.from((_: string, config) => work(config.signal))
          .pipe(new StringOutputParser())
          .invoke("q", options),
      spans: ["chain RunnableLambda", "chain RunnableSequence"],
      counter: undefined,
    },
  ],
  [
    "a graph",
    {
      invoke: (work, options) => graphOf(work).invoke({ messages: [] }, options),
      spans: ["invoke_workflow thinker", "node think"],
      counter: undefined,
    },
  ],
  [
    "a retriever",
    {
      // Retrievers are not given the signal, and nothing watches it for them: here, it does so itself.
      invoke: (work, { signal, timeout }) =>
        new Shelf(work, timeout === undefined ? signal : AbortSignal.timeout(timeout)).invoke("q"),
      spans: ["retrieval Shelf"],
      // An abort can be told by its error only.
      reasons: [undefined],
      counter: "langchain.retrieval.calls",
    },
  ],
]);

async function expectEnded({ spans, counter: metric }: Invoked, ending: string): Promise<void> {
  await allEnded();
  const inner = endings(telemetry).filter((each) => spans.includes(each.split(": ")[0] ?? ""));
  expect(inner).toEqual(spans.map((name) => `${name}: ${ending}`));
  const counts = await counted(telemetry);
  if (metric !== undefined) expect(counts[`${metric} ${ending.split(" ")[0]}`]).toBe(1);
  expect(counts["langchain.sessions.active"] ?? 0).toBe(0);
}

describe.each([...invoked])("%s", (_, kind) => {
  it("that works is ok", async () => {
    await kind.invoke(works, {});
    await expectEnded(kind, "ok");
  });

  it("that breaks is an error", async () => {
    await expect(kind.invoke(breaks, {})).rejects.toThrow("it broke");
    await expectEnded(kind, "error RangeError");
  });

  it("that is aborted is cancelled, whatever the reason", async () => {
    for (const reason of kind.reasons ?? [undefined, new Error("the user pressed stop")]) {
      telemetry.reset();
      const controller = new AbortController();
      const asked = kind.invoke(hangs, { signal: controller.signal });
      setTimeout(() => controller.abort(reason), 5);
      await expect(asked).rejects.toThrow();
      await expectEnded(kind, "cancelled");
    }
  });

  it("that takes too long is an error, a time-out", async () => {
    await expect(kind.invoke(hangs, { timeout: 10 })).rejects.toThrow();
    await expectEnded(kind, "error TimeoutError");
  });
});

describe("a tool whose result has the wrong form, of which LangChain tells nobody,", () => {
  const wrong = tool(() => "no pair" as never, {
    ...search,
    responseFormat: "content_and_artifact",
  });

  it("is an error", async () => {
    await expect(wrong.invoke({ query: "q" })).rejects.toThrow("two-tuple");
    expect(endings(telemetry)).toEqual(["execute_tool search: error Error"]);
    expect(await counted(telemetry)).toEqual({ "langchain.tool.calls error": 1 });
  });
});

describe("a model's call", () => {
  it.each([
    ["chat model", new ScriptedChatModel(silent), "gen_ai.chat"],
    ["text model", new ScriptedTextModel(silent), "gen_ai.text_completion"],
  ])("of a %s that is aborted is cancelled", async (_, model, name) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("the user pressed stop")), 5);
    await expect(model.invoke("hi", { signal: controller.signal })).rejects.toThrow();
    await allEnded();
    expect(endings(telemetry)).toEqual([`${name}: cancelled`]);
    expect(await counted(telemetry)).toEqual({ "langchain.llm.calls cancelled": 1 });
  });
});

describe("an agent's stream", () => {
  const make = (script = threeWords) =>
    createAgent({ model: new ScriptedChatModel(script), tools: [], name: "helper" });
  const input = { messages: [{ role: "user", content: "hi" }] };

  it("that is broken off is cancelled; what it has begun goes on to its end", async () => {
    for await (const _ of await make().stream(input, { streamMode: "messages" })) break;
    await allEnded();
    expect(endings(telemetry)).toEqual([
      "gen_ai.chat: ok",
      "invoke_agent helper: cancelled",
      "node model_request: ok",
    ]);
    expect(await counted(telemetry)).toEqual({
      "langchain.agent.runs cancelled": 1,
      "langchain.llm.calls ok": 1,
      "langchain.sessions.active": 0,
    });
  });

  it("that nobody reads is over all the same", async () => {
    const forget = async (): Promise<void> =>
      void (await make().stream(input, { streamMode: "messages" }));
    await forget();
    await collectUntil(() => runRegistry().size === 0);
    expect(await counted(telemetry)).toMatchObject({ "langchain.sessions.active": 0 });
  });

  it("that breaks is an error on every level", async () => {
    const read = async (): Promise<void> => {
      for await (const _ of await make(failing).stream(input, { streamMode: "messages" }));
    };
    await expect(read()).rejects.toThrow("the model broke");
    expect(new Set(endings(telemetry).map((each) => each.split(": ")[1]))).toEqual(
      new Set(["error RangeError"]),
    );
    expect(await counted(telemetry)).toEqual({
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
      for await (const _ of await make(silent as never).stream(input, options));
    };
    await expect(read()).rejects.toThrow();
    await allEnded();
    expect(new Set(endings(telemetry).map((each) => each.split(": ")[1]))).toEqual(
      new Set(["cancelled"]),
    );
    expect(await counted(telemetry)).toEqual({
      "langchain.agent.runs cancelled": 1,
      "langchain.llm.calls cancelled": 1,
      "langchain.sessions.active": 0,
    });
  });
});

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
    expect(telemetry.tree().map(({ name }) => name)).toEqual(["invoke_workflow thinker"]);
    expect(endings(telemetry)).toEqual([
      "invoke_workflow thinker: cancelled",
      "node first: ok",
      "node second: ok",
      "node third: ok",
    ]);
  });
});
