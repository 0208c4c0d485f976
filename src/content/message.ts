/**
 * What was said, in one neutral form for all providers: the GenAI conventions' own, so that writing it is a matter of
 * `JSON.stringify`. The member names are the conventions' and part of what leaves the process.
 */
export interface Message {
  /** `system`, `user`, `assistant`, `tool`, or a provider's own word. */
  readonly role: string;
  readonly parts: readonly Part[];
  /** Of the one who speaks, where several share a role. */
  readonly name?: string | undefined;
  /** On an answer: why it ended there. */
  readonly finish_reason?: string | undefined;
}

/** A piece of a message. */
export type Part =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolResponsePart
  | ServerToolCallPart
  | ServerToolResponsePart
  | BlobPart
  | UriPart
  | FilePart
  | OtherPart;

export interface TextPart {
  readonly type: "text";
  readonly content: string;
}

/** What the model said to itself. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly content: string;
}

/** The model asks for a tool. */
export interface ToolCallPart {
  readonly type: "tool_call";
  readonly id?: string | undefined;
  readonly name: string;
  readonly arguments?: unknown;
}

/** What the tool said. */
export interface ToolResponsePart {
  readonly type: "tool_call_response";
  readonly id?: string | undefined;
  readonly response: unknown;
  /** Absent unless the tool failed. */
  readonly is_error?: boolean | undefined;
}

/** A tool that the provider runs itself, such as its web search. */
export interface ServerToolCallPart {
  readonly type: "server_tool_call";
  readonly id?: string | undefined;
  readonly name: string;
  readonly server_tool_call: { readonly type: string; readonly [member: string]: unknown };
}

export interface ServerToolResponsePart {
  readonly type: "server_tool_call_response";
  readonly id?: string | undefined;
  readonly server_tool_call_response: { readonly type: string; readonly [member: string]: unknown };
}

export type Modality = "image" | "video" | "audio" | "document";

/** Data in the message itself, as base64. */
export interface BlobPart {
  readonly type: "blob";
  readonly modality: Modality;
  readonly mime_type?: string | undefined;
  readonly content: string;
}

/** Data that stands somewhere else. */
export interface UriPart {
  readonly type: "uri";
  readonly modality: Modality;
  readonly mime_type?: string | undefined;
  readonly uri: string;
}

/** Data that the provider keeps under an id. */
export interface FilePart {
  readonly type: "file";
  readonly modality: Modality;
  readonly mime_type?: string | undefined;
  readonly file_id: string;
}

/** What no other form is made for: the provider's own type and members. */
export interface OtherPart {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A tool that the model was told of. */
export interface ToolDefinition {
  readonly type: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** A JSON schema. */
  readonly parameters?: unknown;
}

/** What a retriever or a store found. */
export interface Document {
  readonly id?: string | undefined;
  readonly score?: number | undefined;
  readonly content?: string | undefined;
  readonly metadata?: unknown;
}
