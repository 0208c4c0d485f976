import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { SimpleChatModel } from "@langchain/core/language_models/chat_models";
import { LLM } from "@langchain/core/language_models/llms";
import { AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { RunnableLambda } from "@langchain/core/runnables";

import { call, drain, inTurns, type Scenario, type Stage } from "./context-scenario.ts";

/** What is called by nobody but the application. */
export const modelScenarios: readonly Scenario[] = [
  {
    name: "a model that is invoked",
    run: ({ model }) => model().invoke("#a"),
    expected: [call("#a")],
  },
  {
    name: "a model that is not awaited at once",
    async run({ model, get }) {
      const asked = model().invoke("#a");
      await Promise.all([asked, get("#beside")]);
    },
    expected: [call("#a"), "GET #beside"],
  },
  {
    name: "a model that is streamed, whose reader asks for something else",
    run: ({ model, get }) => drain(model().stream("#a"), () => get("#reader")),
    expected: [call("#a"), "GET #reader"],
  },
  {
    name: "a model's events (v2)",
    run: ({ model, get }) =>
      drain(model().streamEvents("#a", { version: "v2" }), () => get("#reader")),
    expected: [call("#a"), "GET #reader"],
  },
  {
    name: "a model's events (v3), of which no callback tells",
    isNew: true,
    run: ({ model, get }) => drain(model().streamEvents("#a"), () => get("#reader")),
    expected: [call("#a"), "GET #reader"],
  },
  {
    name: "a batch",
    run: ({ model }) => model().batch(["#a", "#b", "#c"]),
    expected: [call("#a"), call("#b"), call("#c")],
  },
  {
    name: "a batch with maxConcurrency",
    run: ({ model }) => model().batch(["#a", "#b", "#c"], { maxConcurrency: 1 }),
    expected: [call("#a"), call("#b"), call("#c")],
  },
  {
    name: "a model that takes one request at a time, called from many places at once",
    async run({ model }) {
      const limited = model({ maxConcurrency: 1 });
      const ask = RunnableLambda.from((key: string, config) => limited.invoke(key, config));
      await Promise.all([limited.invoke("#a"), ask.invoke("#b"), ask.invoke("#c")]);
    },
    expected: [
      call("#a"),
      `chain RunnableLambda > ${call("#b")}`,
      `chain RunnableLambda > ${call("#c")}`,
    ],
  },
  {
    name: "generate() of several prompts",
    run: ({ model }) => model().generate([[new HumanMessage("#a")], [new HumanMessage("#b")]]),
    expected: [call("#a"), call("#b")],
  },
  {
    name: "a model that is tried again",
    run: ({ model }) => model().withRetry({ stopAfterAttempt: 2 }).invoke("#once"),
    expected: [
      "chain ChatOpenAI > gen_ai.chat > POST #once",
      `chain ChatOpenAI > ${call("#once")}`,
    ],
  },
  {
    name: "a model with a fallback",
    run: ({ model }) => model({ model: "broken" }).withFallbacks([model()]).invoke("#a"),
    expected: [
      "chain RunnableWithFallbacks > gen_ai.chat > POST #a",
      `chain RunnableWithFallbacks > ${call("#a")}`,
    ],
  },
  {
    name: "a model with a fallback, streamed",
    run: ({ model, get }) =>
      drain(model({ model: "broken" }).withFallbacks([model()]).stream("#a"), () => get("#reader")),
    expected: [
      "GET #reader",
      "chain RunnableWithFallbacks > gen_ai.chat > POST #a",
      `chain RunnableWithFallbacks > ${call("#a")}`,
    ],
  },
  {
    name: "a model of the application's own, several at once",
    async run(stage) {
      const own = new OwnModel(stage);
      await Promise.all([own.invoke("#a"), own.invoke("#b")]);
    },
    expected: ["#a", "#b"].flatMap((key) => [
      `gen_ai.chat ${key} > span ${key}`,
      `gen_ai.chat ${key} > span ${key} > GET ${key}`,
    ]),
  },
  {
    name: "a model of the application's own, streamed, whose reader asks for something else",
    run: (stage) => drain(new OwnModel(stage).stream("#a"), () => stage.get("#reader")),
    expected: ["GET #reader", "gen_ai.chat #a > GET #a", "gen_ai.chat #a > GET #a"],
  },
  {
    name: "streams that are read in turns",
    async run(stage) {
      const own = new OwnModel(stage);
      await inTurns(await own.stream("#a"), await own.stream("#b"));
    },
    expected: ["#a", "#b"].flatMap((key) => [
      `gen_ai.chat ${key} > GET ${key}`,
      `gen_ai.chat ${key} > GET ${key}`,
    ]),
  },
  {
    name: "a stream that is asked for in one span and read in another",
    async run({ model, span, get }) {
      const stream = await span("#asking", () => model().stream("#a"));
      await span("#reading", () => drain(stream, () => get("#reader")));
    },
    expected: [
      "span #asking",
      `span #asking > ${call("#a")}`,
      "span #reading",
      "span #reading > GET #reader",
    ],
  },
  {
    name: "a text completion",
    run: (stage) => new OwnCompletion(stage).invoke("#a"),
    expected: ["gen_ai.text_completion #a > GET #a"],
  },
];

// --- internal ---

class OwnModel extends SimpleChatModel {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    super({});
    this.#stage = stage;
  }

  override _llmType(): string {
    return "own";
  }

  override async _call(
    [question]: Parameters<SimpleChatModel["_call"]>[0],
    _options: this["ParsedCallOptions"],
    run?: CallbackManagerForLLMRun,
  ): Promise<string> {
    const key = String(question?.content);
    return this.#stage.span(key, () => this.#stage.get(key), run);
  }

  override async *_streamResponseChunks(
    [question]: Parameters<SimpleChatModel["_call"]>[0],
    _options: this["ParsedCallOptions"],
    run?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for (const text of ["one", "two"]) {
      await this.#stage.get(String(question?.content), run);
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
    }
  }
}

class OwnCompletion extends LLM {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    super({});
    this.#stage = stage;
  }

  override _llmType(): string {
    return "own";
  }

  override _call(
    prompt: string,
    _options: this["ParsedCallOptions"],
    run?: CallbackManagerForLLMRun,
  ): Promise<string> {
    return this.#stage.get(prompt, run);
  }
}
