import type { Association, CommonRequest } from "../operation.ts";
import type { AssociationKey } from "../options/association-keys.ts";
import { associationOf } from "./association.ts";
import { fields, first, text, texts } from "./read.ts";

/** The run above, as far as the runs below take after it. */
interface Above {
  readonly agentName: string | undefined;
  readonly conversationId: string | undefined;
  /** It is an agent, or is below one. */
  readonly isInAgent: boolean;
  readonly association: Association | undefined;
}

interface Defaults extends Pick<CommonRequest, "agentName" | "conversationId"> {
  /** What metadata may say of a run. */
  readonly association: readonly AssociationKey[];
}

/** What a run of any kind may have: from its own metadata, from the run above, or as a default. */
export function commonRequest(
  { tags, metadata }: { readonly tags: unknown; readonly metadata: unknown },
  runId: string | undefined,
  above: Above | undefined,
  defaults: Defaults,
): CommonRequest {
  return {
    runId,
    conversationId: conversationIdOf(metadata) ?? above?.conversationId ?? defaults.conversationId,
    // Below a sub-agent, the metadata may be the outer agent's.
    agentName:
      above?.isInAgent === true
        ? above.agentName
        : (agentNameOf(metadata) ?? above?.agentName ?? defaults.agentName),
    retryAttempt: retryAttemptOf(tags),
    association: associationOf({ tags, metadata }, above?.association, defaults.association),
  };
}

/** The agent that LangChain says the run belongs to. */
export function agentNameOf(metadata: unknown): string | undefined {
  return text(fields(metadata)["lc_agent_name"])?.slice(0, 128);
}

// --- internal ---

/** `gen_ai.conversation.id`: what the application gave, in this order; never made up. */
function conversationIdOf(metadata: unknown): string | undefined {
  const {
    thread_id: thread,
    session_id: session,
    conversation_id: conversation,
  } = fields(metadata);
  return first(text(thread), text(session), text(conversation));
}

/** `withRetry` numbers its attempts by a tag, from 2 on. */
function retryAttemptOf(tags: unknown): number | undefined {
  for (const tag of texts(tags) ?? []) {
    const attempt = /^retry:attempt:(\d{1,6})$/.exec(tag)?.[1];
    if (attempt !== undefined) return Number(attempt);
  }
  return undefined;
}
