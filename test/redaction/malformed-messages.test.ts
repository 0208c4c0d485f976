import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { Document } from "@langchain/core/documents";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { DynamicTool } from "@langchain/core/tools";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { diag, type DiagLogger, DiagLogLevel } from "@opentelemetry/api";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import { RedactingSpanProcessor } from "../../src/processors/index.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { ScriptedChatModel } from "../support/scripted-models.ts";
import { takeFindings } from "../support/semconv/findings.ts";

let telemetry: TestTelemetry;
const complaints: string[] = [];

beforeEach(() => {
  telemetry = createTestTelemetry({ spanProcessors: [new RedactingSpanProcessor()] });
  complaints.length = 0;
  const hear = (...parts: unknown[]) => void complaints.push(parts.map(String).join(" "));
  const logger: DiagLogger = { error: hear, warn: hear, info: hear, debug: hear, verbose: hear };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
});
afterEach(() => {
  diag.disable();
  runRegistry().abandonAll();
  telemetry.shutdown();
});

/**
 * Stands beside ours in the one case and alone in the other: some of what LangChain does, it does for any handler. And it
 * knows what we were told: some of it is too malformed for LangChain itself, which then says nothing, or only half of it.
 */
class Bystander extends BaseCallbackHandler {
  override name = "bystander";
  override awaitHandlers = true;
  starts = 0;
  ends = 0;

  override handleChatModelStart = () => void (this.starts += 1);
  override handleChainStart = () => void (this.starts += 1);
  override handleToolStart = () => void (this.starts += 1);
  override handleRetrieverStart = () => void (this.starts += 1);
  override handleLLMEnd = () => void (this.ends += 1);
  override handleLLMError = () => void (this.ends += 1);
  override handleChainEnd = () => void (this.ends += 1);
  override handleChainError = () => void (this.ends += 1);
  override handleToolEnd = () => void (this.ends += 1);
  override handleToolError = () => void (this.ends += 1);
  override handleRetrieverEnd = () => void (this.ends += 1);
  override handleRetrieverError = () => void (this.ends += 1);

  override copy(): this {
    return this;
  }
}

type Callbacks = BaseCallbackHandler[];
type Program = (callbacks: Callbacks) => Promise<unknown>;

/** How the program ended. */
async function ending(program: Program, callbacks: Callbacks): Promise<unknown> {
  try {
    return { returned: await program(callbacks) };
  } catch (thrown) {
    return { thrown };
  }
}

/** The program ends as it does without us, and so do all our runs. */
async function expectSame(make: () => Program): Promise<void> {
  const ours = new OpenTelemetryCallbackHandler({ captureContent: "both" });
  const beside = new Bystander();
  const [without, withUs] = [
    await ending(make(), [new Bystander()]),
    await ending(make(), [beside, ours]),
  ];
  expect(shape(withUs)).toEqual(shape(without));
  expect(runRegistry().size).toBe(beside.starts - beside.ends);
  runRegistry().abandonAll();
  expect(telemetry.spans().length > 0).toBe(beside.starts > 0);
  for (const { attributes } of telemetry.spans()) {
    for (const value of Object.values(attributes)) {
      expect(["string", "number", "boolean", "object"]).toContain(typeof value);
      // What OTLP can carry.
      if (typeof value === "string") expect(value).not.toMatch(/\p{Surrogate}/u);
    }
  }
  telemetry.reset();
  // What is malformed is not to be put in order by us.
  takeFindings();
}

/** What can be compared of anything at all. */
function shape(end: unknown): string {
  const { returned, thrown } = end as { returned?: unknown; thrown?: unknown };
  return `${kindOf(returned)} / ${kindOf(thrown)}`;
}

function kindOf(value: unknown): string {
  try {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (typeof value === "object" && value !== null)
      return `object of ${Object.keys(value).join()}`;
    return `${typeof value} ${String(value)}`;
  } catch {
    return "unreadable";
  }
}

function throwing(): never {
  throw new Error("not for you");
}

const TRAPS: readonly (keyof ProxyHandler<object>)[] = [
  "get",
  "has",
  "ownKeys",
  "getOwnPropertyDescriptor",
  "getPrototypeOf",
];

/** What no message should be, each made anew. */
const MALFORMED: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  NaN: () => Number.NaN,
  "a BigInt": () => 10n ** 30n,
  "a symbol": () => Symbol("s"),
  "a function": () => throwing,
  "a lone surrogate": () => "a\uD800b\uDFFFc",
  "a text of zeros": () => "\0".repeat(100),
  "a date that is none": () => new Date(Number.NaN),
  "a cyclic object": () => {
    const cyclic: Record<string, unknown> = { text: "a" };
    cyclic["self"] = [cyclic, { cyclic }];
    return cyclic;
  },
  "a deep list": () => {
    let deep: unknown = "a";
    for (let depth = 0; depth < 5000; depth += 1) deep = [deep];
    return deep;
  },
  "a getter that throws": () => ({
    type: "text",
    get text() {
      return throwing();
    },
  }),
  "a toJSON that throws": () => ({ toJSON: throwing }),
  "a toString that throws": () => ({ toString: throwing, [Symbol.toPrimitive]: throwing }),
  "an iterator that throws": () => ({ [Symbol.iterator]: throwing }),
  "an object without a prototype": () => Object.assign(Object.create(null) as object, { a: 1 }),
  "a proxy that throws": () =>
    new Proxy({}, Object.fromEntries(TRAPS.map((trap) => [trap, throwing]))),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "a sparse list": () => Object.assign([], { 50: "a", length: 100 }),
  bytes: () => new Uint8Array([1, 2, 255]),
  "a map and a set": () => new Map([[{}, new Set([1n])]]),
  "an endless iterable": () => ({
    *[Symbol.iterator]() {
      for (;;) yield "a";
    },
  }),
};

