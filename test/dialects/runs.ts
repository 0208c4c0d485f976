import type { WrittenContent, WrittenValue } from "../../src/content/content-policy.ts";
import type { RunContent } from "../../src/content/run-content.ts";
import type { RunEnd, RunRequest } from "../../src/operation.ts";

/** A run as vocabularies are told of it. */
export interface Run {
  readonly request: RunRequest;
  readonly end: RunEnd;
  readonly input?: WrittenContent;
  readonly output?: WrittenContent;
}

/** Content as it is when nothing had to be taken out of it. */
export function asWritten(content: RunContent): WrittenContent {
  const written = Object.entries(content).map(([member, value]): [string, WrittenValue] => [
    member,
    { value, json: JSON.stringify(value) },
  ]);
  return Object.fromEntries(written);
}

const common = { runId: "run-1", conversationId: "thread-1", agentName: "planner" } as const;
const chat = {
  ...common,
  kind: "model",
  operation: "chat",
  provider: "anthropic",
  model: "claude-sonnet-4-5",
  server: { address: "api.anthropic.com", port: 443 },
} as const;
const usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 60, cacheWriteTokens: 30 };
const ok = { outcome: "ok" } as const;

/** One of each kind, and of each way to end. */
export const RUNS: Readonly<Record<string, Run>> = {
  "a model call with all that it can say": {
    request: {
      ...chat,
      temperature: 0.2,
      topP: 0.9,
      topK: 40,
      maxTokens: 1000,
      stopSequences: ["END"],
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 7,
      choiceCount: 2,
      stream: true,
      outputType: "json",
      reasoningLevel: "low",
      serviceTier: "flex",
      apiType: "responses",
      retryAttempt: 2,
    },
    end: {
      ...ok,
      streamed: true,
      timeToFirstChunk: 0.5,
      response: {
        model: "claude-sonnet-4-5-20250929",
        id: "msg_1",
        finishReasons: ["end_turn"],
        serviceTier: "flex",
        systemFingerprint: "fp",
        usage: { ...usage, reasoningTokens: 5, audioInputTokens: 3, audioOutputTokens: 2 },
      },
    },
  },
  "a model call that nobody counted": {
    request: { kind: "model", operation: "text_completion", provider: "acme" },
    end: { ...ok, response: { model: "acme-1" } },
  },
  "a model call of Azure": {
    request: { ...chat, provider: "azure.ai.openai", model: "my-deployment" },
    end: { ...ok, response: { usage: { inputTokens: 0, outputTokens: 0 } } },
  },
  "a model call of Bedrock": { request: { ...chat, provider: "aws.bedrock" }, end: ok },
  "a model call that LangChain's cache answered": {
    request: chat,
    end: { ...ok, response: { cached: true } },
  },
  "a model call that failed after some tokens": {
    request: chat,
    end: {
      outcome: "error",
      failure: { type: "429", message: "no", category: "rate_limit", retryable: true },
      response: { usage: { inputTokens: 9 } },
    },
  },
  "a model call that was cancelled": { request: chat, end: { outcome: "cancelled" } },
  "a model call with what was said": {
    request: chat,
    end: ok,
    input: asWritten({
      systemInstructions: [{ type: "text", content: "Be brief" }],
      inputMessages: [
        {
          role: "user",
          name: "ann",
          parts: [
            { type: "text", content: "What is this?" },
            { type: "uri", modality: "image", uri: "https://example.com/cat.png" },
            { type: "blob", modality: "audio", mime_type: "audio/wav", content: "AAAA" },
            { type: "blob_reference", modality: "image", mime_type: "image/png", size: 3 },
          ],
        },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", content: "I had better look" },
            { type: "tool_call", id: "call_1", name: "look", arguments: { at: 1 } },
            { type: "tool_call", id: "call_2", name: "listen" },
          ],
        },
        {
          role: "tool",
          parts: [{ type: "tool_call_response", id: "call_1", response: { seen: "a cat" } }],
        },
      ],
      toolDefinitions: [
        { type: "function", name: "look", description: "Looks", parameters: { type: "object" } },
        { type: "web_search", name: "web" },
      ],
    }),
    output: asWritten({
      outputMessages: [
        {
          role: "assistant",
          parts: [
            { type: "text", content: "A cat," },
            { type: "text", content: "purring." },
          ],
          finish_reason: "stop",
        },
      ],
    }),
  },
  "a model call whose content was uploaded": {
    request: chat,
    end: ok,
    input: {
      inputMessages: {
        value: [{ role: "user", parts: [{ type: "text", content: "long" }] }],
        json: '[{"role":"user","parts":[{"type":"text","content":"long"}]}]',
        reference: "s3://bucket/in.json",
      },
    },
  },
  "a model call of somebody": {
    request: {
      ...chat,
      association: {
        userId: "ann",
        sessionId: "session-1",
        tenant: "acme",
        tags: ["beta", "eu"],
        promptName: "greeting",
        promptVersion: "3",
        others: { plan: "gold", seats: 4 },
      },
    },
    end: ok,
  },
  "a model call that a guardrail has blocked": {
    request: { ...chat, provider: "aws.bedrock", guardrail: { id: "g-1", version: "2" } },
    end: {
      outcome: "blocked",
      guardrail: { id: "g-1", violations: [{ action: "blocked", category: "INSULTS" }] },
    },
  },
  "a request for embeddings": {
    request: {
      kind: "embeddings",
      provider: "gcp.gemini",
      model: "gemini-embedding-001",
      dimensions: 256,
      encodingFormats: ["float"],
    },
    end: { ...ok, response: { model: "gemini-embedding-001", usage: { inputTokens: 12 } } },
  },
  "a retrieval": {
    request: { ...common, kind: "retriever", source: "CityGuide", topK: 4 },
    end: { ...ok, documents: 2 },
    input: asWritten({ query: "sights" }),
    output: asWritten({
      documents: [
        { id: "1", score: 0.5, content: "The tower", metadata: { page: 3 } },
        { content: "The bridge" },
      ],
    }),
  },
  "a tool": {
    request: { ...common, kind: "tool", name: "search", description: "Searches", callId: "call_1" },
    end: ok,
    input: asWritten({ toolArguments: { query: "sights" } }),
    output: asWritten({ toolResult: { output: "The tower" } }),
  },
  "an agent": {
    request: { ...common, kind: "agent", pattern: "react" },
    end: { ...ok, provider: "openai", totals: { inputTokens: 200, outputTokens: 40 } },
    input: asWritten({
      inputMessages: [{ role: "user", parts: [{ type: "text", content: "Plan" }] }],
    }),
    output: asWritten({
      outputMessages: [{ role: "assistant", parts: [{ type: "text", content: "Planned" }] }],
    }),
  },
  "a workflow that is interrupted": {
    request: { kind: "workflow", name: "approval", pattern: "plan_execute" },
    end: { outcome: "interrupted", totals: { inputTokens: 1, outputTokens: 1 } },
    input: asWritten({ input: { order: 1 } }),
  },
  "a node": {
    request: { ...common, kind: "node", node: "model_request", step: 1 },
    end: ok,
    input: asWritten({ input: { order: 1 } }),
    output: asWritten({ output: "done" }),
  },
  "a chain": {
    request: { kind: "chain", name: "prompt" },
    end: ok,
    input: asWritten({ input: "sights" }),
    output: asWritten({ output: ["a", "b"] }),
  },
  "a call of a tool over MCP": {
    request: {
      kind: "mcp",
      side: "client",
      method: "tools/call",
      toolName: "search",
      requestId: "2",
      sessionId: "session-1",
      protocolVersion: "2025-11-25",
      transport: "tcp",
      protocolName: "http",
      server: { address: "mcp.example.com", port: 443 },
    },
    end: { outcome: "error", failure: { type: "-32603", message: "no" }, statusCode: "-32603" },
  },
  "another request of MCP": {
    request: { kind: "mcp", side: "server", method: "tools/list", transport: "pipe" },
    end: ok,
  },
  "a checkpoint": {
    request: { kind: "checkpoint", operation: "put", step: 2, writes: 3 },
    end: ok,
  },
  "a store's search": {
    request: { kind: "memory", operation: "search_memory", storeId: "user/1" },
    end: { ...ok, records: 3 },
  },
  "a root": { request: { kind: "root", name: "slack.message" }, end: { outcome: "abandoned" } },
};
