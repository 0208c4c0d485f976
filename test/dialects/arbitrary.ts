import fc from "fast-check";

import type { WrittenContent } from "../../src/content/content-policy.ts";
import type { RunEnd, RunRequest } from "../../src/operation.ts";
import { asWritten, type Run } from "./runs.ts";

const text = fc.string({ maxLength: 20 });
const count = fc.nat();
const server = fc.record({ address: text, port: fc.option(count, { nil: undefined }) });

/** Any record of these members, each of which may be absent or undefined. */
function some(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  const all = Object.entries(members).map(([name, value]) => [
    name,
    fc.option(value, { nil: undefined }),
  ]);
  return fc.record(Object.fromEntries(all) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [],
  });
}

const association = some({
  userId: text,
  sessionId: text,
  tenant: text,
  tags: fc.array(text),
  promptName: text,
  promptVersion: text,
  agentRole: text,
  workflowVersion: text,
  workflowVariant: text,
  compliance: text,
  others: fc.dictionary(
    text.map((name) => `acme.${name}`),
    fc.oneof(text, count),
    { maxKeys: 10 },
  ),
});
const common = {
  runId: text,
  conversationId: text,
  agentName: text,
  retryAttempt: count,
  association,
};
const call = { ...common, model: text, server };

function request(
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<RunRequest> {
  return fc
    .tuple(fc.record(required), some({ ...common, ...optional }))
    .map((both) => Object.assign({}, ...both) as unknown as RunRequest);
}

const provider = fc.oneof(text, fc.constantFrom("openai", "aws.bedrock", "__proto__", "toString"));

const requests: fc.Arbitrary<RunRequest> = fc.oneof(
  request(
    {
      kind: fc.constant("model"),
      operation: fc.constantFrom("chat", "text_completion"),
      provider,
    },
    {
      ...call,
      temperature: fc.double(),
      topP: fc.double(),
      topK: count,
      maxTokens: count,
      stopSequences: fc.array(text),
      frequencyPenalty: fc.double(),
      presencePenalty: fc.double(),
      seed: count,
      choiceCount: count,
      stream: fc.boolean(),
      outputType: fc.constantFrom("text", "json"),
      reasoningLevel: text,
      serviceTier: text,
      apiType: fc.constantFrom("chat_completions", "responses"),
      guardrail: some({ id: text, version: text }),
    },
  ),
  request(
    { kind: fc.constant("embeddings"), provider },
    { ...call, dimensions: count, encodingFormats: fc.array(text) },
  ),
  request({ kind: fc.constant("retriever") }, { source: text, topK: count }),
  request({ kind: fc.constant("tool"), name: text }, { description: text, callId: text }),
  request({ kind: fc.constant("agent") }, { pattern: text }),
  request({ kind: fc.constant("workflow") }, { name: text, pattern: text }),
  request({ kind: fc.constant("node"), node: text }, { step: count }),
  request({ kind: fc.constant("chain"), name: text }),
  request({ kind: fc.constant("root"), name: text }),
  request({ kind: fc.constantFrom("infra", "trace"), name: text }, { outside: fc.boolean() }),
  request(
    { kind: fc.constant("checkpoint"), operation: fc.constantFrom("get", "put") },
    { step: count, writes: count },
  ),
  request(
    { kind: fc.constant("memory"), operation: fc.constantFrom("search_memory", "upsert_memory") },
    { storeId: text, recordId: text, recordCount: count },
  ),
  request(
    {
      kind: fc.constant("mcp"),
      side: fc.constantFrom("client", "server"),
      method: fc.oneof(text, fc.constant("tools/call")),
    },
    { toolName: text, requestId: text, sessionId: text, server },
  ),
);

const usage = some({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  reasoningTokens: count,
  audioInputTokens: count,
  audioOutputTokens: count,
});
const response = some({
  model: text,
  id: text,
  finishReasons: fc.array(text),
  usage,
  serviceTier: text,
  systemFingerprint: text,
  cached: fc.boolean(),
});

const ends: fc.Arbitrary<RunEnd> = fc
  .tuple(
    fc.record({ outcome: fc.constantFrom("ok", "error", "cancelled", "abandoned") }),
    some({
      failure: fc.record({ type: text, message: text, retryable: fc.boolean() }),
      totals: fc.record({ inputTokens: count, outputTokens: count }),
      provider: text,
      response,
      streamed: fc.boolean(),
      timeToFirstChunk: fc.double(),
      statusCode: text,
      guardrail: fc.record({
        id: text,
        violations: fc.array(fc.record({ action: fc.constant("blocked"), category: text })),
      }),
      documents: count,
      records: count,
    }),
  )
  .map(([outcome, more]) => ({ ...outcome, ...more }));

/** What redaction and shortening may leave of a message: anything. */
const json = fc.jsonValue({ maxDepth: 3 });
const part = some({
  type: fc.constantFrom("text", "reasoning", "tool_call", "tool_call_response", "blob", "uri"),
  content: fc.oneof(text, json),
  modality: fc.constantFrom("image", "audio", "video"),
  mime_type: text,
  uri: text,
  id: text,
  name: text,
  arguments: json,
  response: json,
});
const message = some({
  role: fc.oneof(text, json),
  name: text,
  parts: fc.array(fc.oneof({ weight: 5, arbitrary: part }, json), { maxLength: 40 }),
});
const messages = fc.oneof(
  { weight: 5, arbitrary: fc.array(fc.oneof({ weight: 9, arbitrary: message }, json)) },
  json,
);

const contents = (members: readonly string[]): fc.Arbitrary<WrittenContent> =>
  some(
    Object.fromEntries(
      members.map((member) => [member, /[mM]essages/.test(member) ? messages : json]),
    ),
  ).map((content) =>
    asWritten(
      // JSON has no undefined.
      JSON.parse(JSON.stringify(content)) as object,
    ),
  );

export const runs: fc.Arbitrary<Run> = fc.record({
  request: requests,
  end: ends,
  input: contents([
    "systemInstructions",
    "inputMessages",
    "toolDefinitions",
    "toolArguments",
    "query",
    "input",
  ]),
  output: contents(["outputMessages", "toolResult", "documents", "output"]),
});
