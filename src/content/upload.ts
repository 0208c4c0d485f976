/** Captured content that is too long for a span. */
export interface UploadedContent {
  /** A name for it that no other content has: `{trace id}/{span id}/{attribute}.json`. */
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** The attribute that it would have been, such as `gen_ai.input.messages`. */
  readonly attribute: string;
  /** JSON text, redacted. */
  readonly content: string;
  readonly contentType: "application/json";
}

/**
 * Takes content somewhere else. What it answers is the reference that the span keeps; without an answer, or with a
 * promise, which the span cannot wait for, the reference is the `name`.
 */
export type Upload = (content: UploadedContent) => string | void | Promise<unknown>;

/** Answers the reference, or `undefined` when the content could not be taken. */
export type Uploader = (content: UploadedContent) => string | undefined;
