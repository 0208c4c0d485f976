import { diag, DiagConsoleLogger, DiagLogLevel } from "@opentelemetry/api";

import { LangChainInstrumentation } from "../instrumentation/instrumentation.ts";
import { isRegistered, reportUnreachableProvider } from "../telemetry/api-globals.ts";
import { settleBeforeSpans } from "../telemetry/before-span.ts";
import { isOff } from "./is-off.ts";
import { processHttp, processState, type Waiting } from "./process-state.ts";
import { startSdk } from "./start-telemetry.ts";

/**
 * What `register` does: instruments LangChain and HTTP, and leaves open who starts the SDK until the first span is about
 * to be started. By then an application that has its own SDK has started it, in its first lines, and keeps it; else ours
 * is started from the `OTEL_*` variables. Done once per process.
 */
export function register(): void {
  const state = processState();
  if (state.registration !== undefined || state.running !== undefined) return;
  const registration = new Registration();
  state.registration = registration;
  settleBeforeSpans(() => registration.decide());
  processHttp();
}

// --- internal ---

class Registration implements Waiting {
  readonly #instrumentation = new LangChainInstrumentation({}, { preload: isPreload() });
  /** `failed`: we could not start an SDK; the application still may. */
  #state: "waiting" | "failed" | "started" | "settled" = "waiting";

  get hasStarted(): boolean {
    return this.#state === "started";
  }

  decide(): void {
    if (this.#state === "started" || this.#state === "settled") return;
    if (isRegistered("trace")) this.#useRunningSdk();
    else if (this.#state === "waiting") this.#startSdk();
  }

  giveWay(): void {
    this.#state = "settled";
    this.#instrumentation.disable();
  }

  #useRunningSdk(): void {
    this.#state = "settled";
    this.#attempt(() => {
      if (!reportUnreachableProvider()) processHttp().start(false);
    });
  }

  #startSdk(): void {
    // Until it has succeeded, and for whatever makes spans or requests while the SDK starts.
    this.#state = "failed";
    if (isOff(process.env)) return;
    if (!isRegistered("diag")) logToConsole();
    this.#attempt(() => {
      startSdk({}, () => this.#instrumentation);
      this.#state = "started";
    });
  }

  /** We are in the middle of the application's requests and model calls, which go on whatever happens here. */
  #attempt(fn: () => void): void {
    try {
      fn();
    } catch (error) {
      diag.error(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Whether we run before the application, and not as one of its imports. */
function isPreload(): boolean {
  const flags = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  // By the package's name or by the path of the file: somebody else's `register` says nothing of ours.
  return /(?:^|\s)(?:--import|--require|-r)[\s=]+\S*langchain-otel\S*register\b/.test(flags);
}

/** An application that is started with `register` has no other place to say what goes wrong. */
function logToConsole(): void {
  const name = process.env["OTEL_LOG_LEVEL"]?.trim().toUpperCase() ?? "";
  const logLevel = Object.hasOwn(LEVELS, name)
    ? LEVELS[name as keyof typeof LEVELS]
    : DiagLogLevel.WARN;
  diag.setLogger(new DiagConsoleLogger(), { logLevel, suppressOverrideMessage: true });
}

const LEVELS = {
  NONE: DiagLogLevel.NONE,
  ERROR: DiagLogLevel.ERROR,
  WARN: DiagLogLevel.WARN,
  INFO: DiagLogLevel.INFO,
  DEBUG: DiagLogLevel.DEBUG,
  VERBOSE: DiagLogLevel.VERBOSE,
  ALL: DiagLogLevel.ALL,
} as const;
