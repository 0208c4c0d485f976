import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { StringOutputParser } from "@langchain/core/output_parsers";
import {
  type Runnable,
  RunnableBranch,
  type RunnableConfig,
  RunnableLambda,
  RunnableMap,
  RunnableWithFallbacks,
} from "@langchain/core/runnables";
import { describe, expect, it } from "vitest";

import { runRegistry } from "../../../src/langchain/run-registry.ts";
import { allEnded, counted, endings, nextTurn } from "../../support/ended-runs.ts";
import { endingBench } from "../../support/ending-bench.ts";
import { collectUntil } from "../../support/garbage.ts";
import {
  failing,
  failingAtOnce,
  ScriptedChatModel,
  ScriptedTextModel,
  type Script,
  silent,
  silentAfterOne,
  threeWords,
} from "../../support/scripted-models.ts";

const bench = endingBench();

/** Something that streams what a script says. */
interface Streaming {
  make(script: Script): Runnable<string, unknown>;
  /** Spans that have ended before the script begins. */
  readonly before?: readonly string[];
  /** Spans that are open while it goes on. */
  readonly open: readonly string[];
  /** How many model calls are among the open ones. */
  readonly calls: number;
}

const chat = (script: Script): BaseChatModel => new ScriptedChatModel(script);
const streaming = new Map<string, Streaming>([
  ["a chat model", { make: chat, open: ["gen_ai.chat"], calls: 1 }],
  [
    "a text model",
    {
      make: (script) => new ScriptedTextModel(script),
      open: ["gen_ai.text_completion"],
      calls: 1,
    },
  ],
  [
    "a sequence",
    {
      make: (script) =>
        RunnableLambda.from((question: string) => question)
          .pipe(chat(script))
          .pipe(new StringOutputParser()),
      before: ["chain RunnableLambda: ok"],
      open: ["chain RunnableSequence", "chain StrOutputParser", "gen_ai.chat"],
      calls: 1,
    },
  ],
  [
    "a generator function",
    {
      make: (script) =>
        generator(async function* (_question, config) {
          yield* script(config.signal);
        }),
      open: ["chain RunnableLambda"],
      calls: 0,
    },
  ],
  [
    "a generator function that reads a model",
    {
      make: (script) =>
        generator(async function* (question, config) {
          for await (const { text } of await chat(script).stream(question, config)) yield text;
        }),
      open: ["chain RunnableLambda", "gen_ai.chat"],
      calls: 1,
    },
  ],
  [
    "a model that stands in for another",
    {
      make: (script) =>
        new RunnableWithFallbacks({ runnable: chat(failingAtOnce), fallbacks: [chat(script)] }),
      before: ["gen_ai.chat: error RangeError"],
      open: ["chain RunnableWithFallbacks", "gen_ai.chat"],
      calls: 1,
    },
  ],
  [
    "a sequence that ends in a branch",
    {
      make: (script) =>
        RunnableLambda.from((question: string) => question).pipe(
          RunnableBranch.from([
            [(question: string) => question === "hi", chat(script)],
            chat(script),
          ]),
        ),
      before: ["chain RunnableLambda: ok", "chain RunnableLambda: ok"],
      open: ["chain RunnableBranch", "chain RunnableSequence", "gen_ai.chat"],
      calls: 1,
    },
  ],
  [
    "two models at once",
    {
      make: (script) => RunnableMap.from({ a: chat(script), b: chat(script) }),
      open: ["chain RunnableMap", "gen_ai.chat", "gen_ai.chat"],
      calls: 2,
    },
  ],
]);

function generator(
  write: (question: string, config: RunnableConfig) => AsyncGenerator<string>,
): Runnable<string, unknown> {
  // The declared types know generators only as what a function returns.
  return RunnableLambda.from(write as never);
}

/** All that were open have ended like this, and the counters say the same. */
async function expectEnded(
  { before = [], open: names, calls }: Streaming,
  ending: string,
): Promise<void> {
  expect(endings(bench.telemetry)).toEqual(
    [...before, ...names.map((name) => `${name}: ${ending}`)].toSorted(),
  );
  const expected = new Map<string, number>();
  for (const call of before.filter((name) => name.startsWith("gen_ai.")))
    expected.set(outcomeOf(call.split(": ")[1] ?? ""), 1);
  const outcome = outcomeOf(ending);
  if (calls > 0) expected.set(outcome, (expected.get(outcome) ?? 0) + calls);
  expect(await counted(bench.telemetry)).toEqual(
    Object.fromEntries(
      [...expected].map(([status, count]) => [`langchain.llm.calls ${status}`, count]),
    ),
  );
}

function outcomeOf(ending: string): string {
  return ending.split(" ")[0] ?? "";
}

