/** Attribute names of what was said, by the neutral record's members. The same in both versions. */
export const CONTENT = {
  systemInstructions: "gen_ai.system_instructions",
  inputMessages: "gen_ai.input.messages",
  outputMessages: "gen_ai.output.messages",
  toolDefinitions: "gen_ai.tool.definitions",
  toolArguments: "gen_ai.tool.call.arguments",
  toolResult: "gen_ai.tool.call.result",
  query: "gen_ai.retrieval.query.text",
  documents: "gen_ai.retrieval.documents",
} as const;

/**
 * Where the reference stands of content that was uploaded. The conventions have no name yet; this is the one that
 * OpenTelemetry's own GenAI instrumentations for Python use.
 */
export function referenceTo(attribute: string): string {
  return `${attribute}_ref`;
}

/** The event of what a client's operation throws, of the next version only. */
export const OPERATION_EXCEPTION = "gen_ai.client.operation.exception";

/** The event that a model call's content goes into, with the attributes of its span. */
export const INFERENCE_DETAILS = "gen_ai.client.inference.operation.details";
