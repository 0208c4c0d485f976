import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { type Attributes, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";

import { type ContextServer, keysIn, startContextServer } from "./context-server.ts";

/**
 * Something that an application does with LangChain, and where its requests and its own spans belong. The same are played
 * here and, as a program, by applications with other versions.
 */
export interface Scenario {
  readonly name: string;
  /** Core 0.3 has no such thing. */
  readonly isNew?: boolean;
  run(stage: Stage): Promise<unknown>;
  /**
   * For every request and every span of the application's, the spans from the outermost to itself: "execute_tool search #a
   * > GET #a". A span is called by its name and, where LangChain tells it, by the key of its run: then it is the very
   * run that asked, and not another one like it.
   */
  readonly expected: readonly string[];
  /** The same where core 0.3 calls something otherwise. */
  readonly expectedOld?: readonly string[];
}

/** What a scenario has. Whatever does something names the key of what it does, "#a". */
export interface Stage {
  /** A chat model, over real HTTP. */
  model(options?: object): ChatOpenAI;
  embeddings(): OpenAIEmbeddings;
  /** Sends a request. @param run what LangChain gave to the function that is running: it tells which run that is */
  get(key: string, run?: unknown): Promise<string>;
  /** Opens a span of the application's, and runs `fn` in it. @param run as for `get` */
  span<T>(key: string, fn: () => Promise<T>, run?: unknown): Promise<T>;
  /** Runs `fn` where no span is active: all that it does starts traces of its own. */
  outside<T>(fn: () => Promise<T>): Promise<T>;
}

/** A span that has ended, of SDK 2 or 3. */
export interface EndedSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly instrumentationScope: { readonly name: string };
  readonly parentSpanContext?: { readonly spanId: string } | undefined;
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

/** Plays scenarios. Instrumentations are the caller's business. */
export class Theatre {
  readonly #server: ContextServer;
  readonly #spans: () => readonly EndedSpan[];

  private constructor(server: ContextServer, spans: () => readonly EndedSpan[]) {
    this.#server = server;
    this.#spans = spans;
  }

  /** @param spans answers what has ended since the scenario began */
  static async open(spans: () => readonly EndedSpan[]): Promise<Theatre> {
    return new Theatre(await startContextServer(), spans);
  }

  /** Plays a scenario in a span of the application's, which asks for "#after" in the end. Answers its paths, sorted. */
  async play(scenario: Scenario): Promise<string[]> {
    this.#server.requests.length = 0;
    const keys = new Map<string, string>();
    const stage = stageOn(this.#server.url, keys);
    await tracer().startActiveSpan(ROOT, async (root) => {
      await scenario.run(stage);
      await stage.get("#after");
      root.end();
    });
    const spans = await this.#ended();
    return [...this.#requests(spans), ...spans.filter(isApplications)]
      .filter(({ name }) => name !== ROOT)
      .map((span) => pathOf(span, spans, this.#labels(spans, keys)))
      .toSorted();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Some spans end a moment after the application has its answer. */
  async #ended(): Promise<readonly EndedSpan[]> {
    for (let turn = 0; turn < TURNS; turn++) {
      const spans = this.#spans();
      const ids = new Set(spans.map(idOf));
      const parents = spans.map((span) => parentOf(span)).filter((id) => id !== undefined);
      const requests = this.#server.requests.map(requestId);
      if ([...parents, ...requests].every((id) => ids.has(id))) return spans;
      await new Promise((resolve) => void setTimeout(resolve, 5));
    }
    return this.#spans();
  }

  /** By what the server was sent: a request that nobody traced is in no span. */
  #requests(spans: readonly EndedSpan[]): readonly EndedSpan[] {
    return this.#server.requests.map((request) => {
      const sent = spans.find((span) => idOf(span) === requestId(request));
      return sent ?? untraced(`${request.method} ${request.key} without a span`);
    });
  }

  #labels(spans: readonly EndedSpan[], keys: ReadonlyMap<string, string>): Map<string, string> {
    const sent = new Map(this.#server.requests.map((each) => [requestId(each), each.key]));
    return new Map(
      spans.map((span) => {
        const { name, attributes } = span;
        const [answered] = keysIn(attributes["gen_ai.response.id"]);
        const key =
          sent.get(idOf(span)) ?? answered ?? keys.get(String(attributes["langchain.run.id"]));
        return [idOf(span), key === undefined ? name : `${name} ${key}`];
      }),
    );
  }
}

/** A model call and its request. */
export function call(key: string): string {
  return `gen_ai.chat ${key} > POST ${key}`;
}

/** Reads to the end, and does something meanwhile. */
export async function drain(
  stream: AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>,
  meanwhile?: () => Promise<unknown>,
): Promise<void> {
  let done = meanwhile;
  // Streams of events can be awaited too, for their result.
  for await (const _ of Symbol.asyncIterator in stream ? stream : await stream) {
    await done?.();
    done = undefined;
  }
}

/** Reads several streams to their ends, a step of each at a time. */
export async function inTurns(...streams: readonly AsyncIterable<unknown>[]): Promise<void> {
  const open = new Set(streams.map((stream) => stream[Symbol.asyncIterator]()));
  while (open.size > 0) {
    for (const reader of open) if ((await reader.next()).done === true) open.delete(reader);
  }
}

// --- internal ---

const APPLICATION = "application";
const ROOT = "root of the scenario";
const TURNS = 400;

function tracer(): ReturnType<typeof trace.getTracer> {
  return trace.getTracer(APPLICATION);
}

/** @param keys of runs, by their ids */
function stageOn(url: string, keys: Map<string, string>): Stage {
  const apiKey = ["sk", "test"].join("-");
  const configuration = { baseURL: `${url}/v1` };
  const note = (key: string, run: unknown): void => {
    const id = runIdOf(run);
    if (id !== undefined) keys.set(id, key);
  };
  return {
    model: (options) =>
      new ChatOpenAI({ model: "gpt-5.4-mini", apiKey, maxRetries: 0, configuration, ...options }),
    embeddings: () =>
      new OpenAIEmbeddings({ model: "small", apiKey, maxRetries: 0, configuration }),
    async get(key, run) {
      note(key, run);
      const response = await fetch(`${url}/${encodeURIComponent(key)}`);
      return response.text();
    },
    async span(key, fn, run) {
      note(key, run);
      return tracer().startActiveSpan(`span ${key}`, async (span) => {
        try {
          return await fn();
        } finally {
          span.end();
        }
      });
    },
    outside: (fn) => context.with(ROOT_CONTEXT, fn),
  };
}

/** Of the config that functions get, or of the run manager that methods get. */
function runIdOf(run: unknown): string | undefined {
  const given = run as
    | { runId?: string; callbacks?: { getParentRunId?: () => string | undefined } }
    | undefined;
  return given?.runId ?? given?.callbacks?.getParentRunId?.();
}

function isApplications({ instrumentationScope }: EndedSpan): boolean {
  return instrumentationScope.name === APPLICATION;
}

function idOf(span: EndedSpan): string {
  const { traceId, spanId } = span.spanContext();
  return `${traceId}-${spanId}`;
}

function parentOf(span: EndedSpan): string | undefined {
  const parent = span.parentSpanContext?.spanId;
  return parent === undefined ? undefined : `${span.spanContext().traceId}-${parent}`;
}

function requestId(request: ContextServer["requests"][number]): string {
  return `${request.traceId}-${request.spanId}`;
}

function untraced(name: string): EndedSpan {
  return {
    name,
    attributes: {},
    instrumentationScope: { name: "none" },
    spanContext: () => ({ traceId: "", spanId: "" }),
  };
}

/** From the outermost span below the scenario's own; what is not below that says so. */
function pathOf(
  span: EndedSpan,
  spans: readonly EndedSpan[],
  labels: ReadonlyMap<string, string>,
): string {
  if (span.name === ROOT) return "";
  const label = labels.get(idOf(span)) ?? span.name;
  const id = parentOf(span);
  const parent = id === undefined ? undefined : spans.find((each) => idOf(each) === id);
  if (parent === undefined) return `outside > ${label}`;
  const above = pathOf(parent, spans, labels);
  return above === "" ? label : `${above} > ${label}`;
}
