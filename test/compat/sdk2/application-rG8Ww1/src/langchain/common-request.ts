import { fields, first, text, texts } from "./read.ts";

/** `gen_ai.conversation.id`: what the application gave, in this order; never made up. */
export function conversationIdOf(metadata: unknown): string | undefined {
  const {
    thread_id: thread,
    session_id: session,
    conversation_id: conversation,
  } = fields(metadata);
  return first(text(thread), text(session), text(conversation));
}

/** The agent that LangChain says the run belongs to. */
export function agentNameOf(metadata: unknown): string | undefined {
  return text(fields(metadata)["lc_agent_name"])?.slice(0, 128);
}

/** `withRetry` numbers its attempts by a tag, from 2 on. */
export function retryAttemptOf(tags: unknown): number | undefined {
  for (const tag of texts(tags) ?? []) {
    const attempt = /^retry:attempt:(\d{1,6})$/.exec(tag)?.[1];
    if (attempt !== undefined) return Number(attempt);
  }
  return undefined;
}
