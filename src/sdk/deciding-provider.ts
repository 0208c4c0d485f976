import {
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

/**
 * A tracer provider that has something decided when the first span is about to be started, and not before: whether the
 * application has started an SDK by then. Spans come from the provider that is the global one afterwards.
 */
export class DecidingTracerProvider implements TracerProvider {
  readonly #decide: () => void;

  /** @param decide called before every span, so it has to be cheap once it is done */
  constructor(decide: () => void) {
    this.#decide = decide;
  }

  getTracer(...scope: TracerScope): Tracer {
    return new DecidingTracer(this.#decide, scope);
  }
}

// --- internal ---

type TracerScope = Parameters<TracerProvider["getTracer"]>;

class DecidingTracer implements Tracer {
  readonly #decide: () => void;
  readonly #scope: TracerScope;
  #last: { readonly provider: TracerProvider; readonly tracer: Tracer } | undefined;

  constructor(decide: () => void, scope: TracerScope) {
    this.#decide = decide;
    this.#scope = scope;
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    return this.#tracer().startSpan(name, options, context);
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: unknown[]
  ): ReturnType<F> {
    const tracer = this.#tracer();
    return Reflect.apply(tracer.startActiveSpan, tracer, [name, ...rest]) as ReturnType<F>;
  }

  /** Asked for again when the global provider is another one: an SDK can be shut down and started again. */
  #tracer(): Tracer {
    this.#decide();
    const provider = trace.getTracerProvider();
    if (this.#last?.provider !== provider)
      this.#last = { provider, tracer: provider.getTracer(...this.#scope) };
    return this.#last.tracer;
  }
}