/** Reads as an application does, and says what reached it. */
async function read(
  stream: Promise<AsyncIterable<unknown>>,
  each: () => unknown = () => undefined,
): Promise<unknown> {
  try {
    for await (const _ of await stream) if ((await each()) === "break") break;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The same with the stream in hand, which is an iterator with all its methods. */
async function open(
  runnable: Runnable<string, unknown>,
  options: object = {},
): Promise<AsyncGenerator> {
  return await runnable.stream("hi", options);
}

const all = [...streaming];

describe.each(all)("the stream of %s", (_, kind) => {
  it("read to its end is ok", async () => {
    expect(await read(kind.make(threeWords).stream("hi"))).toBeUndefined();
    await expectEnded(kind, "ok");
  });

  it("that breaks is an error", async () => {
    // The one that stands in has broken for good: LangChain does not change horses in midstream.
    expect(await read(kind.make(failing).stream("hi"))).toBeInstanceOf(RangeError);
    await expectEnded(kind, "error RangeError");
  });

  it("that the reader breaks out of is cancelled", async () => {
    await read(kind.make(threeWords).stream("hi"), () => "break");
    await allEnded();
    await expectEnded(kind, "cancelled");
  });

  it("whose reader throws is cancelled: nothing is wrong with the stream", async () => {
    const thrown = await read(kind.make(threeWords).stream("hi"), () => {
      throw new SyntaxError("the reader broke");
    });
    expect(thrown).toBeInstanceOf(SyntaxError);
    await allEnded();
    await expectEnded(kind, "cancelled");
  });

  it("that is returned before and after a chunk is read is cancelled", async () => {
    await (await open(kind.make(threeWords))).return(undefined);
    await allEnded();
    await expectEnded(kind, "cancelled");
    bench.reset();

    const stream = await open(kind.make(threeWords));
    await stream.next();
    await stream.return(undefined);
    await allEnded();
    await expectEnded(kind, "cancelled");
  });

  it("aborted while the next chunk is awaited is cancelled", async () => {
    const controller = new AbortController();
    const reason = new Error("the user pressed stop");
    const stream = kind.make(silentAfterOne).stream("hi", { signal: controller.signal });
    const thrown = await read(stream, () => void setTimeout(() => controller.abort(reason), 0));
    expect(thrown).toBe(reason);
    await allEnded();
    await expectEnded(kind, "cancelled");
  });

  it.each([
    ["by no reason", undefined],
    ["by an error", new Error("the user pressed stop")],
    ["by a word", "bye"],
  ])("aborted %s while the reader holds a chunk is cancelled", async (__, reason) => {
    const controller = new AbortController();
    const stream = await open(kind.make(threeWords), { signal: controller.signal });
    await stream.next();
    await nextTurn();
    controller.abort(reason);
    await allEnded();
    await expectEnded(kind, "cancelled");
  });

  it("that takes too long is an error, a time-out", async () => {
    const thrown = await read(kind.make(silentAfterOne).stream("hi", { timeout: 5 }));
    expect(thrown).toMatchObject({ name: "TimeoutError" });
    await allEnded();
    await expectEnded(kind, "error TimeoutError");
  });

  it("that takes too long while the reader holds a chunk is an error, a time-out", async () => {
    const controller = new AbortController();
    const stream = await open(kind.make(threeWords), { signal: controller.signal });
    await stream.next();
    await nextTurn();
    controller.abort(new DOMException("It took too long", "TimeoutError"));
    await allEnded();
    await expectEnded(kind, "error TimeoutError");
  });

  it("never read, and half read, is abandoned when nobody has it any more", async () => {
    const forget = async (chunks: number): Promise<void> => {
      const stream = await open(kind.make(threeWords), { signal: living.signal });
      for (let chunk = 0; chunk < chunks; chunk++) await stream.next();
    };
    for (const chunks of [0, 1]) {
      bench.reset();
      await forget(chunks);
      expect(runRegistry().size).toBeGreaterThan(0);
      await collectUntil(() => runRegistry().size === 0);
      await expectEnded(kind, "abandoned");
    }
  });
});

/** A signal that outlives the streams: it must not keep them. */
const living = new AbortController();

describe("a stream aborted before it begins", () => {
  const signal = AbortSignal.abort();

  it.each([
    ["a chat model", ["gen_ai.chat: cancelled"]],
    ["a text model", ["gen_ai.text_completion: cancelled"]],
    ["a sequence", ["chain RunnableSequence: cancelled"]],
    ["a model that stands in for another", ["chain RunnableWithFallbacks: cancelled"]],
  ])("of %s is cancelled where it has begun at all", async (kind, expected) => {
    await read(streaming.get(kind)?.make(threeWords).stream("hi", { signal }) as never);
    await allEnded();
    expect(endings(bench.telemetry)).toEqual(expected);
  });
});

describe("a stream aborted before its first chunk", () => {
  it("is cancelled", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    await read(chat(silent).stream("hi", { signal: controller.signal }));
    await allEnded();
    expect(endings(bench.telemetry)).toEqual(["gen_ai.chat: cancelled"]);
  });
});

describe("a stream of events", () => {
  it("(v2) that is broken off is cancelled", async () => {
    const stream = chat(threeWords).streamEvents("hi", { version: "v2" });
    await read(Promise.resolve(stream), () => "break");
    await allEnded();
    expect(endings(bench.telemetry)).toEqual(["gen_ai.chat: cancelled"]);
  });

  it("(v3) that is broken off goes on to its end: LangChain reads it, whoever else does", async () => {
    const stream = chat(threeWords).streamEvents("hi") as unknown as AsyncIterable<unknown>;
    await read(Promise.resolve(stream), () => "break");
    await allEnded();
    expect(endings(bench.telemetry)).toEqual(["gen_ai.chat: ok"]);
  });

  it("(v3) aborted between two events is cancelled", async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const stream = chat(threeWords).streamEvents(
      "hi",
      options,
    ) as unknown as AsyncIterable<unknown>;
    await stream[Symbol.asyncIterator]().next();
    controller.abort();
    await allEnded();
    expect(endings(bench.telemetry)).toEqual(["gen_ai.chat: cancelled"]);
  });
});
