import { type SpanStatus, SpanStatusCode } from "@opentelemetry/api";

import type {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_TYPE,
} from "../semconv/stable.ts";
import { Guard } from "../telemetry/guard.ts";
import { ProviderSource } from "../telemetry/provider-source.ts";
import { type BenignErrorSpanProcessorOptions, resolveBenignOptions } from "./benign-options.ts";
import { DowngradeCounter } from "./downgrade-counter.ts";
import { EndingSpans } from "./ending-spans.ts";
import type { CompiledRule, ExceptionPath } from "./rule.ts";

/**
 * What the processor reads and writes of the SDK's span. The SDK declares `status` read-only; it is a plain property,
 * and to assign it is the only way back from ERROR, since `setStatus` ignores UNSET.
 */
export interface EndingSpan extends ExceptionPath {
  status: SpanStatus;
  readonly events: readonly {
    readonly name: string;
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  }[];
  readonly droppedEventsCount: number;
}

/**
 * A SpanProcessor that takes the red off spans whose errors are known control flow: a graph that pauses for a person,
 * a request that the user aborted, a queue that was shut down. Such a span's status goes from ERROR to UNSET (never to
 * OK) and its `error.type` goes. Everything else is left as it is: a span with one real exception among benign ones,
 * and a span that is ERROR without a recorded exception.
 *
 * Stands beside the exporting processor in `spanProcessors`, in any order, with OpenTelemetry SDK 2.3 and later. SDK
 * 2.0 to 2.2 do not tell processors that a span is about to end: there it must stand before the exporting one, and it
 * says so once through `diag`.
 *
 * It sees spans of its own process only. What it did is counted by `langchain.spans.downgraded` ({span}) with the
 * attribute `rule`: the rule that matched the span's first exception.
 *
 * ```ts
 * new NodeSDK({ spanProcessors: [new BenignErrorSpanProcessor(), new BatchSpanProcessor({ exporter })] });
 * ```
 */
export class BenignErrorSpanProcessor {
  readonly #rules: readonly CompiledRule[];
  readonly #counter: DowngradeCounter;
  readonly #guard = new Guard();
  readonly #ending = new EndingSpans(GUARDED);

  /** @throws TypeError for an unknown option, a wrong value, or a rule that is malformed or has a name twice */
  constructor(options: BenignErrorSpanProcessorOptions = {}) {
    const { rules, meterProvider, metricPrefix } = resolveBenignOptions(options);
    const source = new ProviderSource({ meterProvider });
    this.#rules = rules;
    this.#counter = new DowngradeCounter(() => source.meter(), metricPrefix);
  }

  onStart(): void {}

  /** SDK 2.3 and later: the span can still be changed, and no processor has exported it. */
  onEnding(span: EndingSpan): void {
    this.#guard.run(GUARDED, () => {
      this.#ending.ending(span);
      this.#downgradeIfBenign(span);
    });
  }

  onEnd(span: EndingSpan): void {
    this.#guard.run(GUARDED, () => {
      this.#ending.ended(span, () => this.#downgradeIfBenign(span));
    });
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #downgradeIfBenign(span: EndingSpan): void {
    const rule = benignRule(span, this.#rules);
    if (rule === undefined) return;
    downgrade(span);
    this.#guard.run(`counting in ${GUARDED}`, () => this.#counter.add(rule.name));
  }
}

// --- internal ---

const GUARDED = "BenignErrorSpanProcessor";

// Typed by the package that names them, but not loaded: this entry point needs the API and nothing else.
const ERROR_TYPE: typeof ATTR_ERROR_TYPE = "error.type";
const EXCEPTION_TYPE: typeof ATTR_EXCEPTION_TYPE = "exception.type";
const EXCEPTION_MESSAGE: typeof ATTR_EXCEPTION_MESSAGE = "exception.message";
/** The span event of an exception, as the specification calls it. */
const EXCEPTION_EVENT = "exception";

/** The rule that matches the first exception, when every exception has a rule; `undefined` means hands off. */
function benignRule(span: EndingSpan, rules: readonly CompiledRule[]): CompiledRule | undefined {
  if (span.status.code !== SpanStatusCode.ERROR) return undefined;
  // A real exception may be among the events that the SDK dropped because there were too many.
  if (span.droppedEventsCount > 0) return undefined;
  let first: CompiledRule | undefined;
  for (const { name, attributes = {} } of span.events) {
    if (name !== EXCEPTION_EVENT) continue;
    const matching = rules.find((rule) =>
      rule.matches(span, attributes[EXCEPTION_TYPE], attributes[EXCEPTION_MESSAGE]),
    );
    if (matching === undefined) return undefined;
    first ??= matching;
  }
  return first;
}

/** Both or neither: UNSET with an `error.type` would count as an error in some back ends and not in others. */
function downgrade(span: EndingSpan): void {
  const before = span.status;
  span.status = { code: SpanStatusCode.UNSET };
  if (Reflect.deleteProperty(span.attributes, ERROR_TYPE)) return;
  span.status = before;
  throw new TypeError("The span's attributes cannot be changed");
}
