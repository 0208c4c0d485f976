import {
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, it, vi } from "vitest";

import { Work } from "../../src/content/detection/detection.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { RedactingSpanProcessor } from "../../src/processors/index.ts";
import { keyAt, KEYS, keysIn } from "./planted-keys.ts";

/** The default of `maxContentLength`. */
const MOST = 50_000;

interface Cost {
  /** Characters that the search for secrets has read, every layer of encoding counted. */
  readonly characters: number;
  /** Messages that we have asked what they say. */
  readonly messages: number;
  /** What was exported. */
  readonly span: ReadableSpan;
}

/** A real call, with what it cost us. Counted, since clocks depend on the machine. */
async function costOf(
  messages: readonly BaseMessage[],
  { processors = [new RedactingSpanProcessor()], spanLimits = {} }: Sdk = {},
): Promise<Cost> {
  const ended: ReadableSpan[] = [];
  const keeping = { onStart() {}, onEnd: (span: ReadableSpan) => void ended.push(span) };
  const rest = { forceFlush: async () => {}, shutdown: async () => {} };
  const tracerProvider = new TracerProvider({
    spanLimits,
    spanProcessors: [{ ...keeping, ...rest }, ...(processors as never[])],
  });
  const handler = new OpenTelemetryCallbackHandler({ captureContent: "both", tracerProvider });

  const read = new Set<BaseMessage>();
  let isOurs = false;
  const begin = handler.handleChatModelStart?.bind(handler);
  handler.handleChatModelStart = (...args) => {
    isOurs = true;
    begin?.(...args);
    isOurs = false;
  };
  for (const message of messages) {
    const { content } = message;
    const get = () => {
      if (isOurs) read.add(message);
      return content;
    };
    Object.defineProperty(message, "content", { get });
  }
  const spend = vi.spyOn(Work.prototype, "spend");
  const model = new FakeListChatModel({ responses: ["Yes"] });
  await model.invoke([...messages], { callbacks: [handler] });
  const characters = spend.mock.calls.reduce((sum, [count]) => sum + count, 0);
  spend.mockRestore();
  const [span] = ended;
  if (span === undefined) throw new Error("There is no span");
  return { characters, messages: read.size, span };
}

interface Sdk {
  readonly processors?: readonly object[];
  readonly spanLimits?: object;
}

function lengths({ span }: Cost): number[] {
  return Object.values(span.attributes).map((value) => String(value).length);
}

const words = (length: number): string => "word ".repeat(length / 5);
const TEN_MEGABYTES = 10_000_000;

/** Histories by what is special about them, and how many of their messages are read at most. */
const HISTORIES: Readonly<Record<string, readonly [most: number, () => BaseMessage[]]>> = {
  "a prompt of 10 MB": [1, () => [new HumanMessage(words(TEN_MEGABYTES))]],
  "a prompt of 10 MB with a key every hundred characters": [
    1,
    () => [new HumanMessage(`It is ${keyAt(9)}. `.padEnd(100, "word ").repeat(100_000))],
  ],
  "a prompt of 10 MB in base64": [
    1,
    () => [new HumanMessage(Buffer.from(words(7_500_000)).toString("base64"))],
  ],
  "a prompt of 10 MB of percent escapes": [
    1,
    () => [new HumanMessage("%2541".repeat(TEN_MEGABYTES / 5))],
  ],
  "a result of 10 MB of JSON": [
    1,
    () => [
      new ToolMessage({
        tool_call_id: "1",
        content: JSON.stringify(
          Array.from({ length: 100_000 }, (_, id) => ({ id, text: words(80) })),
        ),
      }),
    ],
  ],
  "a history of 10,000 short messages": [
    2000,
    () => KEYS.flatMap(({ text }) => Array.from({ length: 334 }, () => new HumanMessage(text))),
  ],
  "a history of 10,000 long messages": [
    60,
    () => Array.from({ length: 10_000 }, () => new HumanMessage(words(1000))),
  ],
  "a history of 10,000 messages below one of 10 MB": [
    1000,
    () => [
      new SystemMessage(words(TEN_MEGABYTES)),
      ...Array.from({ length: 10_000 }, (_, index) => new HumanMessage(`Message ${index}`)),
    ],
  ],
};

describe("what is said may be of any length, and we read and keep a bounded part of it", () => {
  it.each(Object.entries(HISTORIES))("%s", async (_, [most, make]) => {
    const cost = await costOf(make());

    expect(Math.max(...lengths(cost))).toBeLessThanOrEqual(MOST);
    expect(cost.span.attributes["gen_ai.input.messages"]).toMatch(/truncated|omitted/);
    expect(keysIn(Buffer.from(JSON.stringify(cost.span.attributes)))).toEqual([]);
    expect(cost.messages).toBeLessThanOrEqual(most);
    // Each character that may be kept, in each of a few layers of encoding.
    expect(cost.characters).toBeLessThan(8 * MOST);
  });

  it("the processor does not read again what we have written", async () => {
    const messages = HISTORIES["a prompt of 10 MB"]![1];
    const without = await costOf(messages(), { processors: [] });
    const once = await costOf(messages());

    expect(once.characters - without.characters).toBeLessThan(1000);
  });

  it("the span keeps to the limits of the SDK", async () => {
    const spanLimits = { attributeValueLengthLimit: 2000, attributeCountLimit: 5 };
    const cost = await costOf(HISTORIES["a prompt of 10 MB"]![1](), { spanLimits });

    expect(Object.keys(cost.span.attributes)).toHaveLength(5);
    expect(Math.max(...lengths(cost))).toBe(2000);
  });
});
