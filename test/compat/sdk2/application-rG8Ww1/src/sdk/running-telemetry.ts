import { diag } from "@opentelemetry/api";

import { runRegistry } from "../langchain/run-registry.ts";
import { flushOnExit } from "./flush-on-exit.ts";
import type { GlobalProviders } from "./global-providers.ts";
import type { NodeSdk } from "./load-sdk.ts";
import { processState } from "./process-state.ts";

/** Telemetry that is running. */
export interface Telemetry {
  /**
   * Settles when model calls are traced; never rejects. On Node >= 22.18 and >= 24.4 that is at once. On older ones ES
   * modules can only be attached to asynchronously: await it before the first call.
   */
  readonly ready: Promise<void>;
  /**
   * Sends everything that has ended so far: at the end of a serverless invocation, and before `process.exit()`, which
   * leaves no time for it. Never rejects; what could not be sent is reported through `diag`.
   */
  forceFlush(): Promise<void>;
  /** Sends what is left and undoes everything; `startTelemetry` can be called again. Never rejects. */
  shutdown(): Promise<void>;
}

/** What was started, to be undone. */
export interface Started {
  readonly instrumentation: { disable(): void; readonly ready: Promise<void> };
  readonly providers: GlobalProviders;
  /** Absent where the application's own SDK is used: that is the application's to flush at the end and to shut down. */
  readonly nodeSdk: NodeSdk | undefined;
}

/** The telemetry of this process. */
export class RunningTelemetry implements Telemetry {
  readonly #started: Started;
  readonly #leaveExit: (() => void) | undefined;
  #shutdown: Promise<void> | undefined;

  constructor(started: Started) {
    this.#started = started;
    this.#leaveExit =
      started.nodeSdk === undefined
        ? undefined
        : flushOnExit((isEnd) => {
            if (isEnd) runRegistry().abandonAll();
            return this.forceFlush();
          });
  }

  get ready(): Promise<void> {
    return this.#started.instrumentation.ready;
  }

  forceFlush(): Promise<void> {
    return this.#started.providers.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#end();
    return this.#shutdown;
  }

  /** All but the sending happens at once, so that a new start need not wait for it. */
  async #end(): Promise<void> {
    const { instrumentation, providers, nodeSdk } = this.#started;
    const state = processState();
    state.running = undefined;
    state.http?.stop();
    this.#leaveExit?.();
    instrumentation.disable();
    if (nodeSdk === undefined) return;
    // What ends later has no one to tell. A flush alone ends nothing: the runs may go on.
    runRegistry().abandonAll();
    // A shutdown alone does not wait for spans on their way to a simple processor. Begun before the unregistering.
    const flushed = providers.flushSpans();
    providers.unregister();
    await flushed;
    try {
      await nodeSdk.shutdown();
    } catch (error) {
      diag.error("langchain-otel: not everything could be sent before the shutdown", error);
    }
  }
}
