import { badOption } from "../bad-option.ts";
import { isTraced } from "./marks.ts";
import { checkedKind, checkedWrap, type WrapOptions } from "./options.ts";
import { shapeOfClient } from "./shapes/index.ts";
import { wrapperOf } from "./wrapper/wrapper.ts";

/**
 * Gives back an object whose methods have a span `{name}.{method}` each: a client of a database, of a cache, of a model's
 * provider. For `infra` it is a CLIENT span, else as that of `traced()`.
 *
 * The object itself is not touched. What comes back passes for it: `instanceof`, private members, getters and setters
 * work, properties are the object's own, methods that return the object return the wrapper. What a method does by calling
 * another of the same object is part of its span. A pipeline that a method returns (`redis.multi().get("a").exec()`) has
 * a span for `exec`. An object that is wrapped already keeps its first wrapper. Methods of event emitters, and those whose
 * name starts with `_`, are traced only when they are named in `include`.
 *
 * Of a raw client of OpenAI, Anthropic, Google, Amazon Bedrock, Cohere or Mistral, `kind: "llm"` traces the methods that
 * ask a model, wherever in it they stand: `chat.completions.create`, `messages.create`, `models.generateContent`, `send`…
 * Without a `name` the spans are called as LangChain's.
 *
 * @throws TypeError for anything but an object or a function, for an unknown option or a wrong value
 *
 * @example
 * const redis = wrap(createClient(), { name: "redis" });
 * const openai = wrap(new OpenAI(), { kind: "llm" });
 */
export function wrap<T extends object>(object: T, options: WrapOptions = {}): T {
  if ((typeof object !== "object" && typeof object !== "function") || object === null)
    throw badOption("object", "an object or a function", object);
  const { kind = "infra" } = checkedWrap(options);
  checkedKind(kind);
  if (isTraced(object)) return object;
  const shape = kind === "llm" ? shapeOfClient(object) : undefined;
  return wrapperOf(object, { ...options, kind, shape });
}
