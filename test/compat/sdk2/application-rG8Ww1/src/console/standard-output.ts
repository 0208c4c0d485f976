import { diag } from "@opentelemetry/api";

/**
 * Writes to the standard output without ending the process when its reader has gone, as in `app | head`: an `error`
 * event that nobody listens to is an uncaught exception. The listener is there for our own writes only, so that the
 * application's writes fail as they always do.
 */
export function toStandardOutput(text: string): void {
  const { stdout } = process;
  if (underWay === 0) stdout.on("error", ignore);
  underWay += 1;
  stdout.write(text, (fault) => {
    if (fault != null) report(fault);
    // The event comes after this callback.
    setImmediate(() => {
      underWay -= 1;
      if (underWay === 0) stdout.off("error", ignore);
    });
  });
}

// --- internal ---

let underWay = 0;
let reported = false;

/** The error has come with the callback too. */
function ignore(): void {}

function report(fault: Error): void {
  if (reported) return;
  reported = true;
  diag.warn("langchain-otel: spans cannot be printed, the standard output is closed", fault);
}
