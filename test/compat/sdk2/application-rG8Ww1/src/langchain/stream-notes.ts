import { count, type Fields, fields, text } from "./read.ts";

/**
 * What is noted of a stream while it passes, for providers whose packages add up usage wrongly. Numbers and a model's
 * name: a run never holds messages.
 */
export interface StreamNotes {
  /** How many chunks there were. */
  chunks: number;
  /** The stream came as events (v3) and not as message chunks. */
  events: boolean;
  /** `output_tokens` of the first and of the last chunk that had usage. */
  firstOutputTokens: number | undefined;
  lastOutputTokens: number | undefined;
  /** The largest `cache_read` of one chunk. */
  largestCacheRead: number | undefined;
  /** The model, where only an event of the stream names it. */
  model: string | undefined;
}

export function streamNotes(): StreamNotes {
  return {
    chunks: 0,
    events: false,
    firstOutputTokens: undefined,
    lastOutputTokens: undefined,
    largestCacheRead: undefined,
    model: undefined,
  };
}

/** Notes LangChain's usage of one chunk. Constant work, no text is made. */
export function noteUsage(notes: StreamNotes, usage: unknown): void {
  if (usage === undefined || usage === null) return;
  const { output_tokens: output, input_token_details: details } = fields(usage);
  const tokens = count(output);
  if (tokens !== undefined) {
    notes.firstOutputTokens ??= tokens;
    notes.lastOutputTokens = tokens;
  }
  const read = count(fields(details)["cache_read"]);
  if (read !== undefined) notes.largestCacheRead = Math.max(read, notes.largestCacheRead ?? 0);
}

/**
 * Notes an event of a stream of the third kind (v3).
 *
 * @returns whether it is a chunk: something new arrived
 */
export function noteEvent(notes: StreamNotes, event: Fields): boolean {
  notes.events = true;
  switch (event["event"]) {
    case "provider":
      notes.model ??= text(fields(event["payload"])["model"]);
      return false;
    case "message-start":
    case "message-finish":
      noteUsage(notes, event["usage"]);
      return true;
    case "content-block-delta":
      return true;
    default:
      return false;
  }
}