/** A list that LangChain takes for what it is, with something malformed in it. */
const places: Readonly<Record<string, (what: unknown) => Program>> = {
  "the content of a message": (what) => chat([message({ content: what })]),
  "a part of a message": (what) =>
    chat([message({ content: [{ type: "text", text: "a" }, what] })]),
  "the text of a part": (what) => chat([message({ content: [{ type: "text", text: what }] })]),
  "the image of a part": (what) =>
    chat([message({ content: [{ type: "image_url", image_url: what }] })]),
  "the tool calls of a message": (what) => chat([answer({ tool_calls: what })]),
  "a tool call": (what) => chat([answer({ tool_calls: [what] })]),
  "the arguments of a tool call": (what) =>
    chat([answer({ tool_calls: [{ id: "1", name: "look", args: what }] })]),
  "the extras of a message": (what) => chat([answer({ additional_kwargs: what })]),
  "the metadata of a message": (what) =>
    chat([answer({ response_metadata: what, usage_metadata: what })]),
  "the name and the id of a message": (what) => chat([message({ name: what, id: what })]),
  "an answer": (what) => chat([new HumanMessage("Hi")], { content: what }),
  "the tool calls of an answer": (what) => chat([new HumanMessage("Hi")], { tool_calls: [what] }),
  "the metadata of an answer": (what) =>
    chat([new HumanMessage("Hi")], { response_metadata: what, usage_metadata: what, id: what }),
  "what a chain is given, and gives": (what) => (callbacks) =>
    RunnableLambda.from((input: unknown) => input).invoke(what, { callbacks }),
  "what a chain throws": (what) => (callbacks) =>
    RunnableLambda.from(() => Promise.reject(what)).invoke("Hi", { callbacks }),
  "the members of what a chain throws": (what) => (callbacks) => {
    const error = Object.assign(new Error("failed"), {
      cause: what,
      code: what,
      status: what,
      error: what,
      response: what,
      name: what,
    });
    Object.defineProperty(error, "stack", { value: what });
    return RunnableLambda.from(() => Promise.reject(error)).invoke("Hi", { callbacks });
  },
  "what a tool gives": (what) => (callbacks) =>
    new DynamicTool({ name: "look", description: "", func: async () => what as string }).invoke(
      "Hi",
      { callbacks },
    ),
  "what a retriever finds": (what) => (callbacks) => new Shelf(what).invoke("Hi", { callbacks }),
  "what a retriever finds in": (what) => (callbacks) =>
    new Shelf([new Document({ pageContent: "a", metadata: { what } }), what]).invoke("Hi", {
      callbacks,
    }),
  "the state of a graph": (what) => (callbacks) =>
    new StateGraph(Annotation.Root({ messages: Annotation<unknown> }))
      .addNode("echo", () => ({ messages: [what] }))
      .addEdge(START, "echo")
      .addEdge("echo", END)
      .compile()
      .invoke({ messages: what }, { callbacks }),
  "the metadata of a run": (what) => (callbacks) =>
    RunnableLambda.from(() => "a").invoke("Hi", {
      callbacks,
      metadata: { thread_id: what, user_id: what, ls_provider: what, langchain_otel_capture: what },
    }),
};

function message(fields: object): BaseMessage {
  return Object.defineProperties(new HumanMessage("Hi"), described(fields));
}

function answer(fields: object): AIMessage {
  return Object.defineProperties(new AIMessage("Hi"), described(fields));
}

/** As they are given: LangChain's constructors put some of it in order. */
function described(fields: object): PropertyDescriptorMap {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      { value: value as unknown, enumerable: true, configurable: true, writable: true },
    ]),
  );
}

function chat(messages: BaseMessage[], fields: object = {}): Program {
  return (callbacks) => new Malformed(answer(fields)).invoke(messages, { callbacks });
}

/** A model whose answer is as it was made. */
class Malformed extends ScriptedChatModel {
  readonly #answer: AIMessage;

  constructor(made: AIMessage) {
    super(async function* script() {
      yield "";
    });
    this.#answer = made;
  }

  override async _generate(): Promise<{ generations: { text: string; message: AIMessage }[] }> {
    return { generations: [{ text: "", message: this.#answer }] };
  }
}

class Shelf extends BaseRetriever {
  override lc_namespace = ["test"];
  readonly #found: unknown;

  constructor(found: unknown) {
    super();
    this.#found = found;
  }

  override async _getRelevantDocuments(): Promise<Document[]> {
    return this.#found as Document[];
  }
}

describe.each(Object.entries(places))(
  "with %s malformed, a call ends as it does without us",
  (_, program) => {
    it.each(Object.entries(MALFORMED))("%s", async (_name, make) => {
      await expectSame(() => program(make()));
    });
  },
);

it("whatever it is that is malformed, and however deep it stands", async () => {
  const { value } = fc.letrec<{ value: () => unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(...Object.values(MALFORMED)),
      fc
        .anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withNullPrototype: true,
          withTypedArray: true,
          withSparseArray: true,
        })
        .map((any) => () => any),
      fc.array(tie("value"), { maxLength: 3 }).map((list) => () => list.map((make) => make())),
      fc
        .dictionary(fc.string({ unit: "binary", maxLength: 5 }), tie("value"), { maxKeys: 3 })
        .map(
          (members) => () =>
            Object.fromEntries(Object.entries(members).map(([name, make]) => [name, make()])),
        ),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.values(places)), value, async (program, make) => {
      await expectSame(() => program(make()));
    }),
    { numRuns: 500 },
  );
});
