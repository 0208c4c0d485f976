import { AIMessageChunk, type BaseMessageLike } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { type Encoding, ENCODINGS } from "../content/encodings.ts";
import { PLANTED, type Planted } from "../content/planted-secrets.ts";
import { ScriptedChatModel } from "../support/scripted-models.ts";

let telemetry: TestTelemetry;

beforeEach(() => {
  telemetry = createTestTelemetry();
});
afterEach(() => telemetry.shutdown());

/** A secret on its way: what is said, what nobody may read, and how it was written. */
interface Hidden {
  readonly said: string;
  readonly secret: string;
  readonly layers: readonly Encoding[];
}

const LAYERS = ENCODINGS.filter(({ name }) => /^(?:JSON|URL|base64|base64url)$/.test(name));

const hidden: fc.Arbitrary<Hidden> = fc
  .record({
    planted: fc.constantFrom<Planted>(...Object.values(PLANTED)),
    layers: fc.array(fc.constantFrom(...LAYERS), { maxLength: 3 }),
    before: fc.constantFrom("", "It is: ", "a\n", '{"x": 1} ', "日本 "),
    after: fc.constantFrom("", " and so on", ".\n", ", 日本"),
  })
  .map(({ planted: { text, secret }, layers, before, after }) => ({
    said: before + layers.reduce((inner, { encode }) => encode(` ${inner} `), text) + after,
    secret,
    layers,
  }));

/** The text at some place of some JSON, as a value or as a member's name. */
function nested(said: string): fc.Arbitrary<Record<string, unknown>> {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constant(said),
      fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 6 }), tie("tree"), { minKeys: 1, maxKeys: 3 }),
      fc.tuple(tie("tree"), fc.jsonValue({ maxDepth: 1 })),
      tie("tree").map((inner) => JSON.stringify({ inner })),
      fc.jsonValue({ maxDepth: 1 }).map((beside) => ({ [said]: beside })),
    ),
  }));
  return tree.map((value) => ({ value }));
}

/** The text in pieces, of any lengths. */
function pieces(text: string): fc.Arbitrary<string[]> {
  return fc
    .array(fc.integer({ min: 1, max: Math.max(1, text.length - 1) }), { maxLength: text.length })
    .map((cuts) => {
      const places = [0, ...new Set(cuts.toSorted((a, b) => a - b)), text.length];
      return places.slice(1).map((end, index) => text.slice(places[index], end));
    });
}

/** Whether somebody who knows how it was written can read the secret in anything that was exported. */
async function isReadable({ secret, layers }: Hidden): Promise<boolean> {
  const exported = [
    telemetry.spans().map(({ name, attributes, events, links, status }) => ({
      name,
      attributes,
      events,
      links,
      status,
    })),
    telemetry.logs().map(({ attributes, body, eventName }) => ({ attributes, body, eventName })),
    await telemetry.metrics(),
  ];
  return texts(exported).some((text) => {
    let read = text;
    if (read.includes(secret)) return true;
    return layers.toReversed().some(({ decode }) => {
      read = decode(read);
      return read.includes(secret);
    });
  });
}

/** Every text there is, names and the texts inside JSON included. */
function texts(value: unknown): string[] {
  if (typeof value === "string") {
    const inner = parsed(value);
    return inner === undefined ? [value] : [value, ...texts(inner)];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...texts(name), ...texts(inner)]);
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The forms in which the providers' packages stream. */
const BLOCKS: readonly ((text: string) => Record<string, unknown>)[] = [
  (text) => ({ type: "text", text }),
  (text) => ({ type: "text", text, thought: true }),
  (text) => ({ type: "reasoning", reasoning: text }),
  (text) => ({ type: "thinking", thinking: text }),
  (text) => ({ type: "thinking", thinking: [{ type: "text", text }] }),
];

/** Streams each block as a chunk. */
class BlockModel extends ScriptedChatModel {
  readonly #blocks: readonly Record<string, unknown>[];

  constructor(blocks: readonly Record<string, unknown>[]) {
    super(async function* nothing() {});
    this.#blocks = blocks;
  }

  override async *_streamResponseChunks(): AsyncGenerator<ChatGenerationChunk> {
    for (const block of this.#blocks) {
      const message = new AIMessageChunk({ content: [block as never] });
      yield new ChatGenerationChunk({ text: "", message });
    }
  }
}

