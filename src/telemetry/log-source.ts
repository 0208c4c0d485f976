import * as api from "@opentelemetry/api";
import type { Attributes, Context, HrTime } from "@opentelemetry/api";

import { VERSION } from "../version.ts";

/** A log record of ours, which both lines of the logs API take. */
export interface EventRecord {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly timestamp: HrTime;
  readonly context: Context;
  /** Values may be structured: lists and objects of any depth. */
  readonly attributes: Readonly<Record<string, unknown>> & Attributes;
}

/**
 * Gives the logger of now. The logs API is part of `@opentelemetry/api` since 1.10 (SDK 3); before, it is
 * `@opentelemetry/api-logs`, which the application may not have. Both keep their provider at one place in the global
 * object, so that neither has to be loaded.
 */
export class LogSource {
  readonly #given: LoggerProvider | undefined;
  #set: LoggerProvider | undefined;
  #logger: { provider: LoggerProvider; logger: Logger } | undefined;

  constructor(given: object | undefined) {
    this.#given = given as LoggerProvider | undefined;
  }

  /** Tells of a provider, as `registerInstrumentations` does, with no-op ones too: those mean "the global". */
  setLoggerProvider(provider: object): void {
    const { name } = provider.constructor;
    const isGlobal = provider === globalProvider() || /^(?:Noop|Proxy)/.test(name);
    this.#set = isGlobal ? undefined : (provider as LoggerProvider);
  }

  /** Whether there is anybody who takes events. */
  isHeard(): boolean {
    const logger = this.#current();
    return logger !== undefined && logger.enabled?.({ severityNumber: 5 }) !== false;
  }

  emit(record: EventRecord): void {
    this.#current()?.emit(record);
  }

  #current(): Logger | undefined {
    const provider = this.#given ?? this.#set ?? globalProvider();
    if (provider === undefined) return undefined;
    if (this.#logger?.provider !== provider)
      this.#logger = { provider, logger: provider.getLogger("langchain-otel", VERSION) };
    return this.#logger.logger;
  }
}

// --- internal ---

interface Logger {
  emit(record: EventRecord): void;
  enabled?(options: { readonly severityNumber: number }): boolean;
}

interface LoggerProvider {
  getLogger(name: string, version: string): Logger;
}

/** https://github.com/open-telemetry/opentelemetry-js: `GLOBAL_LOGS_API_KEY`, and the API version that it is asked with */
const KEY = Symbol.for("io.opentelemetry.js.api.logs");
const API_VERSION = 1;

function globalProvider(): LoggerProvider | undefined {
  const { logs } = api as { logs?: { getLoggerProvider(): LoggerProvider } };
  if (logs !== undefined) return logs.getLoggerProvider();
  const provider = (globalThis as Record<symbol, unknown>)[KEY];
  return typeof provider === "function"
    ? (provider as (version: number) => LoggerProvider | undefined)(API_VERSION)
    : undefined;
}
