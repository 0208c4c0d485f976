import { context, diag, ROOT_CONTEXT } from "@opentelemetry/api";

import type { EmbeddingsRequest, ModelRequest } from "../operation.ts";
import { fields } from "./read.ts";
import type { RunTracer } from "./run-tracer.ts";

/**
 * Whether another instrumentation reports this call: one of the provider's own client, such as
 * `@opentelemetry/instrumentation-openai`, makes a span and counts the tokens of every request that LangChain sends
 * through the client. All that are built on OpenTelemetry's `InstrumentationBase` mark the methods that they wrap.
 *
 * @param subject the model or embeddings; of one that nobody has at hand nothing can be said
 */
export function reportedElsewhere(
  { options, guard }: RunTracer,
  subject: unknown,
  request: ModelRequest | EmbeddingsRequest,
): boolean {
  if (options.otherInstrumentation === "both") return false;
  return (
    guard.run("looking for other instrumentations", () => isWatched(subject, request)) === true
  );
}

// --- internal ---

let told = false;

function isWatched(subject: unknown, request: ModelRequest | EmbeddingsRequest): boolean {
  if (typeof subject !== "object" || subject === null) return false;
  const { part, path } = WAYS[wayOf(request)];
  const inner = part && fields(subject)[part];
  let at: unknown = clientOf(typeof inner === "object" && inner !== null ? inner : subject);
  for (const key of path) at = fields(at)[key];
  if (!isWrapped(at)) return false;
  if (!told) {
    told = true;
    diag.info(
      'langchain-otel: another instrumentation reports the requests of the model\'s client; its spans and token metrics stand for ours (`otherInstrumentation: "both"` keeps both)',
    );
  }
  return true;
}

type Way = "chat_completions" | "responses" | "completions" | "embeddings";

/** `part`: of a model that has another inside for each API; `path`: of the method that sends, from the client on. */
const WAYS: Readonly<Record<Way, { readonly part?: string; readonly path: readonly string[] }>> = {
  chat_completions: { part: "completions", path: ["chat", "completions", "create"] },
  responses: { part: "responses", path: ["responses", "create"] },
  completions: { path: ["completions", "create"] },
  embeddings: { path: ["embeddings", "create"] },
};

function wayOf(request: ModelRequest | EmbeddingsRequest): Way {
  if (request.kind === "embeddings") return "embeddings";
  if (request.operation === "text_completion") return "completions";
  return request.apiType ?? "chat_completions";
}

/**
 * A model makes its client when it first sends something, which is too late to ask. Until then one is made on the side,
 * by the model's own method, but on an object of ours: the model stays as it is, and nothing is sent.
 */
function clientOf(model: object): unknown {
  const { client } = fields(model);
  if (client !== undefined) return client;
  const aside = Object.create(model) as Record<string, unknown>;
  Object.defineProperty(aside, "caller", { value: { call: () => undefined } });
  for (const method of ["_getClientOptions", "embeddingWithRetry"]) {
    const make = aside[method];
    if (typeof make !== "function") continue;
    // It is nobody's call.
    const made: unknown = context.with(ROOT_CONTEXT, () => make.call(aside, {}));
    if (made instanceof Promise) made.catch(() => {});
  }
  return aside["client"];
}

function isWrapped(method: unknown): boolean {
  if (typeof method !== "function") return false;
  const { __wrapped, __original } = method as { __wrapped?: unknown; __original?: unknown };
  return __wrapped === true && typeof __original === "function";
}
