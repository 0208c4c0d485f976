import { diag } from "@opentelemetry/api";

import { shown } from "../bad-option.ts";
import { withoutSecrets } from "./secrets.ts";

/** Where what was said goes: nowhere, onto the span, into an event (a log record), or to both. */
export type CaptureMode = "none" | "span" | "event" | "both";

/** What is known of a run when it is decided whether what it says is captured. */
export interface CapturedRun {
  /** `model`, `tool`, `agent`, `workflow`, `retriever`, `node`, `chain`, `embeddings` or `mcp`. */
  readonly kind: string;
  /** `gen_ai.provider.name`, of models. */
  readonly provider?: string | undefined;
  /** The requested model. */
  readonly model?: string | undefined;
  /** The tool's, the workflow's, the node's or the chain's name. */
  readonly name?: string | undefined;
  readonly agentName?: string | undefined;
  readonly conversationId?: string | undefined;
  /** The run's metadata, its own and what it inherited. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
}

/** One mode for all runs, or a decision for each: by tenant, by agent, by model. */
export type CaptureContent = CaptureMode | ((run: CapturedRun) => CaptureMode);

/** Metadata that decides for one call and all below it. */
const CAPTURE_METADATA = "langchain_otel_capture";

/**
 * Decides whether a run's content is captured. The call's own metadata beats the option. Fails closed: a decision that
 * throws or makes no sense is "none".
 */
export function captureMode(
  option: CaptureContent,
  metadata: Readonly<Record<string, unknown>>,
  run: () => CapturedRun,
): CaptureMode {
  const asked = metadata[CAPTURE_METADATA];
  if (asked !== undefined && asked !== null) {
    return known(asked, `the metadata ${CAPTURE_METADATA}`);
  }
  if (typeof option === "string") return option;
  try {
    return known(option(run()), "the answer of the `captureContent` function");
  } catch (fault) {
    tell(`the \`captureContent\` function failed, nothing is captured: ${textOf(fault)}`);
    return "none";
  }
}

/** What a word means: the option's own, or the environment's in either spelling that is in use. */
export function captureWord(word: string): CaptureMode | undefined {
  return WORDS[word.trim().toLowerCase()];
}

/** The environment's words: those of the GenAI instrumentations for JavaScript, and of those for Python. */
export const CAPTURE_WORDS = "true, false, NO_CONTENT, SPAN_ONLY, EVENT_ONLY, SPAN_AND_EVENT";

// --- internal ---

const WORDS: Readonly<Record<string, CaptureMode>> = {
  none: "none",
  span: "span",
  event: "event",
  both: "both",
  true: "span",
  false: "none",
  no_content: "none",
  span_only: "span",
  event_only: "event",
  span_and_event: "both",
};

function known(mode: unknown, what: string): CaptureMode {
  const meant =
    typeof mode === "string" || typeof mode === "boolean" ? captureWord(String(mode)) : undefined;
  if (meant !== undefined) return meant;
  tell(`expected ${what} to be "none", "span", "event" or "both", got ${shown(mode)}`);
  return "none";
}

/** Anything can be thrown, and be about anything. */
function textOf(fault: unknown): string {
  try {
    return withoutSecrets(String(fault).slice(0, 300));
  } catch {
    return shown(fault);
  }
}

const told = new Set<string>();

/** Once each, and not without end: metadata can come from anywhere. */
function tell(message: string): void {
  if (told.has(message) || told.size >= 20) return;
  told.add(message);
  diag.warn(`langchain-otel: ${message}`);
}
