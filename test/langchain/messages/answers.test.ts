import { describe, expect, it } from "vitest";

import { answersOf } from "../../../src/langchain/messages/answers.ts";

describe("why an answer ended, in the conventions' words:", () => {
  it.each<[string, object]>([
    ["stop", { finish_reason: "stop" }],
    ["length", { finishReason: "MAX_TOKENS" }],
    ["length", { stop_reason: "model_context_window_exceeded" }],
    ["length", { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }],
    ["content_filter", { status: "incomplete", incomplete_details: { reason: "content_filter" } }],
    ["incomplete", { status: "incomplete" }],
    ["content_filter", { finishReason: "RECITATION" }],
    ["content_filter", { finishReason: "PROHIBITED_CONTENT" }],
    ["content_filter", { finishReason: "SPII" }],
    ["content_filter", { finishReason: "BLOCKLIST" }],
    ["content_filter", { finishReason: "IMAGE_SAFETY" }],
    ["unknown", {}],
  ])("%s for %j", (expected, response_metadata) => {
    const message = { type: "ai", content: "a", response_metadata };
    expect(answersOf({ generations: [[{ message }]] }, { most: 1000, blobs: 0 })).toEqual([
      { role: "assistant", parts: [{ type: "text", content: "a" }], finish_reason: expected },
    ]);
  });
});
