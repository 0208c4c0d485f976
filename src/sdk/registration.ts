import { diag, DiagConsoleLogger, DiagLogLevel } from "@opentelemetry/api";

import { LangChainInstrumentation } from "../instrumentation/instrumentation.ts";
import { isRegistered, unreachableApiVersion } from "./api-globals.ts";
import { DecidingTracerProvider } from "./deciding-provider.ts";
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
  state.registration = new Registration();
  processHttp();
}

// --- internal ---

class Registration implements Waiting {
  readonly #instrumentation = new LangChainInstrumentation(
    { tracerProvider: new DecidingTracerProvider(() => this.decide()) },
    { preload: isPreload() },
  );
  /** `failed`: we could not start an SDK; the application still may. */
  #state: "waiting" | "failed" | "settled" = "waiting";

  decide(): void {
    if (this.#state === "settled") return;
    if (isRegistered("trace")) this.#useRunningSdk();
    else if (this.#state === "waiting") this.#startSdk();
  }

  giveWay(): void {
    this.#state = "settled";
    this.#instrumentation.disable();
  }

  #useRunningSdk(): void {
    this.#state = "settled";
    const version = unreachableApiVersion();
    if (version !== undefined) {
      // Not through diag, which is as unreachable as the tracer provider.
      console.error(
        `langchain-otel has no spans: the application's OpenTelemetry SDK uses @opentelemetry/api ${version}, and ` +
          `langchain-otel a newer one, which does not see it. Run: npm i @opentelemetry/api@${version}`,
      );
      return;
    }
    processHttp().start(false);
  }

  #startSdk(): void {
    // Until it has succeeded, and for whatever makes spans or requests while the SDK starts.
    this.#state = "failed";
    if (isOff(process.env)) return;
    if (!isRegistered("diag")) logToConsole();
    try {
      startSdk({}, () => this.#instrumentation);
      this.#state = "settled";
    } catch (error) {
      diag.error(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Whether we run before the application, and not as one of its imports. */
function isPreload(): boolean {
  const flags = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  return /(?:^|\s)(?:--import|--require|-r)[\s=]+\S*register\b/.test(flags);
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
