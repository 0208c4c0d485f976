import { diag } from "@opentelemetry/api";

/**
 * The boundary between us and the application: whatever goes wrong inside stays inside. Each place reports its first
 * fault through `diag` and is silent afterwards, so that a fault on a hot path is no flood.
 */
export class Guard {
  readonly #reported = new Set<string>();

  /** Runs `fn`; a throw becomes `undefined`. */
  run<T>(place: string, fn: () => T): T | undefined {
    try {
      return fn();
    } catch (fault) {
      this.report(place, fault);
      return undefined;
    }
  }

  /** For hot paths, which catch for themselves. */
  report(place: string, fault: unknown): void {
    if (this.#reported.has(place)) return;
    this.#reported.add(place);
    try {
      diag.error(
        `langchain-otel: ${place} failed; telemetry of this kind is incomplete from here on`,
        fault,
      );
    } catch {
      // The application's diag logger threw: there is no one left to tell, and the application must go on.
    }
  }
}
