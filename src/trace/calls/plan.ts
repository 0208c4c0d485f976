import type { Attributes } from "@opentelemetry/api";

import type { Shape } from "../shapes/shape.ts";

/** What a traced call is, so to speak: it decides on the span's name, its attributes and its metrics. */
export type CallKind = "agent" | "llm" | "tool" | "retrieval" | "gate" | "infra" | "trace";

/** What is known of a call before it is made. */
export interface CallPlan {
  readonly kind: CallKind;
  readonly name: string;
  /** @default by kind */
  readonly spanName?: string | undefined;
  readonly attributes?: Attributes | undefined;
  readonly agentName?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly description?: string | undefined;
  /** Something else does the work. */
  readonly outside?: boolean | undefined;
  /** The provider's client whose method it is. */
  readonly client?: ClientMethod | undefined;
}

/** A method of a provider's client. */
export interface ClientMethod {
  readonly shape: Shape;
  readonly client: object;
  /** The method's path from the client on. */
  readonly path: string;
}
