import { field, fields } from "../langchain/read.ts";

/** What is taken for an image, a sound or a file, whose tokens nobody can tell from its bytes. */
const MEDIA_TOKENS = 10_000;
/** What a provider writes round each message, and round the request. */
const MESSAGE_TOKENS = 16;
/** What is taken for a tool whose schema is not written yet. */
const TOOL_TOKENS = 2000;

/**
 * The most tokens that input can come to: one for each byte of its text in UTF-8, since no tokenizer makes more of it
 * (usually they make a quarter), 16 for each message, 10,000 for each image, sound or file.
 * @param input a text, a message, a list of messages, or a prompt
 */
export function tokensAtMost(input: unknown, depth = 0): number {
  if (typeof input === "string") return bytesOf(input);
  if (typeof input !== "object" || input === null || depth > DEEPEST) return String(input).length;
  if (Array.isArray(input)) {
    return input.reduce((sum: number, each) => sum + tokensAtMost(each, depth + 1), 0);
  }
  const content = field(input, "content") ?? field(input, "messages") ?? field(input, "value");
  if (content !== undefined) {
    const [calls, said] = [field(input, "tool_calls"), field(input, "additional_kwargs")];
    return MESSAGE_TOKENS + tokensAtMost(content, depth + 1) + written(calls) + written(said);
  }
  const type = field(input, "type");
  if (typeof type === "string" && MEDIA.test(type)) return MEDIA_TOKENS;
  return MESSAGE_TOKENS + written(input);
}

/** The most that a request's tools add to its input. */
export function toolTokensAtMost(tools: unknown): number {
  if (!Array.isArray(tools)) return 0;
  return tools.reduce((sum: number, tool: unknown) => {
    const schema = field(tool, "schema");
    // Of Zod's kind it is written when the request is.
    const isWritten = typeof field(schema, "safeParse") !== "function";
    const { name, description } = fields(tool);
    const size = isWritten
      ? written(schema ?? tool)
      : Math.max(TOOL_TOKENS, written(field(schema, "shape")));
    return sum + MESSAGE_TOKENS + size + written(name) + written(description);
  }, 0);
}

// --- internal ---

const DEEPEST = 8;
const MEDIA = /image|audio|video|file|document|media/;

/** What it comes to as JSON; nothing where it cannot be written. */
function written(value: unknown): number {
  if (value === undefined || value === null) return 0;
  try {
    return bytesOf(JSON.stringify(value) ?? "");
  } catch {
    return 0;
  }
}

/** In UTF-8, with three for each half of a pair of surrogates: what is half a pair becomes three. */
function bytesOf(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7ff) bytes += 2;
    else if (unit > 0x7f) bytes += 1;
  }
  return bytes;
}
