/**
 * Sends what waits when the process is about to end: on `beforeExit`, and on SIGTERM and SIGINT, for at most five
 * seconds. After a signal, it is raised again, so that the process still ends by it; not when the application listens
 * to the signal, since then the application says when the process ends. A second signal ends the process at once.
 *
 * `process.exit()` leaves no time for anything: call `forceFlush()` before it.
 *
 * @returns takes the listeners away
 */
export function flushOnExit(flush: () => Promise<void>): () => void {
  const onBeforeExit = (): void => void atMost(LONGEST, flush());
  const onSignal = (signal: NodeJS.Signals): void => {
    // Taken away before the flush: what is left are the application's listeners, and whatever counts them (libraries
    // that clean up files do, to raise the signal themselves) counts right; and a second signal finds no one.
    unlisten();
    const isApplications = process.listenerCount(signal) > 0;
    void flushAndRaise(flush, isApplications ? undefined : signal);
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
  await atMost(LONGEST, flush());
  if (signal !== undefined) process.kill(process.pid, signal);
}

async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
