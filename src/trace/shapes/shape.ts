import type { RunContent } from "../../content/run-content.ts";
import type { MessagesReading } from "../../langchain/messages/messages.ts";
import type { Fields } from "../../langchain/read.ts";
import type { EmbeddingsRequest, ModelRequest, ModelResponse } from "../../operation.ts";

/** A call of a provider's client, as far as anybody looks at it. */
export interface ShapeCall {
  /** The client that was wrapped; empty where only the arguments are known. */
  readonly client: Fields;
  /** Who is asked, where the application has said so. */
  readonly provider?: string | undefined;
  /** The method's path from the client on, such as `chat.completions.create`; empty where it is not known. */
  readonly method: string;
  /** The first argument. */
  readonly params: Fields;
  readonly args: readonly unknown[];
}

/** What a stream has said so far, in the form of a whole answer. */
export type Seen = Record<string, unknown>;

/** What is asked, before all that is not of the provider's. */
export type Asked =
  | Omit<ModelRequest, "provider" | "server">
  | Omit<EmbeddingsRequest, "provider" | "server">;

/**
 * How one provider's client is called and what it answers. To add a provider, write one such object in a file of its own
 * and name it in `index.ts`.
 */
export interface Shape {
  /** Paths of the methods that send a request, from the client on. A client that has the first few of them is this one's. */
  readonly methods: readonly string[];
  /** Paths of methods that send theirs by calling one of `methods` on the client that they belong to. */
  readonly helpers?: readonly string[];
  /** What tells its client from others that have methods of the same names. @default that it has one of `methods` */
  readonly isClient?: (client: Fields) => boolean;
  /** Names of models that mean it where nothing else tells. */
  readonly models: RegExp;
  /** The value of `gen_ai.provider.name`. */
  readonly providerName: (client: Fields) => string;
  /** Where the requests go, as a URL or `host[:port]`. */
  readonly endpoint?: (client: Fields) => string | undefined;
  /** What a call asks; `undefined` when it asks no model. */
  readonly request: (call: ShapeCall) => Asked | undefined;
  /**
   * What a whole answer says; `undefined` when it is none of this provider's.
   *
   * @param provider who was asked, where that is known
   */
  readonly response: (answer: Fields, provider?: string) => ShapeAnswer | undefined;
  /** Where the stream is, when it is not the whole of what is returned. */
  readonly stream?: (returned: Fields) => unknown;
  /** Notes what one chunk of a stream says; `false` when it is none of this provider's. */
  readonly chunk?: (seen: Seen, chunk: Fields) => boolean;
  /** What a chunk adds to the text. */
  readonly text?: (chunk: Fields) => string | undefined;
  /** What went in, for captured content. */
  readonly input?: (call: ShapeCall, reading: MessagesReading) => RunContent;
  /** The choices of a whole answer. */
  readonly choices?: (answer: Fields) => readonly Choice[];
}

/** Of embeddings, only input tokens are known. */
export interface ShapeAnswer extends ModelResponse {
  /** Who has answered, where the answer itself says so. @default the shape's `providerName` */
  readonly provider?: string | undefined;
  readonly embeddings?: boolean;
}

/** One answer: a message in any form, and why it ended. */
export interface Choice {
  readonly message: Fields;
  readonly finishReason?: string | undefined;
}
