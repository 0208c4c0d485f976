import type { RunRequest } from "../operation.ts";
import { ASSOCIATION } from "../semconv/association.ts";
import type { GenAiNames } from "../semconv/gen-ai.ts";
import type { Candidates } from "./present.ts";

/** Whose run it is, on every span. */
export function associationAttributes(names: GenAiNames, request: RunRequest): Candidates {
  const { association } = request;
  if (association === undefined) return {};
  // The conventions have the prompt on calls of models only; an MCP request has another prompt.
  const isModel = request.kind === "model";
  const promptName = (isModel ? names.promptName : undefined) ?? ASSOCIATION.promptName;
  const promptVersion = (isModel ? names.promptVersion : undefined) ?? ASSOCIATION.promptVersion;
  return {
    ...association.others,
    [ASSOCIATION.userId]: association.userId,
    [ASSOCIATION.sessionId]: association.sessionId,
    [ASSOCIATION.tenant]: association.tenant,
    [ASSOCIATION.tags]: association.tags === undefined ? undefined : [...association.tags],
    [promptName]: association.promptName,
    // Of a prompt without a name it says nothing.
    [promptVersion]: association.promptName === undefined ? undefined : association.promptVersion,
    [ASSOCIATION.agentRole]: association.agentRole,
    [ASSOCIATION.workflowVersion]: association.workflowVersion,
    [ASSOCIATION.workflowVariant]: association.workflowVariant,
    [ASSOCIATION.compliance]: association.compliance,
  };
}
