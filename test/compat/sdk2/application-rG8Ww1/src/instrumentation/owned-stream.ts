import { type Context, context } from "@opentelemetry/api";

import type { OpenRun } from "../langchain/open-run.ts";
import { type RunHolder, withHolder } from "../langchain/run-holder.ts";
import { isAsyncGenerator } from "./bind-generator.ts";

/**
 * A stream of LangChain's, as its run's holder sees it: the run starts with the stream's first step and is found in the
 * holder. It ends when the reader leaves the stream, or forgets it, or it is aborted while nobody reads, of which no
 * callback tells.
 *
 * @param isPumped its reader takes everything at once, whoever reads that
 */
export function ownedStream(
  made: unknown,
  holder: RunHolder,
  { isPumped = false }: { readonly isPumped?: boolean } = {},
): unknown {
  if (!isAsyncGenerator(made)) return made;
  const owned = new OwnedStream(holder, isPumped);
  override(made, "next", (next, values) => owned.step(() => next(...values)));
  override(made, "return", (end, values) =>
    // A reader that failed reports its error right after it has closed the stream; that says more.
    end(...values).finally(() => void afterMicrotasks(2).then(() => owned.leave())),
  );
  forgotten.register(made, owned);
  return made;
}

// --- internal ---

/** What is known of a stream; never the stream itself: then nobody would ever forget it. */
class OwnedStream {
  readonly #holder: RunHolder;
  readonly #isPumped: boolean;
  #taken = 0;
  #steps = 0;
  #begun = false;
  #open = true;
  #orphaned = false;

  constructor(holder: RunHolder, isPumped: boolean) {
    this.#holder = holder;
    this.#isPumped = isPumped;
  }

  async step(take: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    this.#steps += 1;
    this.#taken += 1;
    try {
      const result = await this.#inHolder(take);
      this.#steps -= 1;
      if (result.done === true) this.#close();
      else this.#rest();
      return result;
    } catch (error) {
      this.#steps -= 1;
      this.#close();
      // LangChain has told of it, if it does at all.
      this.#holder.run?.fail(error);
      this.#orphanStreamsBelow();
      throw error;
    }
  }

  leave(): void {
    this.#close();
    this.#holder.run?.leave();
    this.#orphanStreamsBelow();
  }

  forget(): void {
    this.#close();
    this.#holder.run?.abandon();
  }

  /** The body begins at the first step; from then on the holder would only be in the way. */
  #inHolder(take: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    if (this.#begun) return take();
    this.#begun = true;
    this.#holder.signal?.addEventListener("abort", this.#onAbort, { once: true });
    return context.with(held(this.#holder), take);
  }

  /** Between two steps: nothing happens until somebody reads on, and perhaps nobody will. */
  #rest(): void {
    const { run, signal } = this.#holder;
    if (this.#open && run?.parent !== undefined) streamsBelow(run.parent).add(this);
    if (signal?.aborted === true) this.#onAbort();
    if (this.#orphaned) this.leave();
    else if (this.#isPumped) this.#leaveUnlessTaken();
  }

  /** A pump whose own reader has left stops, and tells nobody. */
  #leaveUnlessTaken(): void {
    const taken = this.#taken;
    setImmediate(() => {
      if (this.#open && this.#taken === taken) this.leave();
    });
  }

  /** Under way, it will be told of the abort by LangChain; LangChain's word, where it comes, is the better one. */
  readonly #onAbort = (): void => {
    if (this.#steps > 0) return;
    setTimeout(() => {
      this.#close();
      this.#holder.run?.fail(this.#holder.signal?.reason);
    }, 0);
  };

  /** What read it is gone. LangChain does not close all streams that it has opened. */
  #orphan(): void {
    this.#orphaned = true;
    if (this.#steps === 0) this.leave();
  }

  #orphanStreamsBelow(): void {
    const { run } = this.#holder;
    if (run !== undefined) for (const stream of below.get(run) ?? []) stream.#orphan();
  }

  #close(): void {
    this.#open = false;
    const { run, signal } = this.#holder;
    signal?.removeEventListener("abort", this.#onAbort);
    if (run?.parent !== undefined) below.get(run.parent)?.delete(this);
  }
}

const forgotten = new FinalizationRegistry<OwnedStream>((stream) => stream.forget());

/** The open streams directly below a run. */
const below = new WeakMap<OpenRun, Set<OwnedStream>>();

function streamsBelow(run: OpenRun): Set<OwnedStream> {
  const known = below.get(run);
  if (known !== undefined) return known;
  const made = new Set<OwnedStream>();
  below.set(run, made);
  return made;
}

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
