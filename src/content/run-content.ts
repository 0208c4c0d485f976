import type { Document, Message, Part, ToolDefinition } from "./message.ts";

/**
 * What went into a run and what came out of it. Each list is written as one value. It exists only while it is being
 * written, and only where content is captured: no run holds it.
 */
export interface RunContent {
  /** What the model was told to be, apart from the conversation. */
  readonly systemInstructions?: readonly Part[] | undefined;
  readonly inputMessages?: readonly Message[] | undefined;
  readonly outputMessages?: readonly Message[] | undefined;
  readonly toolDefinitions?: readonly ToolDefinition[] | undefined;
  readonly toolArguments?: unknown;
  readonly toolResult?: unknown;
  /** What a retriever was asked. */
  readonly query?: string | undefined;
  readonly documents?: readonly Document[] | undefined;
  /** Of chains and nodes, for vocabularies that have a place for it. */
  readonly input?: unknown;
  readonly output?: unknown;
}
