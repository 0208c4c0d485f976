import { StringOutputParser } from "@langchain/core/output_parsers";
import { RunnableLambda } from "@langchain/core/runnables";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createAgent, tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { OpenTelemetryCallbackHandler } from "../../../src/langchain/handler.ts";
import { runRegistry } from "../../../src/langchain/run-registry.ts";
import { deferred } from "../../support/deferred.ts";
import { allEnded, counted, endings, leaving } from "../../support/ended-runs.ts";
import { endingBench } from "../../support/ending-bench.ts";
import { outline } from "../../support/graph-bench.ts";
import { ScriptedChatModel, threeWords } from "../../support/scripted-models.ts";

const bench = endingBench("handler");

interface Streamed {
  stream(): Promise<AsyncIterable<unknown>>;
  /** What goes on to its end when the stream is left, … */
  readonly done: readonly string[];
  /** … and what nobody tells us any more of. */
  readonly open: readonly string[];
}

const config = () => ({ callbacks: [new OpenTelemetryCallbackHandler({ chains: "all" })] });
const model = () => new ScriptedChatModel(threeWords);

const streamed = new Map<string, Streamed>([
  ["a model", { stream: () => model().stream("hi", config()), done: [], open: ["gen_ai.chat"] }],
  [
    "a sequence",
    {
      stream: () =>
        RunnableLambda.from((question: string) => question)
          .pipe(model())
          .pipe(new StringOutputParser())
          .stream("hi", config()),
      done: ["chain RunnableLambda"],
      open: ["chain RunnableSequence", "chain StrOutputParser", "gen_ai.chat"],
    },
  ],
  [
    "a graph",
    {
      stream: () =>
        new StateGraph(MessagesAnnotation)
          .addNode("first", () => ({}))
          .addNode("second", () => ({}))
          .addNode("third", () => ({}))
          .addEdge(START, "first")
          .addEdge("first", "second")
          .addEdge("second", "third")
          .compile({ name: "thinker" })
          .stream({ messages: [] }, { ...config(), streamMode: "updates" }),
      done: ["node first", "node second", "node third"],
      open: ["invoke_workflow thinker"],
    },
  ],
  [
    "an agent",
    {
      stream: () =>
        createAgent({ model: model(), tools: [], name: "helper" }).stream(
          { messages: [{ role: "user", content: "hi" }] },
          { ...config(), streamMode: "messages" },
        ),
      done: ["gen_ai.chat", "node model_request"],
      open: ["invoke_agent helper"],
    },
  ],
]);

describe.each([...streamed])(
  "the stream of %s, with the handler alone,",
  (_, { stream, done, open }) => {
    it("read to its end is ok", async () => {
      for await (const __ of await stream());
      await allEnded();
      expect(endings(bench.telemetry)).toEqual(
        [...done, ...open].map((name) => `${name}: ok`).toSorted(),
      );
    });

    it.each(leaving)(
      "whose reader %s is open until it is too old or the process ends: abandoned, once",
      async (__, leave) => {
        await leave(stream());
        await expect
          .poll(() => endings(bench.telemetry))
          .toEqual(done.map((name) => `${name}: ok`));
        expect(runRegistry().size).toBeGreaterThanOrEqual(open.length);
        runRegistry().abandonAll();
        expect(endings(bench.telemetry)).toEqual(
          [
            ...done.map((name) => `${name}: ok`),
            ...open.map((name) => `${name}: abandoned`),
          ].toSorted(),
        );
        expect((await counted(bench.telemetry))["langchain.sessions.active"] ?? 0).toBe(0);
      },
    );
  },
);

it("what a tool has begun and not waited for is below it, with the handler alone,", async () => {
  const gate = deferred<undefined>();
  let late: Promise<unknown> | undefined;
  const helper = createAgent({ model: model(), tools: [], name: "helper" });
  const start = tool(
    (_: unknown, given) => {
      const goOn = async (): Promise<void> => {
        await gate.promise;
        await model().invoke("late", given);
        await helper.invoke({ messages: [{ role: "user", content: "late" }] }, given);
      };
      late = goOn();
      return "started";
    },
    { name: "start", description: "Starts", schema: z.object({}) },
  );
  await new StateGraph(MessagesAnnotation)
    .addNode("work", async (__, given) => {
      await start.invoke({}, given);
      return {};
    })
    .addEdge(START, "work")
    .compile({ name: "thinker" })
    .invoke({ messages: [] }, { callbacks: [new OpenTelemetryCallbackHandler()] });
  await allEnded();
  gate.resolve(undefined);
  await late;
  expect(outline(bench.telemetry.tree())).toBe(
    [
      "invoke_workflow thinker",
      "  node work",
      "    execute_tool start",
      "      gen_ai.chat",
      "      invoke_agent helper",
      "        node model_request",
      "          gen_ai.chat",
    ].join("\n"),
  );
});
