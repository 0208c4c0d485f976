import { createHash } from "node:crypto";

import {
  AIMessage,
  AIMessageChunk,
  ChatMessage,
  FunctionMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { describe, expect, it } from "vitest";

import { messageOf } from "../../../src/langchain/messages/message.ts";

const bytes = Buffer.from("not really a picture");
const base64 = bytes.toString("base64");
const blob = (modality: string, mime?: string) => ({
  type: "blob_reference",
  modality,
  ...(mime === undefined ? {} : { mime_type: mime }),
  size: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

function read(message: unknown) {
  return messageOf(message, { blobs: 0 });
}

describe("a message", () => {
  const text = [{ type: "text", content: "Hi" }];

  it.each([
    ["of a person", new HumanMessage("Hi"), { role: "user", parts: text }],
    ["of the model", new AIMessage("Hi"), { role: "assistant", parts: text }],
    ["of the model, in chunks", new AIMessageChunk("Hi"), { role: "assistant", parts: text }],
    ["of the system", new SystemMessage("Hi"), { role: "system", parts: text }],
    ["of some role", new ChatMessage("Hi", "judge"), { role: "judge", parts: text }],
    [
      "with a name",
      new HumanMessage({ content: "Hi", name: "Ada" }),
      { role: "user", parts: text, name: "Ada" },
    ],
    [
      "of a tool",
      new ToolMessage({ content: "Sunny", tool_call_id: "call_1" }),
      { role: "tool", parts: [{ type: "tool_call_response", id: "call_1", response: "Sunny" }] },
    ],
    [
      "of a function",
      new FunctionMessage({ content: "Sunny", name: "weather" }),
      { role: "tool", parts: [{ type: "tool_call_response", response: "Sunny" }], name: "weather" },
    ],
    ["as a text", "Hi", { role: "user", parts: text }],
    ["as a pair", ["assistant", "Hi"], { role: "assistant", parts: text }],
    ["as an object", { role: "developer", content: "Hi" }, { role: "system", parts: text }],
    ["as LangChain's object", { type: "human", content: "Hi" }, { role: "user", parts: text }],
    ["as JSON", new HumanMessage("Hi").toJSON(), { role: "user", parts: text }],
    ["without content", { role: "user", content: null }, { role: "user", parts: [] }],
    ["that is nothing", undefined, { role: "user", parts: [] }],
    [
      "of a tool that failed",
      new ToolMessage({ content: "No", tool_call_id: "call_1", status: "error" }),
      {
        role: "tool",
        parts: [{ type: "tool_call_response", id: "call_1", response: "No", is_error: true }],
      },
    ],
    [
      "of a function with an id",
      { role: "function", id: "f1", content: "Sunny" },
      { role: "tool", parts: [{ type: "tool_call_response", id: "f1", response: "Sunny" }] },
    ],
    [
      "that is an object",
      { role: "user", content: { a: 1 } },
      { role: "user", parts: [{ type: "text", content: '{"a":1}' }] },
    ],
    [
      "that is a number",
      { role: "user", content: 7 },
      { role: "user", parts: [{ type: "text", content: "7" }] },
    ],
  ])("%s", (_, message, expected) => {
    expect(read(message)).toEqual(expected);
  });

  it("has its calls of tools once, whether they stand in its content too or not", () => {
    const call = { type: "tool_call", id: "call_1", name: "look", arguments: { at: 1 } };
    const calls = [{ id: "call_1", name: "look", args: { at: 1 } }];
    const block = { type: "tool_use", id: "call_1", name: "look", input: { at: 1 } };
    expect(read(new AIMessage({ content: "", tool_calls: calls })).parts).toEqual([call]);
    expect(read(new AIMessage({ content: [block], tool_calls: calls })).parts).toEqual([call]);
    expect(read({ role: "assistant", content: [block] }).parts).toEqual([call]);
  });

  it("has calls that nobody could read as the text that they are", () => {
    const message = new AIMessage({
      content: "",
      invalid_tool_calls: [{ id: "call_1", name: "look", args: '{"at":', error: "cut off" }],
    });
    expect(read(message).parts).toEqual([
      { type: "tool_call", id: "call_1", name: "look", arguments: '{"at":' },
    ]);
  });

  it("has what the model said to itself, wherever the package left it", () => {
    const kept = { content: "4", additional_kwargs: { reasoning_content: "2 + 2" } };
    const thought = [
      { type: "reasoning", content: "2 + 2" },
      { type: "text", content: "4" },
    ];
    const summary = { summary: [{ type: "summary_text", text: "2 + 2" }] };
    expect(read(new AIMessage(kept)).parts).toEqual(thought);
    expect(
      read(new AIMessage({ content: "4", additional_kwargs: { reasoning: summary } })).parts,
    ).toEqual(thought);
    for (const block of [
      { type: "thinking", thinking: "2 + 2", signature: "s" },
      { type: "reasoning", reasoning: "2 + 2" },
      { type: "reasoning_content", reasoningText: { text: "2 + 2" } },
      { type: "reasoning", ...summary },
    ]) {
      expect(
        read({ role: "assistant", content: [block, { type: "text", text: "4" }] }).parts,
      ).toEqual(thought);
    }
  });
});

describe("an answer", () => {
  it("in pieces of blocks is joined, with an index and without one", () => {
    const pieces = (type: string, member: string, index: object) =>
      ["a", "", "b"].map((text) => ({ type, [member]: text, ...index }));
    for (const index of [{}, { index: 0 }]) {
      const content = [
        ...pieces("thinking", "thinking", index),
        ...pieces("text", "text", index),
        { type: "image_url", image_url: "https://example.com/a" },
        ...pieces("text", "text", index),
      ];
      expect(read({ role: "assistant", content }).parts).toEqual([
        { type: "reasoning", content: "ab" },
        { type: "text", content: "ab" },
        { type: "uri", modality: "image", uri: "https://example.com/a" },
        { type: "text", content: "ab" },
      ]);
    }
  });

  it("in more pieces than a message may have parts is whole", () => {
    const content = Array.from({ length: 5000 }, () => ({ type: "text", text: "a" }));
    expect(read({ role: "assistant", content }).parts).toEqual([
      { type: "text", content: "a".repeat(5000) },
    ]);
  });

  it("keeps apart what it said before and after a call", () => {
    const content = [
      { type: "text", text: "Let me look." },
      { type: "tool_use", id: "c", name: "look", input: {} },
      { type: "text", text: "Soon." },
    ];
    const calls = [{ id: "c", name: "look", args: {} }];
    expect(read(new AIMessage({ content, tool_calls: calls })).parts).toEqual([
      { type: "text", content: "Let me look." },
      { type: "text", content: "Soon." },
      { type: "tool_call", id: "c", name: "look", arguments: {} },
    ]);
  });

  it("has what the package left beside the content: a refusal, a sound, the provider's own tools", () => {
    const beside = (additional_kwargs: Record<string, unknown>, content = "") =>
      read(new AIMessage({ content, additional_kwargs })).parts;
    expect(beside({ refusal: "I cannot" })).toEqual([{ type: "text", content: "I cannot" }]);
    expect(beside({ refusal: "I cannot" }, "I cannot")).toEqual([
      { type: "text", content: "I cannot" },
    ]);
    expect(beside({ audio: { id: "a", data: base64, transcript: "Hello" } })).toEqual([
      { type: "text", content: "Hello" },
      blob("audio"),
    ]);
    const made = { type: "image_generation_call", id: "i", result: base64 };
    const content = [{ type: "image", data: base64, mimeType: "image/png" }];
    expect(
      read({ role: "assistant", content, additional_kwargs: { tool_outputs: [made] } }).parts,
    ).toEqual([blob("image", "image/png")]);
    expect(beside({ tool_outputs: [made] })).toEqual([blob("image")]);
    const action = { type: "search", query: "x" };
    expect(
      beside({ tool_outputs: [{ type: "web_search_call", id: "w", status: "completed", action }] }),
    ).toEqual([
      {
        type: "server_tool_call",
        id: "w",
        name: "web_search",
        server_tool_call: { type: "web_search_call", action },
      },
    ]);
  });
});

describe("a block of content", () => {
  const image = blob("image", "image/png");
  const uri = (modality: string, mime?: string) => ({
    type: "uri",
    modality,
    ...(mime === undefined ? {} : { mime_type: mime }),
    uri: "https://example.com/a",
  });
  const said = (content: string) => ({ type: "text", content });
  const thought = { type: "reasoning", content: "2 + 2" };
  const inlineData = { mimeType: "image/png", data: base64 };
  const [dataUrl, url] = [`data:image/png;base64,${base64}`, "https://example.com/a"];

  it.each<[string, object, unknown]>([
    ["OpenAI's picture", { type: "image_url", image_url: { url: dataUrl } }, image],
    ["OpenAI's picture as a text", { type: "image_url", image_url: dataUrl }, image],
    ["OpenAI's picture elsewhere", { type: "image_url", image_url: { url } }, uri("image")],
    ["Responses' picture", { type: "input_image", image_url: dataUrl }, image],
    [
      "OpenAI's sound",
      { type: "input_audio", input_audio: { data: base64, format: "wav" } },
      blob("audio", "audio/wav"),
    ],
    [
      "OpenAI's file",
      {
        type: "file",
        file: { file_data: `data:application/pdf;base64,${base64}`, filename: "a.pdf" },
      },
      blob("document", "application/pdf"),
    ],
    [
      "OpenAI's file by its id",
      { type: "file", file: { file_id: "file-1" } },
      { type: "file", modality: "document", file_id: "file-1" },
    ],
    [
      "Anthropic's picture",
      { type: "image", source: { type: "base64", media_type: "image/png", data: base64 } },
      image,
    ],
    [
      "Anthropic's picture elsewhere",
      { type: "image", source: { type: "url", url } },
      uri("image"),
    ],
    [
      "Anthropic's document",
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: base64 } },
      blob("document", "application/pdf"),
    ],
    [
      "Anthropic's text document",
      { type: "document", source: { type: "text", media_type: "text/plain", data: "Once" } },
      { type: "text", content: "Once" },
    ],
    ["LangChain's picture", { type: "image", data: base64, mimeType: "image/png" }, image],
    [
      "LangChain's picture as bytes",
      { type: "image", data: new Uint8Array(bytes), mimeType: "image/png" },
      image,
    ],
    [
      "LangChain's picture elsewhere",
      { type: "image", url, mimeType: "image/png" },
      uri("image", "image/png"),
    ],
    [
      "LangChain's file by its id",
      { type: "file", fileId: "f1", mimeType: "video/mp4" },
      { type: "file", modality: "video", mime_type: "video/mp4", file_id: "f1" },
    ],
    [
      "LangChain's first form",
      { type: "audio", source_type: "base64", mime_type: "audio/mp3", data: base64 },
      blob("audio", "audio/mp3"),
    ],
    [
      "LangChain's first form by its id",
      { type: "image", source_type: "id", id: "i1" },
      { type: "file", modality: "image", file_id: "i1" },
    ],
    [
      "LangChain's text file",
      { type: "text-plain", text: "Once" },
      { type: "text", content: "Once" },
    ],
    [
      "Google's media",
      { type: "media", mimeType: "video/mp4", data: base64 },
      blob("video", "video/mp4"),
    ],
    ["Google's inline data", { inlineData: { mimeType: "image/png", data: base64 } }, image],
    [
      "Google's file",
      { fileData: { mimeType: "video/mp4", fileUri: url } },
      uri("video", "video/mp4"),
    ],
    [
      "Google's call",
      { functionCall: { name: "look", args: { at: 1 } } },
      { type: "tool_call", name: "look", arguments: { at: 1 } },
    ],
    [
      "Bedrock's picture",
      { image: { format: "png", source: { bytes: new Uint8Array(bytes) } } },
      image,
    ],
    [
      "a search that the provider made",
      { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } },
      {
        type: "server_tool_call",
        id: "s1",
        name: "web_search",
        server_tool_call: { type: "web_search", arguments: { query: "x" } },
      },
    ],
    [
      "what that found",
      { type: "web_search_tool_result", tool_use_id: "s1", content: [{ url }] },
      {
        type: "server_tool_call_response",
        id: "s1",
        server_tool_call_response: { type: "web_search_tool_result", output: [{ url }] },
      },
    ],
    [
      "LangChain's wrapper",
      { type: "non_standard", value: { type: "text", text: "Hi" } },
      said("Hi"),
    ],
    ["Google's typed inline data", { type: "inlineData", inlineData }, image],
    ["Google's thought", { type: "text", text: "2 + 2", thought: true }, thought],
    ["Google's thought without a type", { text: "2 + 2", thought: true }, thought],
    [
      "Mistral's thought",
      {
        type: "thinking",
        thinking: [
          { type: "text", text: "2 +" },
          { type: "text", text: " 2" },
        ],
      },
      thought,
    ],
    [
      "Bedrock's film elsewhere",
      { video: { format: "mp4", source: { s3Location: { uri: url } } } },
      uri("video", "video/mp4"),
    ],
    [
      "Anthropic's document of blocks",
      { type: "document", source: { type: "content", content: [{ type: "text", text: "Once" }] } },
      said("Once"),
    ],
    ["a screenshot", { type: "computer_screenshot", image_url: dataUrl }, image],
    [
      "a picture that was made",
      { type: "image_generation_call", id: "i1", result: base64, output_format: "png" },
      image,
    ],
    [
      "what a tool said in blocks",
      {
        type: "tool_result",
        tool_use_id: "t1",
        content: [{ type: "image_url", image_url: dataUrl }],
      },
      { type: "tool_call_response", id: "t1", response: [image] },
    ],
    [
      "what a tool failed with",
      { type: "tool_result", tool_use_id: "t1", is_error: true, content: "No" },
      { type: "tool_call_response", id: "t1", response: "No", is_error: true },
    ],
    ["a refusal", { type: "refusal", refusal: "No" }, { type: "text", content: "No" }],
    ["what nobody knows", { type: "hologram", depth: 3 }, { type: "hologram", depth: 3 }],
    ["what has no type", { depth: 3 }, { type: "other", depth: 3 }],
  ])("%s", (_, block, expected) => {
    expect(read({ role: "assistant", content: [block] }).parts).toEqual([expected]);
  });

  it("is read in others, but not without end", () => {
    const block: Record<string, unknown> = { type: "tool_result" };
    block["content"] = [block];
    const { parts } = read({ role: "user", content: [block] });
    expect(JSON.stringify(parts)).toContain('[{"type":"omitted"}]');
  });

  it("is hashed within what may be hashed in all", () => {
    const picture = { type: "image", data: base64, mimeType: "image/png" };
    const hashing = { left: bytes.length };
    const { parts } = messageOf(
      { role: "user", content: [picture, picture] },
      { blobs: 0, hashing },
    );
    const { sha256: _, ...unhashed } = image;
    expect(parts).toEqual([image, unhashed]);
  });

  it("is one of a thousand at most", () => {
    const parts = read({ role: "user", content: Array.from({ length: 1200 }, () => "a") }).parts;
    expect(parts).toHaveLength(1001);
    expect(parts.at(-1)).toEqual({ type: "omitted", parts: 200 });
  });
});
