// What the application's own callbacks see, before and after an instrumentation is attached.
import { isDeepStrictEqual } from "node:util";

import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { CallbackManager } from "@langchain/core/callbacks/manager";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import * as openai from "@langchain/openai";
import { LangChainInstrumentation } from "langchain-otel";

import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const METHODS = [
  "handleChatModelStart",
  "handleLLMStart",
  "handleLLMNewToken",
  "handleLLMEnd",
  "handleLLMError",
  "handleChainStart",
  "handleChainEnd",
  "handleChainError",
  "handleToolStart",
  "handleToolEnd",
  "handleToolError",
  "handleRetrieverStart",
  "handleRetrieverEnd",
  "handleRetrieverError",
  "handleCustomEvent",
  "handleAgentAction",
  "handleAgentEnd",
  "handleText",
];

/** Writes down every callback with all that it is given. */
class Recorder extends BaseCallbackHandler {
  constructor(name, log, fields = {}) {
    super(fields);
    this.name = name;
    for (const method of METHODS)
      this[method] = (...args) =>
        void log.push([name, method, ...args.map((value) => log.plain(value))]);
  }

  copy() {
    return this;
  }
}

/** A list with what makes values comparable: ids by the order in which they appear, objects by what is in them. */
function newLog() {
  const ids = new Map();
  const idOf = (uuid) => ids.get(uuid) ?? ids.set(uuid, `<id ${ids.size}>`).get(uuid);
  const plain = (value) => {
    if (typeof value === "string")
      return value.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, idOf);
    if (typeof value === "function") return `function ${value.name}`;
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof BaseCallbackHandler) return `handler ${value.name}`;
    if (value instanceof CallbackManager)
      return { manager: value.handlers.map(({ name }) => name) };
    if (Array.isArray(value)) return value.map((item) => plain(item));
    if (value instanceof Error) return { error: value.constructor.name, message: value.message };
    const type = value.constructor?.name;
    // Models, prompts and the like: what they are made of is theirs.
    if (type !== "Object" && !("content" in value || "text" in value)) return `a ${type}`;
    return {
      type,
      ...Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])),
    };
  };
  return Object.assign([], { plain });
}

const given = { tags: ["given"], metadata: { from: "call" }, runName: "named" };
const model = harness.newModel(openai);
const lambda = (fn) => RunnableLambda.from(fn);
const sequence = lambda((text) => `${text}!`)
  .pipe(model)
  .pipe(lambda((message) => message.content));
const search = tool((query) => `found ${query}`, {
  name: "search",
  description: "Searches",
  schema: STRING_SCHEMA(),
});

function STRING_SCHEMA() {
  return { type: "object", properties: { query: { type: "string" } }, required: ["query"] };
}

/** Each gets callbacks of the application's, and a log for what else is to be compared. */
const SCENARIOS = {
  invoke: ({ callbacks }) => model.invoke("Hi", { ...given, callbacks }),
  stream: ({ callbacks }) => harness.drain(model.stream("Hi", { ...given, callbacks })),
  batch: ({ callbacks }) => model.batch(["One", "Two"], { ...given, callbacks, maxConcurrency: 1 }),
  generate: ({ callbacks }) => model.generate([["One"], ["Two"]], { ...given }, callbacks),
  "stream events": ({ callbacks }) =>
    harness.drain(model.streamEvents("Hi", { version: "v2", ...given, callbacks })),
  error: ({ callbacks }) => model.invoke("fail", { ...given, callbacks }),
  "error of a stream": ({ callbacks }) =>
    harness.drain(model.stream("fail", { ...given, callbacks })),
  "callbacks of the model": ({ callbacks }) =>
    harness
      .newModel(openai, { callbacks, tags: ["own"], metadata: { from: "model" } })
      .invoke("Hi", given),
  "callbacks of the model, in a sequence without": ({ callbacks }) =>
    lambda((text) => `${text}!`)
      .pipe(harness.newModel(openai, { callbacks, tags: ["own"] }))
      .invoke("Hi", given),
  sequence: ({ callbacks }) => sequence.invoke("Hi", { ...given, callbacks }),
  "sequence, streamed": ({ callbacks }) =>
    harness.drain(sequence.stream("Hi", { ...given, callbacks })),
  "sequence that fails": ({ callbacks }) =>
    lambda(() => "fail")
      .pipe(model)
      .invoke("Hi", { ...given, callbacks }),
  "sequence, events": ({ callbacks }) =>
    harness.drain(sequence.streamEvents("Hi", { version: "v2", ...given, callbacks })),
  "call inside a function": ({ callbacks }) =>
    lambda(async (text, config) => (await model.invoke(text, config)).content).invoke("Hi", {
      ...given,
      callbacks,
    }),
  "fallback after an error": ({ callbacks }) =>
    lambda(() => "fail")
      .pipe(model)
      .withFallbacks([model])
      .invoke("Hi", { ...given, callbacks }),
  tool: ({ callbacks }) => search.invoke({ query: "x" }, { ...given, callbacks }),
  manager: async ({ callbacks, log }) => {
    const manager = new CallbackManager();
    for (const handler of callbacks) manager.addHandler(handler, true);
    manager.addTags(["managed"]);
    manager.addMetadata({ from: "manager" });
    const answer = await sequence.invoke("Hi", { ...given, callbacks: manager });
    log.push([
      "after",
      manager.handlers.map(({ name }) => name),
      manager.inheritableHandlers.length,
      manager.tags,
    ]);
    return answer;
  },
  "list of callbacks": async ({ callbacks, log }) => {
    const list = [...callbacks];
    const config = { ...given, callbacks: list };
    await model.invoke("Hi", config);
    log.push(["after", log.plain(list), log.plain(config)]);
  },
};

async function runAll() {
  const results = {};
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const log = newLog();
    const callbacks = [
      new Recorder("background", log),
      new Recorder("awaited", log, { _awaitHandler: true }),
    ];
    const outcome = await scenario({ callbacks, log }).then(
      (value) => ["returned", log.plain(value)],
      (error) => ["threw", log.plain(error)],
    );
    await awaitAllCallbacks();
    const ofHandler = (handler) => log.filter(([from]) => from === handler);
    results[name] = [ofHandler("background"), ofHandler("awaited"), ofHandler("after"), outcome];
  }
  return results;
}

const without = await runAll();
const instrumentation = new LangChainInstrumentation();
const telemetry = harness.startSdk(otel, [instrumentation]);
if (process.env.AWAIT_READY) await instrumentation.ready;
const attached = await runAll();
const { metrics } = await telemetry.report();

const differences = Object.keys(without).flatMap((name) =>
  differ(without[name], attached[name], name),
);
const callbacksSeen = Object.fromEntries(
  Object.entries(without).map(([name, [background]]) => [name, background.length]),
);
harness.print({ callbacksSeen, differences, calls: metrics["langchain.llm.calls"] });

/** Every place in which two values differ. */
function differ(before, after, path) {
  if (isDeepStrictEqual(before, after)) return [];
  const nested = [before, after].every((value) => typeof value === "object" && value !== null);
  if (!nested) return [`${path}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differ(before[key], after[key], `${path} / ${key}`));
}
