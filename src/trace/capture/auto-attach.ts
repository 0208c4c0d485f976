import { context } from "@opentelemetry/api";

import { attachments } from "../../instrumentation/attachments.ts";
import { LangChainInstrumentation } from "../../instrumentation/instrumentation.ts";
import { captureOf } from "../../telemetry/span-capture.ts";

/**
 * Attaches to LangChain for what is captured, and for nothing else. Once for the process: to look for its copies takes
 * longer than many a run, and outside of captured work it makes no difference that we are attached.
 *
 * Where the application's own instrumentation is attached, that one makes the spans, as its options say.
 *
 * @returns when all that was found of LangChain is attached to
 */
export async function attachForCaptures(): Promise<void> {
  if (own === undefined && attachments().current !== undefined) return;
  own ??= new LangChainInstrumentation({}, { isWanted: isCaptured });
  await own.ready;
}

// --- internal ---

let own: LangChainInstrumentation | undefined;

function isCaptured(): boolean {
  return captureOf(context.active()) !== undefined;
}
