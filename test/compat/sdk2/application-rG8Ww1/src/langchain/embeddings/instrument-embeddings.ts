import { context } from "@opentelemetry/api";

import { badOption, type HandlerOptions } from "../../options.ts";
import { fields } from "../read.ts";
import { RunTracer } from "../run-tracer.ts";
import {
  type Cover,
  embeddingsCall,
  isEmbeddings,
  type Method,
  noteOfClass,
} from "./embeddings-call.ts";

/**
 * Opens an `embeddings {model}` CLIENT span round every call of an object's `embedDocuments` and `embedQuery`, with the
 * model, the server and, where the provider says so, the input tokens; and records the GenAI metrics. For applications
 * without `LangChainInstrumentation`: LangChain has no callbacks for embeddings, so a handler alone does not see them.
 * Done twice, or with the instrumentation attached, there is still one span a call.
 *
 * @param embeddings any object with `embedDocuments` and `embedQuery`; a wrapper's inner object is not touched
 * @param options as the handler's
 * @returns the same object
 * @throws TypeError for anything else, an unknown option or a wrong value
 *
 * @example
 * const embeddings = instrumentEmbeddings(new OpenAIEmbeddings({ model: "text-embedding-3-small" }));
 */
export function instrumentEmbeddings<E extends object>(
  embeddings: E,
  options: HandlerOptions = {},
): E {
  if (!isEmbeddings(embeddings)) {
    throw badOption("embeddings", "an object with embedDocuments and embedQuery", embeddings);
  }
  const tracer = new RunTracer(options);
  tracer.guard.run("instrumenting embeddings", () => {
    for (const key of ["embedDocuments", "embedQuery"]) {
      cover(embeddings, key, (original) => traced(tracer, embeddings, original));
    }
    cover(embeddings, "embeddingWithRetry", noteOfClass);
    keepContext(fields(embeddings)["caller"]);
  });
  return embeddings;
}

// --- internal ---

const COVERED = Symbol.for("langchain-otel.covers");

/** Gives the object a method of its own that stands before the one it has; once. */
const cover: Cover = (object, key, replacement) => {
  const original = fields(object)[key];
  if (typeof original !== "function" || COVERED in original) return;
  const method = replacement(original as Method);
  Object.defineProperty(method, COVERED, { value: true });
  Object.defineProperty(object, key, {
    value: method,
    configurable: true,
    writable: true,
    enumerable: false,
  });
};

function traced(tracer: RunTracer, embeddings: object, original: Method): Method {
  return function (this: unknown, ...args: unknown[]) {
    return embeddingsCall(tracer, embeddings, () => original.apply(this, args), cover);
  };
}

/**
 * LangChain's queue starts a waiting request in the async context of the one that has just finished; each keeps the one
 * in which it was asked for, so that its HTTP span and its tokens are this call's.
 */
function keepContext(caller: unknown): void {
  if (typeof caller !== "object" || caller === null) return;
  const [key, at] =
    "callWithRetries" in caller ? (["callWithRetries", 1] as const) : (["call", 0] as const);
  cover(
    caller,
    key,
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        const request = args[at];
        const bound =
          typeof request === "function"
            ? args.with(at, context.bind(context.active(), request))
            : args;
        return original.apply(this, bound);
      },
  );
}
