import { beginningWithoutSecrets } from "../../content/secrets.ts";
import type { Failure } from "../../operation.ts";
import { field } from "../read.ts";
import { errorCategory } from "./error-category.ts";
import { layersOf } from "./error-layer.ts";
import { errorType, exceptionType } from "./error-type.ts";
import { retryability } from "./retryability.ts";

/**
 * What is told of an error: its type, its category, and its text without secrets. Whatever was thrown, it does not throw,
 * and reads no more of a long text than it may keep.
 */
export function failureOf(error: unknown): Failure {
  if (typeof error !== "object" || error === null) {
    return { type: typeof error, message: primitiveText(error), category: "unknown" };
  }
  const layers = layersOf(error);
  const category = errorCategory(layers);
  return {
    type: errorType(layers),
    exceptionType: exceptionType(layers),
    category,
    retryable: retryability(layers, category),
    message: firstLine(layers[0]?.message ?? ""),
    stack: stackOf(error),
  };
}

// --- internal ---

const LONGEST_MESSAGE = 1000;
const LONGEST_STACK = 8000;
/** What a line is looked for in. */
const LONGEST_LINE = 8000;

/** A function's text is the application's source. */
function primitiveText(thrown: unknown): string {
  return typeof thrown === "function" ? "" : firstLine(String(thrown));
}

/** LangChain appends a troubleshooting address below the first line. */
function firstLine(message: string): string {
  const [line = ""] = message.slice(0, LONGEST_LINE).trimStart().split("\n", 1);
  return clean(line, LONGEST_MESSAGE);
}

function stackOf(error: object): string | undefined {
  const stack = field(error, "stack");
  return typeof stack === "string" && stack !== "" ? clean(stack, LONGEST_STACK) : undefined;
}

/** Half of a surrogate pair, which a cut may leave too, is no text that can be sent. */
function clean(text: string, longest: number): string {
  return beginningWithoutSecrets(text, longest).replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}
