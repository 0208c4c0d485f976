import { badOption } from "../bad-option.ts";
import type { CallKind, CallPlan } from "./calls/plan.ts";
import { tracedCall } from "./calls/traced-call.ts";
import { isTraced, mark } from "./marks.ts";
import { checkedKind, checkedTraced, type TracedOptions } from "./options.ts";

/** Any function, or a class, whose span is round the making of each instance. */
export type AnyFunction =
  | ((...args: never[]) => unknown)
  | (abstract new (...args: never[]) => unknown);

/** A decorator of methods, also of static and private ones. */
export type TracedDecorator = <This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
) => (this: This, ...args: Args) => Result;

/**
 * Gives back the function with a span round each of its calls; without a function, a decorator of methods.
 *
 * | kind | span |
 * | --- | --- |
 * | `agent` | `invoke_agent {name}`, with the tokens of all models that are called inside |
 * | `llm` | `gen_ai.chat` (CLIENT), or what else is asked of the model, with model, provider and tokens |
 * | `tool` | `execute_tool {name}` |
 * | `retrieval` | `retrieval {name}` (CLIENT) |
 * | `gate` | `gate {name}`, with the verdict that the function returns |
 * | `infra`, `trace` | `{name}` |
 *
 * The function stays what it is: `this`, `name`, `length`, its own properties, and what it returns or throws. The span
 * ends with what is returned: a promise when it settles, a generator or a stream when it has been read, is left or is
 * forgotten. What runs inside is below it, LangChain's runs too, and belongs to its agent and its conversation; inside of
 * one of LangChain's runs it is below that. Of a model, what the arguments tell (the model, and who it is of) is there
 * from the start, and stays when the call fails; what the answer tells comes when it ends: raw answers and streams of the
 * packages of OpenAI, Anthropic, Google, Amazon Bedrock, Cohere and Mistral are read, and LangChain's messages.
 *
 * The spans are those of the instrumentation where one is attached; without, the options are the environment's. What is
 * traced already is returned as it is.
 *
 * @param options a string is the name
 * @throws TypeError for an unknown kind or option, or a wrong value
 *
 * @example
 * const search = traced("tool", "search", async (query: string) => index.search(query));
 *
 * @example
 * class Support {
 *   @traced("agent", { name: "support" })
 *   async answer(question: string) { … }
 * }
 */
export function traced<F extends AnyFunction>(kind: CallKind, fn: F): F;
export function traced<F extends AnyFunction>(
  kind: CallKind,
  options: TracedOptions | string | undefined,
  fn: F,
): F;
export function traced(kind: CallKind, options?: TracedOptions | string): TracedDecorator;
export function traced<F extends AnyFunction>(
  kind: CallKind,
  second?: TracedOptions | string | F,
  fn?: F,
): F | TracedDecorator {
  checkedKind(kind);
  const given = typeof second === "function" ? {} : second;
  const options = checkedTraced(typeof given === "string" ? { name: given } : (given ?? {}));
  const own = typeof second === "function" ? second : fn;
  if (own !== undefined) return tracedFunction(kind, options, own);
  return decorator(kind, options);
}

// --- internal ---

function decorator(kind: CallKind, options: TracedOptions): TracedDecorator {
  return (method, context) => {
    // Decorators of older TypeScript get the member's name here.
    const decorated = (context as { readonly kind?: unknown } | undefined)?.kind;
    if (decorated !== "method")
      throw new TypeError(`traced() decorates methods, not a ${String(decorated ?? "member")}`);
    return tracedFunction(kind, { name: nameOf(context.name), ...options }, method);
  };
}

function tracedFunction<F extends AnyFunction>(kind: CallKind, options: TracedOptions, fn: F): F {
  if (typeof fn !== "function") throw badOption("fn", "a function", fn);
  if (isTraced(fn)) return fn;
  const name = (options.name ?? (nameOf(fn.name) || kind)).slice(0, 128);
  const plan: CallPlan = { ...options, kind, name };
  // Not a function of ours: name, length, prototype and properties are the function's own.
  return mark(
    new Proxy(fn, {
      apply: (target, self, args: unknown[]) =>
        tracedCall(plan, args, () => Reflect.apply(target, self, args)),
      construct: (target, args: unknown[], newTarget) =>
        tracedCall(plan, args, () => Reflect.construct(target, args, newTarget)) as object,
    }),
  );
}

/** Of a private method without its hash. */
function nameOf(name: string | symbol): string {
  return (typeof name === "symbol" ? (name.description ?? "") : name).replace(/^#/, "");
}
