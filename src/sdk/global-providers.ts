import * as api from "@opentelemetry/api";

import { type ApiKind, isRegistered } from "../telemetry/api-globals.ts";
import type { LoadedSdk } from "./load-sdk.ts";

/** What is registered with the API, to be flushed and, when it is ours, taken back. */
export class GlobalProviders {
  readonly #sdk: LoadedSdk | undefined;
  readonly #before: ReadonlySet<ApiKind>;

  /** Remembers what is registered already: that is not ours. */
  constructor(sdk?: LoadedSdk) {
    this.#sdk = sdk;
    this.#before = new Set(KINDS.filter(isRegistered));
  }

  isForeign(kind: ApiKind): boolean {
    return this.#before.has(kind);
  }

  /** Sends what waits to be sent. Never rejects: a receiver that is away is reported through `diag`. */
  async forceFlush(): Promise<void> {
    await Promise.all([
      this.flushSpans(),
      flush("metrics", api.metrics.getMeterProvider()),
      flush("logs", this.#logs()?.getLoggerProvider()),
    ]);
  }

  /** As `forceFlush`, of spans alone. */
  async flushSpans(): Promise<void> {
    const provider = api.trace.getTracerProvider() as { getDelegate?: () => unknown };
    await flush("spans", provider.getDelegate?.() ?? provider);
  }

  /** Takes back what was registered after this object was made, so that another SDK can be started. */
  unregister(): void {
    if (!this.isForeign("trace")) api.trace.disable();
    if (!this.isForeign("metrics")) api.metrics.disable();
    if (!this.isForeign("propagation")) api.propagation.disable();
    if (!this.isForeign("context")) api.context.disable();
    if (!this.isForeign("logs")) this.#logs()?.disable();
  }

  /** Since 1.10 the API has the logs; before, a package beside it, which the SDK brings. */
  #logs(): LogsApi | undefined {
    const { logs } = api as { logs?: LogsApi };
    if (logs !== undefined || this.#sdk === undefined) return logs;
    try {
      return (this.#sdk.require("@opentelemetry/api-logs") as { logs: LogsApi }).logs;
    } catch {
      // An SDK that does not bring it has no logs either.
      return undefined;
    }
  }
}

// --- internal ---

const KINDS: readonly ApiKind[] = ["trace", "metrics", "propagation", "context", "logs"];

interface LogsApi {
  getLoggerProvider(): unknown;
  disable(): void;
}

async function flush(what: string, provider: unknown): Promise<void> {
  const { forceFlush } = (provider ?? {}) as { forceFlush?: () => Promise<void> };
  if (typeof forceFlush !== "function") return;
  try {
    await forceFlush.call(provider);
  } catch (error) {
    api.diag.error(`langchain-otel: not all ${what} could be sent`, error);
  }
}
