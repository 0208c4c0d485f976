import { diag } from "@opentelemetry/api";

/**
 * Sends what waits when the process is about to end: on `beforeExit`, and on SIGTERM and SIGINT, for at most five
 * seconds. After a signal, it is raised again, so that the process still ends by it; not when the application listens
 * to the signal, since then the application says when the process ends. A second signal ends the process at once.
 *
 * `process.exit()` leaves no time for anything: call `forceFlush()` before it.
 *
 * @param flush told whether nothing that is under way can end any more
 * @returns takes the listeners away
 */
export function flushOnExit(flush: (isEnd: boolean) => Promise<void>): () => void {
  const onBeforeExit = (): void => void flushAndEnd(() => flush(true));
  const onSignal = (signal: NodeJS.Signals): void => {
    // Taken away before the flush: what is left are the application's listeners, and whatever counts them (libraries
    // that clean up files do, to raise the signal themselves) counts right; and a second signal finds no one.
    unlisten();
    const isApplications = process.listenerCount(signal) > 0;
    void flushAndRaise(() => flush(!isApplications), isApplications ? undefined : signal);
  };
  const unlisten = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.once("beforeExit", onBeforeExit);
  // First of all listeners, because of the counting.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  return () => {
    process.off("beforeExit", onBeforeExit);
    unlisten();
  };
}

// --- internal ---

const LONGEST = 5000;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

async function flushAndRaise(flush: () => Promise<void>, signal?: NodeJS.Signals): Promise<void> {
  await isDoneInTime(flush());
  if (signal !== undefined) process.kill(process.pid, signal);
}

/** The process had nothing left to do, and still has not when no one else could have given it more on `beforeExit`. */
async function flushAndEnd(flush: () => Promise<void>): Promise<void> {
  const isDone = await isDoneInTime(flush());
  if (!isDone && process.listenerCount("beforeExit") === 0) process.exit();
}

async function isDoneInTime(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, LONGEST, false);
  });
  const isDone = await Promise.race([work.then(() => true), timeout]);
  clearTimeout(timer);
  if (!isDone) {
    diag.warn(
      "langchain-otel: what waited could not be sent within 5 s and is lost; does anything listen at the OTLP endpoint?",
    );
  }
  return isDone;
}
