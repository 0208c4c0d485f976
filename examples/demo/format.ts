/** What the demo's two protocols have in common. */
import type { Prompt, Reply, Schema } from "./replies.ts";

/** A reply on the wire: as one body, or as the events of a stream. */
export interface Rendered {
  readonly body: object;
  readonly events: readonly StreamEvent[];
}

export interface StreamEvent {
  readonly name?: string;
  readonly data: object | "[DONE]";
  /** Carries a piece of what the model says, so the model takes time for it. */
  readonly spoken: boolean;
}

export interface Format {
  read(request: ModelRequest): Prompt;
  render(request: ModelRequest, reply: Reply, id: number): Rendered;
  /** Status and body that say "too busy". */
  readonly busy: { readonly status: number; readonly body: object };
}

/** A message's content in either protocol. */
export type Content =
  | string
  | readonly { readonly type: string; readonly text?: string; readonly content?: Content }[]
  | null
  | undefined;

/** The fields of a request that the demo looks at, in either protocol. */
export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content?: Content }[];
  readonly system?: Content;
  readonly tools?: readonly {
    readonly function?: { readonly name: string; readonly parameters?: Schema };
    readonly name?: string;
    readonly input_schema?: Schema;
  }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

export function isModelRequest(body: unknown): body is ModelRequest {
  return (
    typeof body === "object" &&
    body !== null &&
    "model" in body &&
    typeof body.model === "string" &&
    "messages" in body &&
    Array.isArray(body.messages)
  );
}

/** The text of a message. */
export function plain(content: Content): string {
  return typeof content === "string"
    ? content
    : (content ?? []).map(({ text = "" }) => text).join("");
}

/** Two words at a time, as models send them. */
export function words(text: string): readonly string[] {
  return text.match(/\s*\S+(?:\s+\S+)?/g) ?? [];
}

/** Arguments of a tool call, a few characters at a time. */
export function pieces(json: string): readonly string[] {
  return json.match(/.{1,12}/gs) ?? [];
}
