import type { Message, Part } from "../../content/message.ts";
import { fields } from "../read.ts";
import type { Reading } from "./media-part.ts";
import { messageOf } from "./message.ts";

/** How much of a conversation is read. */
export interface MessagesReading extends Reading {
  /** Characters, all in all; what is older than that is counted and not read. */
  readonly most: number;
}

/**
 * A conversation, its newest messages first to be read: a history of ten thousand messages costs no more than what is
 * written of it. What was left out stands there as `{ role: "omitted", parts: [{ type: "omitted", messages }] }`.
 */
export function messagesOf(value: unknown, reading: MessagesReading): Message[] {
  const list = Array.isArray(value) && !isTuple(value) ? value : [value];
  const read: Message[] = [];
  let length = 0;
  let at = list.length;
  while (at > 0 && (length < reading.most || read.length === 0) && read.length < MOST_MESSAGES) {
    at -= 1;
    const message = readable(list[at], reading);
    length += lengthOf(message.parts);
    // The newest is written whatever its length, and cut there.
    if (length > reading.most && read.length > 0) {
      at += 1;
      break;
    }
    read.push(message);
  }
  return [...beginning(list, at, reading), ...read.toReversed()];
}

// --- internal ---

const MOST_MESSAGES = 2000;

/** The mark for what is left out, and before it what the model was told to be, which stands first in a conversation. */
function beginning(list: readonly unknown[], unread: number, reading: MessagesReading): Message[] {
  if (unread === 0) return [];
  const opening = readable(list[0], reading);
  const told = opening.role === "system" ? [opening] : [];
  const messages = unread - told.length;
  if (messages === 0) return told;
  return [...told, { role: "omitted", parts: [{ type: "omitted", messages }] }];
}

/** `["user", "Hi"]` is one message. */
function isTuple(value: readonly unknown[]): boolean {
  const [role, content] = value;
  return (
    value.length === 2 &&
    typeof role === "string" &&
    ["user", "human", "ai", "assistant", "system", "developer", "tool"].includes(role) &&
    (typeof content === "string" || Array.isArray(content))
  );
}

/** A message that cannot be read (a getter that throws) does not take the others with it. */
function readable(value: unknown, reading: Reading): Message {
  try {
    return messageOf(value, reading);
  } catch {
    return { role: "unknown", parts: [{ type: "unreadable" }] };
  }
}

/** About how long it will be when it is written. */
function lengthOf(parts: readonly Part[]): number {
  let length = 20;
  for (const part of parts) length += 30 + textLength(part, 0);
  return length;
}

function textLength(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || depth > 6) return 4;
  let length = 0;
  let seen = 0;
  for (const key in value) {
    if (++seen > 1000) break;
    length += key.length + 4 + textLength(fields(value)[key], depth + 1);
  }
  return length;
}
