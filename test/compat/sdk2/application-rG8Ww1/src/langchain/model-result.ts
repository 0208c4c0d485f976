import type { ModelResponse, Usage } from "../operation.ts";
import { count, type Fields, fields, first, text } from "./read.ts";
import type { StreamNotes } from "./stream-notes.ts";

/** What LangChain says when a model call ends, as far as anybody looks at it. */
export interface ModelResult {
  /** Metadata of the first choice's message. */
  readonly metadata: Fields;
  readonly additional: Fields;
  readonly usageMetadata: Fields;
  readonly messageId: string | undefined;
  readonly llmOutput: Fields;
  /** `generationInfo` and message metadata of each choice. */
  readonly choices: readonly {
    readonly info: Fields;
    readonly metadata: Fields;
    readonly additional: Fields;
  }[];
}

/** Reads the end callback's output. A stream without chunks has no generation at all. */
export function modelResult(output: unknown): ModelResult {
  const result = fields(output);
  const prompts = result["generations"];
  const generations =
    Array.isArray(prompts) && Array.isArray(prompts[0]) ? prompts[0].slice(0, 100) : [];
  const choices = generations.map((generation) => {
    const { message, generationInfo } = fields(generation);
    return {
      info: fields(generationInfo),
      metadata: fields(fields(message)["response_metadata"]),
      additional: fields(fields(message)["additional_kwargs"]),
    };
  });
  const message = fields(fields(generations[0])["message"]);
  return {
    metadata: fields(message["response_metadata"]),
    additional: fields(message["additional_kwargs"]),
    usageMetadata: fields(message["usage_metadata"]),
    messageId: text(message["id"]),
    llmOutput: fields(result["llmOutput"]),
    choices,
  };
}

/** Whether there is any generation. */
export function hasAnswer(output: unknown): boolean {
  const prompts = fields(output)["generations"];
  return (
    Array.isArray(prompts) && Array.isArray(prompts[0]) && fields(prompts[0][0]) === prompts[0][0]
  );
}

/** What most providers' packages agree on. A provider's own file corrects the rest. */
export function commonResponse(result: ModelResult, notes: StreamNotes): ModelResponse {
  return {
    model: first(
      said(result, "model_name"),
      said(result, "model"),
      text(result.llmOutput["model"]),
      notes.model,
    ),
    id: responseId(result),
    finishReasons: finishReasons(result),
    usage: usageOf(result),
  };
}

/**
 * A text that the provider repeats in each chunk of a stream. LangChain joins those of the message ("gpt-5gpt-5"), not
 * always those of the generation.
 */
export function said({ choices, metadata }: ModelResult, name: string): string | undefined {
  return once(first(text(choices[0]?.info[name]), text(metadata[name])));
}

/**
 * LangChain's `usage_metadata`, else what text models put into `llmOutput`. In all packages measured, `input_tokens`
 * includes the cache's parts. `estimatedTokenUsage` is a guess of LangChain's and never read.
 */
function usageOf({ usageMetadata, llmOutput }: ModelResult): Usage | undefined {
  const input = fields(usageMetadata["input_token_details"]);
  const output = fields(usageMetadata["output_token_details"]);
  const summary = fields(llmOutput["tokenUsage"]);
  const usage: Usage = {
    inputTokens: first(count(usageMetadata["input_tokens"]), count(summary["promptTokens"])),
    outputTokens: first(count(usageMetadata["output_tokens"]), count(summary["completionTokens"])),
    cacheReadTokens: count(input["cache_read"]),
    cacheWriteTokens: count(input["cache_creation"]),
    reasoningTokens: count(output["reasoning"]),
    audioInputTokens: count(input["audio"]),
    audioOutputTokens: count(output["audio"]),
  };
  return Object.values(usage).every((part) => part === undefined) ? undefined : usage;
}

// --- internal ---

/** The text once, where it is the same text over and over, the last time perhaps clipped. */
function once(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // Knuth, Morris and Pratt's table: how much of the start stands again at each place's end.
  const borders = [0];
  for (let at = 1, border = 0; at < value.length; at++) {
    while (border > 0 && value[at] !== value[border]) border = borders[border - 1] ?? 0;
    if (value[at] === value[border]) border += 1;
    borders[at] = border;
  }
  const period = value.length - (borders.at(-1) ?? 0);
  return period >= 2 && period * 2 <= value.length ? value.slice(0, period) : value;
}

/** LangChain calls a message without an id by the run's: `run-…`. That is no response id. */
function responseId({ messageId, metadata }: ModelResult): string | undefined {
  const id = first(text(metadata["id"]), text(metadata["responseId"]), messageId);
  return id === undefined || /^(?:run-|lc_|lc-)/.test(id) ? undefined : id;
}

function finishReasons({ choices }: ModelResult): string[] | undefined {
  const reasons = choices.map(({ info, metadata, additional }) =>
    first(
      text(metadata["finish_reason"]),
      text(metadata["finishReason"]),
      text(metadata["stop_reason"]),
      text(metadata["stopReason"]),
      text(fields(metadata["messageStop"])["stopReason"]),
      text(metadata["done_reason"]),
      text(additional["stop_reason"]),
      text(info["finish_reason"]),
      text(info["finishReason"]),
      text(info["stop_reason"]),
      text(info["done_reason"]),
    ),
  );
  const known = reasons.filter((reason) => reason !== undefined);
  return known.length > 0 ? known.map((reason) => once(reason) ?? reason) : undefined;
}
