import { badOption, shown } from "../bad-option.ts";
import type { Period } from "./account.ts";
import type { Budget } from "./budget.ts";
import type { Charge } from "./store/cost-store.ts";
import { usdOf } from "./sums.ts";

/** So much of a budget is spent. */
export interface ThresholdEvent {
  /** Of the budget, as it was given to `onThreshold`. */
  readonly share: number;
  /** `*` is the budget of all agents. */
  readonly agentName: string;
  readonly sessionId: string | undefined;
  readonly tenant: string | undefined;
  readonly per: Period;
  /** The run, or when the hour, day or month began (ISO 8601, UTC). Absent for a budget for ever. */
  readonly within: string | undefined;
  /** USD. */
  readonly budget: number;
  readonly spent: number;
  readonly remaining: number;
}

/** Who wants to know when so much of a budget is spent. */
export class Thresholds {
  readonly #listeners = new Set<Listener>();
  readonly #failed: (fault: unknown) => void;

  /** @param failed told of what a listener throws: a call that has ended shall not fail of it */
  constructor(failed: (fault: unknown) => void) {
    this.#failed = failed;
  }

  /**
   * @returns what to call to hear no more
   * @throws TypeError for a share or a function that is none
   */
  on(share: number, fn: (event: ThresholdEvent) => void): () => void {
    if (typeof share !== "number" || !(share > 0 && share <= 100)) {
      throw badOption("share", "a part of the budget, such as 0.8, above 0 and at most 100", share);
    }
    if (typeof fn !== "function") throw new TypeError(`Expected a function, got ${shown(fn)}`);
    if (this.#listeners.size >= MOST) {
      throw new RangeError(`There are ${MOST} threshold functions already`);
    }
    const listener = { share, fn };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells of each share that this charge, and none before it, has reached. */
  charged(budget: Budget, { slot, before, after }: Charge): void {
    const { account, max, maxUsd } = budget;
    for (const { share, fn } of this.#listeners) {
      const at = usdOf(max) * share;
      if (usdOf(before) >= at || usdOf(after) < at) continue;
      const event = {
        share,
        ...account,
        within: slot === "" ? undefined : slot,
        budget: maxUsd,
        spent: usdOf(after),
        remaining: usdOf(after < max ? max - after : 0n),
      };
      try {
        const told: unknown = fn(event);
        // An async function's failure would end the process.
        if (isThenable(told)) told.then(undefined, this.#failed);
      } catch (fault) {
        this.#failed(fault);
      }
    }
  }
}

// --- internal ---

const MOST = 1000;

interface Listener {
  readonly share: number;
  readonly fn: (event: ThresholdEvent) => unknown;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
