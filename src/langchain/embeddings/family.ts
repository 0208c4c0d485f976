import type { Fields } from "../read.ts";

/** What one answer of a provider's says beside the vectors. */
export interface EmbeddingsAnswer {
  /** Tokens as the provider counted them; absent is unknown. */
  readonly inputTokens?: number | undefined;
  readonly model?: string | undefined;
}

/**
 * What is particular to the embeddings classes of one provider. To add one, write such an object in a file of its own
 * and name it in `index.ts`. LangChain has no callbacks here and returns vectors only, so everything is read from the
 * object and from the provider's answers as they pass.
 */
export interface EmbeddingsFamily {
  /** Classes that mean it; their subclasses do too. */
  readonly classNames: readonly string[];
  /** The value of `gen_ai.provider.name`. */
  readonly providerName: (embeddings: Fields) => string;
  /** @default the object's `model`, then its `modelName` */
  readonly model?: (embeddings: Fields) => string | undefined;
  /** Base address of the requests, as a URL or `host[:port]`. */
  readonly endpoint?: (embeddings: Fields) => string | undefined;
  /** How many numbers a vector shall have, where that was asked for. @default the object's `dimensions` */
  readonly dimensions?: (embeddings: Fields) => unknown;
  /** In which forms the vectors were asked for. */
  readonly encodingFormats?: (embeddings: Fields) => unknown;
  /** Reads an answer. Absent where the provider says nothing but the vectors. */
  readonly answer?: (answer: Fields) => EmbeddingsAnswer;
  /** What the requests go through. @default the object's `client` */
  readonly client?: (embeddings: Fields) => unknown;
  /**
   * Methods of the client that return the provider's answer, where the class has no `embeddingWithRetry`
   * that does.
   */
  readonly clientMethods?: readonly string[];
}
