import type { RunRequest } from "../../operation.ts";
import { OPENINFERENCE } from "../../semconv/openinference.ts";
import type { Candidates } from "../present.ts";

/** Whose run it is: what OpenInference has names for, and the rest as its metadata. */
export function associationAttributes({ association, conversationId }: RunRequest): Candidates {
  const { userId, sessionId, tags, others, ...rest } = association ?? {};
  const metadata = JSON.stringify({ ...others, ...rest });
  return {
    [OPENINFERENCE.sessionId]: sessionId ?? conversationId,
    [OPENINFERENCE.userId]: userId,
    [OPENINFERENCE.tags]: tags === undefined ? undefined : [...tags],
    [OPENINFERENCE.metadata]: metadata === "{}" ? undefined : metadata,
  };
}
