import type { Message, Part } from "../../content/message.ts";
import { type Fields, fields, number, string } from "../read.ts";
import { contentParts, joined } from "./content-parts.ts";
import type { MessagesReading } from "./messages.ts";
import { toolCallPart } from "./tool-parts.ts";

/**
 * Puts an answer together while it streams, for streams of which LangChain does not report the whole: those that are
 * broken off, and those of events. As long as may be written, and no longer.
 */
export class PartialAnswer {
  readonly #reading: MessagesReading;
  readonly #blocks = new Map<number | string, Record<string, unknown>>();
  #left: number;

  constructor(reading: MessagesReading) {
    this.#reading = reading;
    this.#left = reading.most + LONGEST_SECRET;
  }

  /** A message chunk: a piece of text, or pieces of blocks. */
  chunk(message: unknown): void {
    const { content, tool_call_chunks: calls, additional_kwargs: additional } = fields(message);
    const { reasoning_content: reasoning, refusal, audio } = fields(additional);
    this.#append("reasoning", "reasoning", "reasoning", reasoning);
    this.#append("refusal", "text", "text", refusal);
    this.#append("transcript", "text", "text", fields(audio)["transcript"]);
    if (typeof content === "string") this.#append("text", "text", "text", content);
    else if (Array.isArray(content)) {
      for (const piece of content) this.#piece(fields(piece));
    }
    if (Array.isArray(calls)) for (const call of calls) this.#call(fields(call));
  }

  /** An event of a stream of the third kind (v3). */
  event(event: Fields): void {
    const index = number(event["index"]) ?? 0;
    switch (event["event"]) {
      case "content-block-start":
      case "content-block-finish":
        return this.#merge(index, fields(event["content"]));
      case "content-block-delta":
        return this.#delta(index, fields(event["delta"]));
      default:
    }
  }

  /** What there is of it; `undefined` when nothing has come. */
  answer(finishReason: string): Message | undefined {
    const parts = joined([...this.#blocks.values()].flatMap((block) => this.#part(block)));
    if (parts.length === 0) return undefined;
    return { role: "assistant", parts, finish_reason: finishReason };
  }

  #piece(piece: Fields): void {
    // Mistral's thinking is made of blocks itself; Google's is marked.
    if (Array.isArray(piece["thinking"])) {
      for (const { text } of piece["thinking"].map(fields))
        this.#append("thinking", "thinking", "thinking", text);
      return;
    }
    const type = piece["thought"] === true ? "thought" : (string(piece["type"]) ?? "text");
    const member = MEMBERS[type];
    // Calls of tools come a second time, as `tool_call_chunks`.
    if (member === undefined) return;
    const key = `${type}${number(piece["index"]) ?? ""}`;
    this.#append(key, type === "thought" ? "reasoning" : type, member, piece[member]);
  }

  #call(call: Fields): void {
    const key = `call${number(call["index"]) ?? string(call["id"]) ?? ""}`;
    const block = this.#block(key, "tool_call");
    block["id"] ??= call["id"];
    block["name"] ??= call["name"];
    this.#append(key, "tool_call", "args", call["args"]);
  }

  #delta(index: number, delta: Fields): void {
    switch (delta["type"]) {
      case "text-delta":
        return this.#append(index, "text", "text", delta["text"]);
      case "reasoning-delta":
        return this.#append(index, "reasoning", "reasoning", delta["reasoning"]);
      case "block-delta":
        return this.#merge(index, fields(delta["fields"]));
      default:
    }
  }

  /** Snapshots: what a block says of itself later is what holds. */
  #merge(index: number, said: Fields): void {
    const block = this.#block(index, string(said["type"]) ?? "text");
    for (const [name, value] of Object.entries(said).slice(0, 50)) {
      if (typeof value === "string" && value.length > this.#left) continue;
      block[name] = value;
    }
  }

  #append(key: number | string, type: string, member: string, text: unknown): void {
    if (typeof text !== "string" || text === "" || this.#left <= 0) return;
    const block = this.#block(key, type);
    block[member] = (string(block[member]) ?? "") + text.slice(0, this.#left);
    this.#left -= text.length;
  }

  #block(key: number | string, type: string): Record<string, unknown> {
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    const made: Record<string, unknown> = { type };
    if (this.#blocks.size < MOST_BLOCKS) this.#blocks.set(key, made);
    return made;
  }

  #part(block: Record<string, unknown>): Part[] {
    const type = string(block["type"]);
    return type === "tool_call" || type === "tool_call_chunk"
      ? [toolCallPart(block)]
      : contentParts([block], this.#reading, false);
  }
}

// --- internal ---

const MOST_BLOCKS = 1000;
/** Read beyond what is written, so that no secret is cut before it is looked for. */
const LONGEST_SECRET = 4096;

/** The member of a piece that goes on from chunk to chunk. */
const MEMBERS: Readonly<Record<string, string>> = {
  text: "text",
  output_text: "text",
  reasoning: "reasoning",
  thinking: "thinking",
  thought: "text",
};
