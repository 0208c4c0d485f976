import type { Attributes } from "@opentelemetry/api";

import { badOption } from "../bad-option.ts";
import type { CallKind } from "./calls/plan.ts";

/** What is said of all calls of a traced function. */
export interface TracedOptions {
  /** Of the agent, the tool, the source that is searched, or the work. @default the function's own name */
  readonly name?: string | undefined;
  /** What the span says beside its name. */
  readonly attributes?: Attributes | undefined;
  /** The agent that the call belongs to. @default the one inside of which it is made; of an agent, its `name` */
  readonly agentName?: string | undefined;
  /** @default that of what is around it */
  readonly conversationId?: string | undefined;
  /** Of a model: the value of `gen_ai.provider.name`. @default what the arguments or the answer tell */
  readonly provider?: string | undefined;
  /** Of a model: what is asked for. @default what the arguments tell */
  readonly model?: string | undefined;
  /** Of a tool: what it is for. */
  readonly description?: string | undefined;
}

/** What is said of the methods of a wrapped object. */
export interface WrapOptions extends TracedOptions {
  /** Spans are called `{name}.{method}`. @default the name of the object's class; of models, the span's usual name */
  readonly name?: string | undefined;
  /** What the methods are. @default "infra" */
  readonly kind?: CallKind | undefined;
  /** The methods that are traced, by name, or by path for those of an object inside (`chat.completions.create`). @default all, of a provider's client those that ask a model */
  readonly include?: readonly (string | RegExp)[] | undefined;
  /** Methods that are not traced. */
  readonly exclude?: readonly (string | RegExp)[] | undefined;
}

/** @throws TypeError for a kind that there is not */
export function checkedKind(kind: CallKind): CallKind {
  if (!KINDS.includes(kind)) {
    throw badOption("kind", `one of ${KINDS.map((each) => `"${each}"`).join(", ")}`, kind);
  }
  return kind;
}

/** @throws TypeError for an option that there is not, or a wrong value */
export function checkedTraced(options: TracedOptions): TracedOptions {
  return checked(options, TRACED_OPTIONS);
}

/** @throws TypeError for an option that there is not, or a wrong value */
export function checkedWrap(options: WrapOptions): WrapOptions {
  return checked(options, [...TRACED_OPTIONS, "kind", "include", "exclude"]);
}

// --- internal ---

const KINDS: readonly CallKind[] = ["agent", "llm", "tool", "retrieval", "gate", "infra", "trace"];

const TRACED_OPTIONS = [
  "name",
  "attributes",
  "agentName",
  "conversationId",
  "provider",
  "model",
  "description",
];

function checked<O extends object>(options: O, known: readonly string[]): O {
  if (typeof options !== "object" || options === null)
    throw badOption("options", "an object", options);
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    if (!known.includes(key))
      throw new TypeError(`There is no option \`${key}\`. The options are ${known.join(", ")}`);
    if (value === undefined || key === "kind") continue;
    if (key === "attributes") {
      if (typeof value !== "object" || value === null) throw badOption(key, "an object", value);
    } else if (key === "include" || key === "exclude") {
      const isList =
        Array.isArray(value) &&
        value.every((each) => typeof each === "string" || each instanceof RegExp);
      if (!isList) throw badOption(key, "an array of strings and RegExps", value);
    } else if (typeof value !== "string" || value === "") {
      throw badOption(key, "a non-empty string", value);
    }
  }
  return options;
}
