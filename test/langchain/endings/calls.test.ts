import { Document } from "@langchain/core/documents";
import { Embeddings } from "@langchain/core/embeddings";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { BaseRetriever } from "@langchain/core/retrievers";
import { type RunnableConfig, RunnableLambda } from "@langchain/core/runnables";
import { StructuredTool, tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { instrumentEmbeddings } from "../../../src/index.ts";
import { traced } from "../../../src/trace/index.ts";
import { allEnded, counted, endings } from "../../support/ended-runs.ts";
import { endingBench } from "../../support/ending-bench.ts";
import { ScriptedChatModel, ScriptedTextModel, silent } from "../../support/scripted-models.ts";

const bench = endingBench();

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

class Vectors extends Embeddings {
  readonly #work: Work;
  readonly #signal: AbortSignal | undefined;

  constructor(work: Work, signal: AbortSignal | undefined) {
    super({});
    this.#work = work;
    this.#signal = signal;
  }

  override async embedQuery(_?: string): Promise<number[]> {
    return [(await this.#work(this.#signal)).length];
  }

  override async embedDocuments(): Promise<number[][]> {
    return [await this.embedQuery()];
  }
}

interface Invoked {
  invoke(work: Work, options: { signal?: AbortSignal; timeout?: number }): Promise<unknown>;
  readonly spans: readonly string[];
  /** The metric that counts it. */
  readonly counter: string | undefined;
}

const REASONS = [
  undefined,
  new Error("the user pressed stop"),
  "stop",
  new DOMException("Client closed", "AbortError"),
];

const search = { name: "search", schema: z.object({ query: z.string() }) };

class Search extends StructuredTool {
  readonly name = search.name;
  readonly description = "Searches.";
  readonly schema = search.schema;
  readonly #work: Work;

  constructor(work: Work) {
    super();
    this.#work = work;
  }

  protected override _call(_: unknown, __: unknown, config?: RunnableConfig): Promise<string> {
    return this.#work(config?.signal);
  }
}

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
    "a tool that is a class",
    {
      invoke: (work, options) => new Search(work).invoke({ query: "q" }, options),
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
      invoke: (work, { signal = AbortSignal.timeout(10) }) =>
        new Shelf(work, signal).invoke("q", { signal }),
      spans: ["retrieval Shelf"],
      counter: "langchain.retrieval.calls",
    },
  ],
  [
    "a retriever that a node calls without its options",
    {
      invoke: (work, options) =>
        graphOf(async (signal) => {
          await new Shelf(work, signal).invoke("q");
          return "done";
        }).invoke({ messages: [] }, options),
      spans: ["invoke_workflow thinker", "node think", "retrieval Shelf"],
      counter: "langchain.retrieval.calls",
    },
  ],
  [
    "a request for embeddings in a node",
    {
      invoke: (work, options) =>
        graphOf(async (signal) => {
          await instrumentEmbeddings(new Vectors(work, signal)).embedQuery("q");
          return "done";
        }).invoke({ messages: [] }, options),
      spans: ["embeddings", "invoke_workflow thinker", "node think"],
      counter: undefined,
    },
  ],
  [
    "an own function in a node",
    {
      invoke: (work, options) =>
        graphOf((signal) => traced("infra", "mine", () => work(signal))()).invoke(
          { messages: [] },
          options,
        ),
      spans: ["invoke_workflow thinker", "mine", "node think"],
      counter: undefined,
    },
  ],
]);

async function expectEnded({ spans, counter: metric }: Invoked, ending: string): Promise<void> {
  await allEnded();
  const inner = endings(bench.telemetry).filter((each) =>
    spans.includes(each.split(": ")[0] ?? ""),
  );
  expect(inner).toEqual(spans.map((name) => `${name}: ${ending}`));
  const counts = await counted(bench.telemetry);
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
    for (const reason of REASONS) {
      bench.reset();
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

describe("an AbortError of a signal that nobody knows", () => {
  it.each([
    [
      "by the platform is an abort, whatever it says",
      "cancelled",
      new DOMException("Closed", "AbortError"),
    ],
    [
      "by p-retry is the failure that it says",
      "error AbortError",
      Object.assign(new Error("Closed"), { name: "AbortError" }),
    ],
  ])("%s", async (_, ending, error) => {
    const fails = tool(() => Promise.reject(error), search);
    await expect(fails.invoke({ query: "q" })).rejects.toBe(error);
    expect(endings(bench.telemetry)).toEqual([`execute_tool search: ${ending}`]);
  });
});

describe("a tool whose result has the wrong form, of which LangChain tells nobody,", () => {
  const wrong = tool(() => "no pair" as never, {
    ...search,
    responseFormat: "content_and_artifact",
  });

  it("is an error", async () => {
    await expect(wrong.invoke({ query: "q" })).rejects.toThrow("two-tuple");
    expect(endings(bench.telemetry)).toEqual(["execute_tool search: error Error"]);
    expect(await counted(bench.telemetry)).toEqual({ "langchain.tool.calls error": 1 });
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
    expect(endings(bench.telemetry)).toEqual([`${name}: cancelled`]);
    expect(await counted(bench.telemetry)).toEqual({ "langchain.llm.calls cancelled": 1 });
  });
});
