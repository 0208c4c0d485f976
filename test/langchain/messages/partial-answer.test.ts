import { AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";

import { PartialAnswer } from "../../../src/langchain/messages/partial-answer.ts";

describe("an answer that streams", () => {
  it("is put together from its chunks", () => {
    const answer = new PartialAnswer({ most: 1000, blobs: 0 });
    for (const chunk of [
      new AIMessageChunk({ content: "", additional_kwargs: { reasoning_content: "Let me " } }),
      new AIMessageChunk({ content: "", additional_kwargs: { reasoning_content: "think" } }),
      new AIMessageChunk("The cap"),
      new AIMessageChunk("ital"),
      new AIMessageChunk({
        content: "",
        tool_call_chunks: [{ index: 0, id: "call_1", name: "look", args: '{"a' }],
      }),
      new AIMessageChunk({ content: "", tool_call_chunks: [{ index: 0, args: 't":1}' }] }),
      new AIMessageChunk({
        content: "",
        tool_call_chunks: [{ index: 1, name: "see", args: '{"' }],
      }),
    ]) {
      answer.chunk(chunk);
    }
    expect(answer.answer("error")).toEqual({
      role: "assistant",
      parts: [
        { type: "reasoning", content: "Let me think" },
        { type: "text", content: "The capital" },
        { type: "tool_call", id: "call_1", name: "look", arguments: { at: 1 } },
        { type: "tool_call", name: "see", arguments: '{"' },
      ],
      finish_reason: "error",
    });
  });

  it("is put together from pieces of blocks", () => {
    const answer = new PartialAnswer({ most: 1000, blobs: 0 });
    answer.chunk({ content: [{ type: "thinking", index: 0, thinking: "2 + " }] });
    answer.chunk({ content: [{ type: "thinking", index: 0, thinking: "2" }] });
    answer.chunk({ content: [{ type: "text", index: 1, text: "4" }] });
    answer.chunk({ content: [{ type: "text", index: 1, text: "." }, { type: "image" }] });
    expect(answer.answer("stop")?.parts).toEqual([
      { type: "reasoning", content: "2 + 2" },
      { type: "text", content: "4." },
    ]);
  });

  it("is put together from pieces of blocks without an index, in every provider's form", () => {
    const answer = new PartialAnswer({ most: 1000, blobs: 0 });
    for (const text of ["2 +", " 2"]) {
      answer.chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text }] }] });
    }
    for (const text of [" is", " 4"])
      answer.chunk({ content: [{ type: "text", text, thought: true }] });
    for (const text of ["Fo", "ur"]) answer.chunk({ content: [{ type: "text", text }] });
    expect(answer.answer("stop")?.parts).toEqual([
      { type: "reasoning", content: "2 + 2 is 4" },
      { type: "text", content: "Four" },
    ]);
  });

  it("is put together where it is refused or spoken", () => {
    const [refused, spoken] = [0, 1].map(() => new PartialAnswer({ most: 1000, blobs: 0 }));
    for (const text of ["I can", "not"]) {
      refused?.chunk({ content: "", additional_kwargs: { refusal: text } });
      spoken?.chunk({ content: "", additional_kwargs: { audio: { transcript: text } } });
    }
    const parts = [{ type: "text", content: "I cannot" }];
    expect([refused?.answer("stop")?.parts, spoken?.answer("stop")?.parts]).toEqual([parts, parts]);
  });

  it("is put together from events", () => {
    const answer = new PartialAnswer({ most: 1000, blobs: 0 });
    for (const event of [
      { event: "message-start", id: "m" },
      { event: "content-block-start", index: 0, content: { type: "reasoning", reasoning: "" } },
      {
        event: "content-block-delta",
        index: 0,
        delta: { type: "reasoning-delta", reasoning: "So" },
      },
      { event: "content-block-start", index: 1, content: { type: "text", text: "" } },
      { event: "content-block-delta", index: 1, delta: { type: "text-delta", text: "Par" } },
      { event: "content-block-delta", index: 1, delta: { type: "text-delta", text: "is" } },
      {
        event: "content-block-delta",
        index: 2,
        delta: {
          type: "block-delta",
          fields: { type: "tool_call_chunk", name: "look", args: '{"a' },
        },
      },
      {
        event: "content-block-finish",
        index: 2,
        content: { type: "tool_call", id: "c", name: "look", args: { at: 1 } },
      },
    ]) {
      answer.event(event);
    }
    expect(answer.answer("stop")?.parts).toEqual([
      { type: "reasoning", content: "So" },
      { type: "text", content: "Paris" },
      { type: "tool_call", id: "c", name: "look", arguments: { at: 1 } },
    ]);
  });

  it("is no longer than may be written", () => {
    const answer = new PartialAnswer({ most: 10, blobs: 0 });
    for (let at = 0; at < 10_000; at++) answer.chunk({ content: "abc" });
    const [part] = answer.answer("error")?.parts ?? [];
    // As much again is looked through for secrets as the longest of them could have.
    expect(String(part?.["content" as never])).toHaveLength(10 + 4096);
  });

  it("is nothing before anything has come", () => {
    const answer = new PartialAnswer({ most: 10, blobs: 0 });
    answer.chunk({ content: "" });
    answer.chunk(undefined);
    answer.event({});
    expect(answer.answer("error")).toBeUndefined();
  });
});
