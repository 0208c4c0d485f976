import type { Attributes } from "@opentelemetry/api";

import { OPENINFERENCE, OPENINFERENCE_ITEM } from "../../semconv/openinference.ts";
import { membersOf } from "./plain.ts";

/** The tools that a model was told of, as many as there is room for, each "in the OpenAI tool calling format". */
export function toolAttributes(definitions: readonly unknown[], room: number): Attributes {
  const attributes: Attributes = {};
  for (const [at, definition] of definitions.slice(0, Math.max(0, room)).entries()) {
    const name = `${OPENINFERENCE.llmTools}${at}${OPENINFERENCE_ITEM.jsonSchema}`;
    const { type, ...tool } = membersOf(definition);
    attributes[name] = JSON.stringify(type === "function" ? { type, function: tool } : definition);
  }
  return attributes;
}
