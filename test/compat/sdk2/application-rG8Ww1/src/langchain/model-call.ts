import type { ModelRequest } from "../operation.ts";
import { type Fields, fields, first, number, text, texts } from "./read.ts";

/** What LangChain says when a model call starts, as far as anybody looks at it. */
export interface ModelCall {
  /** Class of the model, such as `ChatOpenAI`. */
  readonly className: string | undefined;
  /** Constructor arguments, as LangChain serialized them; secrets are replaced. Empty for some packages. */
  readonly kwargs: Fields;
  /** Parameters of the request, in the provider's or the package's own spelling. */
  readonly params: Fields;
  readonly metadata: Fields;
  /** The model itself, where the instrumentation sees it; some packages are not serialized. Never kept. */
  readonly model: Fields;
}

/** The arguments of LangChain's start callback. */
export interface ModelCallArguments {
  readonly serialized: unknown;
  readonly extraParams: unknown;
  readonly tags: unknown;
  readonly metadata: unknown;
  /** The model itself, if it is at hand. */
  readonly model?: unknown;
}

/** Reads the start callback's arguments. */
export function modelCall({
  serialized,
  extraParams,
  metadata,
  model,
}: ModelCallArguments): ModelCall {
  const { id, kwargs } = fields(serialized);
  return {
    className: Array.isArray(id) ? text(id.at(-1)) : undefined,
    kwargs: fields(kwargs),
    params: fields(fields(extraParams)["invocation_params"]),
    metadata: fields(metadata),
    model: fields(model),
  };
}

/** The request's parameters that all providers spell in one of a few ways. */
export function commonParameters(call: ModelCall): Partial<ModelRequest> {
  // Google and Bedrock nest them, Ollama calls them options.
  const { params, metadata } = call;
  const from = {
    ...fields(params["options"]),
    ...fields(params["inferenceConfig"]),
    ...fields(params["generationConfig"]),
    ...params,
  };
  const any = (...names: string[]): unknown =>
    names.map((name) => from[name]).find((value) => value !== undefined && value !== null);
  return {
    model: first(text(any("model", "modelId", "model_name")), text(metadata["ls_model_name"])),
    temperature: first(number(any("temperature")), number(metadata["ls_temperature"])),
    topP: number(any("top_p", "topP", "p")),
    topK: number(any("top_k", "topK", "k")),
    maxTokens: first(
      number(
        any(
          "max_tokens",
          "max_completion_tokens",
          "max_output_tokens",
          "maxTokens",
          "maxOutputTokens",
          "num_predict",
        ),
      ),
      number(metadata["ls_max_tokens"]),
    ),
    stopSequences: texts(any("stop", "stop_sequences", "stopSequences") ?? metadata["ls_stop"]),
    frequencyPenalty: number(any("frequency_penalty", "frequencyPenalty")),
    presencePenalty: number(any("presence_penalty", "presencePenalty")),
    seed: number(any("seed", "random_seed", "randomSeed")),
    choiceCount: number(any("n", "candidateCount")),
    stream: params["stream"] === true ? true : undefined,
    outputType: outputType(any("response_format", "responseMimeType", "format")),
    reasoningLevel: first(text(fields(any("reasoning"))["effort"]), text(any("reasoning_effort"))),
  };
}

// --- internal ---

function outputType(format: unknown): "text" | "json" | undefined {
  const type =
    typeof format === "string"
      ? format
      : (text(fields(format)["type"]) ?? (format === undefined ? undefined : "json"));
  if (type === undefined) return undefined;
  return type.includes("json") ? "json" : type.includes("text") ? "text" : undefined;
}
