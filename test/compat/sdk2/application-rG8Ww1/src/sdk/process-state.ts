import { HttpInstrumentations } from "./http-instrumentations.ts";
import type { Telemetry } from "./running-telemetry.ts";

/** What `register` has set up, waiting for the first span. */
export interface Waiting {
  /** Settles who starts the SDK; cheap once it is settled. */
  decide(): void;
  /** Whether it has started the SDK. */
  readonly hasStarted: boolean;
  /** `startTelemetry` was called: it takes over. */
  giveWay(): void;
}

/** One per process, even where the package is installed twice: a second SDK would only be refused by the API. */
export interface ProcessState {
  running?: Telemetry | undefined;
  registration?: Waiting | undefined;
  http?: HttpInstrumentations | undefined;
}

/** The state of this process. */
export function processState(): ProcessState {
  const holder = globalThis as { [STATE]?: ProcessState };
  holder[STATE] ??= {};
  return holder[STATE];
}

/** The process's HTTP instrumentations, made at the first call; they are to be started. */
export function processHttp(): HttpInstrumentations {
  const state = processState();
  state.http ??= new HttpInstrumentations(() => state.registration?.decide());
  return state.http;
}

// --- internal ---

const STATE: symbol = Symbol.for("langchain-otel.sdk");