const handler = () => new OpenTelemetryCallbackHandler({ captureContent: "both" });

/** What is exported of it has a mark in the secret's place, and the secret nowhere. */
async function expectHidden(planted: Hidden, isSaid = true): Promise<void> {
  expect(await isReadable(planted)).toBe(false);
  if (isSaid) expect(JSON.stringify([telemetry.spans()[0]?.attributes])).toContain("[redacted:");
  telemetry.reset();
}

describe("a planted secret is never exported, with content on,", () => {
  it("of an answer that is streamed in any pieces, to its end or to where the stream breaks", async () => {
    const streamed = hidden.chain((planted) =>
      fc.record({
        planted: fc.constant(planted),
        chunks: pieces(planted.said),
        breaks: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(streamed, async ({ planted, chunks, breaks }) => {
        const model = new ScriptedChatModel(async function* script() {
          yield* chunks;
          if (breaks) throw new Error(planted.said);
        });
        const read = async (): Promise<string> => {
          let text = "";
          for await (const chunk of await model.stream("Hi", { callbacks: [handler()] }))
            text += chunk.text;
          return text;
        };
        if (breaks) await expect(read()).rejects.toThrow(planted.said);
        else expect(await read()).toBe(planted.said);
        await expectHidden(planted);
      }),
      { numRuns: 200 },
    );
  });

  it("of an answer that is streamed in pieces of blocks, of text or of thought, with an index or without", async () => {
    const streamed = hidden.chain((planted) =>
      fc.record({
        planted: fc.constant(planted),
        chunks: pieces(planted.said),
        form: fc.constantFrom(...BLOCKS),
        index: fc.constantFrom({}, { index: 0 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(streamed, async ({ planted, chunks, form, index }) => {
        const model = new BlockModel(chunks.map((text) => ({ ...form(text), ...index })));
        for await (const _ of await model.stream("Hi", { callbacks: [handler()] }));
        await expectHidden(planted);
      }),
      { numRuns: 200 },
    );
  });

  it("in messages of any shape", async () => {
    const asked = hidden.chain((planted) =>
      fc.record({
        planted: fc.constant(planted),
        args: nested(planted.said),
        metadata: nested(planted.said),
        role: fc.constantFrom("system", "human", "ai", "tool", "parts"),
      }),
    );
    await fc.assert(
      fc.asyncProperty(asked, async ({ planted, args, metadata, role }) => {
        const call = { id: "1", name: "look", args, type: "tool_call" as const };
        const messages: Readonly<Record<string, BaseMessageLike>> = {
          system: { role: "system", content: planted.said },
          human: { role: "user", content: planted.said },
          ai: { role: "assistant", content: "", tool_calls: [call] },
          tool: { role: "tool", tool_call_id: "1", content: JSON.stringify(args) },
          parts: {
            role: "user",
            content: [
              { type: "text", text: planted.said },
              { type: "x", ...args },
            ],
          },
        };
        const model = new ScriptedChatModel(async function* script() {
          yield planted.said;
        });
        await model.invoke([messages[role]!], { callbacks: [handler()], metadata });
        await expectHidden(planted);
      }),
      { numRuns: 200 },
    );
  });

  it("in arguments, results and errors of a tool", async () => {
    const used = hidden.chain((planted) =>
      fc.record({
        planted: fc.constant(planted),
        args: nested(planted.said),
        result: nested(planted.said),
        fails: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(used, async ({ planted, args, result, fails }) => {
        const failure = new Error(`Failed: ${planted.said}`, { cause: new Error(planted.said) });
        const look = tool(() => (fails ? Promise.reject(failure) : result) as never, {
          name: "look",
          description: planted.said,
          schema: z.looseObject({}),
        });
        const call = look.invoke(args, { callbacks: [handler()] });
        if (fails) await expect(call).rejects.toBe(failure);
        else await call;
        await expectHidden(planted);
      }),
      { numRuns: 200 },
    );
  });

  it("in names, tags and metadata", async () => {
    await fc.assert(
      fc.asyncProperty(hidden, async (planted) => {
        const { said } = planted;
        const metadata = { thread_id: said, user_id: said, agent_name: said, lc_agent_name: said };
        const config = { callbacks: [handler()], runName: said, tags: [said], metadata };
        await RunnableLambda.from(() => said).invoke(said, config);
        await expectHidden(planted, false);
      }),
      { numRuns: 200 },
    );
  });
});
