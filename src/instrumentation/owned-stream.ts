import { type Context, context } from "@opentelemetry/api";

import { type RunHolder, withHolder } from "../langchain/run-holder.ts";
import { isAsyncGenerator } from "./bind-generator.ts";

/**
 * A stream of LangChain's, as its run's holder sees it: the run starts with the stream's first step and is found in the
 * holder; when the reader leaves the stream, or forgets it, the run ends, of which no callback tells.
 */
export function ownedStream(made: unknown, holder: RunHolder): unknown {
  if (!isAsyncGenerator(made)) return made;
  override(made, "next", (next, values) => {
    // The body begins at the first step; from then on the holder would only be in the way.
    Reflect.deleteProperty(made, "next");
    return context.with(held(holder), () => next(...values));
  });
  override(made, "return", (end, values) => {
    const returned = end(...values);
    // A reader that failed reports its error right after it has closed the stream; that says more.
    return returned.finally(() => void afterMicrotasks(2).then(() => holder.run?.leave()));
  });
  forgotten.register(made, holder);
  return made;
}

// --- internal ---

/** The holder must not hold its stream: then nobody would ever forget it. */
const forgotten = new FinalizationRegistry<RunHolder>((holder) => holder.run?.abandon());

function held(holder: RunHolder): Context {
  return withHolder(context.active(), holder);
}

type Step = (...values: [unknown?]) => Promise<IteratorResult<unknown>>;

function override(
  generator: AsyncGenerator<unknown, unknown, unknown>,
  name: "next" | "return",
  replacement: (original: Step, values: [unknown?]) => Promise<IteratorResult<unknown>>,
): void {
  const original = (generator[name] as Step).bind(generator);
  Object.defineProperty(generator, name, {
    configurable: true,
    value: (...values: [unknown?]) => replacement(original, values),
  });
}

async function afterMicrotasks(count: number): Promise<void> {
  for (let hop = 0; hop < count; hop++) await undefined;
}
