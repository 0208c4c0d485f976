import type { Message } from "../../content/message.ts";
import { fields, first, string, text } from "../read.ts";
import { messagesOf, type MessagesReading } from "./messages.ts";

/** What a model answered, one message per choice, from the output that LangChain reports. */
export function answersOf(output: unknown, reading: MessagesReading): Message[] | undefined {
  const prompts = fields(output)["generations"];
  const choices = Array.isArray(prompts) && Array.isArray(prompts[0]) ? prompts[0] : [];
  const answers = choices.slice(0, 100).flatMap((choice) => {
    const { message, text: said, generationInfo } = fields(choice);
    if (message === undefined && typeof said !== "string") return [];
    const given = message ?? { role: "assistant", content: said };
    const [answer] = messagesOf([given], reading);
    if (answer === undefined) return [];
    return [{ ...answer, finish_reason: finishReason(fields(message), fields(generationInfo)) }];
  });
  return answers.length === 0 ? undefined : answers;
}

/** Why the first choice ended, in the conventions' words. */
export function finishReasonOf(output: unknown): string | undefined {
  const prompts = fields(output)["generations"];
  const [choice] = Array.isArray(prompts) && Array.isArray(prompts[0]) ? prompts[0] : [];
  const { message, generationInfo } = fields(choice);
  return finishReason(fields(message), fields(generationInfo));
}

// --- internal ---

/** The conventions' words for the providers' own. */
const REASONS: Readonly<Record<string, string>> = {
  stop: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  completed: "stop",
  complete: "stop",
  eos: "stop",
  length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  tool_calls: "tool_call",
  tool_call: "tool_call",
  tool_use: "tool_call",
  function_call: "tool_call",
  content_filter: "content_filter",
  content_filtered: "content_filter",
  guardrail_intervened: "content_filter",
  refusal: "content_filter",
  safety: "content_filter",
  recitation: "content_filter",
  prohibited_content: "content_filter",
  spii: "content_filter",
  blocklist: "content_filter",
  image_safety: "content_filter",
  model_context_window_exceeded: "length",
  error: "error",
};

function finishReason(
  message: Readonly<Record<string, unknown>>,
  info: Readonly<Record<string, unknown>>,
): string {
  const metadata = fields(message["response_metadata"]);
  const additional = fields(message["additional_kwargs"]);
  const said = first(
    ...[metadata, additional, info].flatMap((from) => [
      text(from["finish_reason"]),
      text(from["finishReason"]),
      text(from["stop_reason"]),
      text(from["stopReason"]),
      text(from["done_reason"]),
      text(from["status"]),
    ]),
    text(fields(metadata["messageStop"])["stopReason"]),
  );
  // OpenAI's Responses say the reason beside it.
  const { reason } = fields(metadata["incomplete_details"]);
  const asked = string(said === "incomplete" ? (text(reason) ?? said) : said)?.toLowerCase();
  // The released schema requires one; what is not known is not guessed.
  if (asked === undefined) return "unknown";
  return REASONS[asked] ?? asked.slice(0, 64);
}
