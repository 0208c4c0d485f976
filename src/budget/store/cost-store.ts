import type { Account, Spender } from "../account.ts";
import type { Picos, UsageCell } from "../sums.ts";
import type { UsageRecord } from "../usage-record.ts";
import type { StoreFilter } from "../usage-summary.ts";

/**
 * Where a tracker keeps what was spent. All methods answer at once, since a call waits for them; each is done wholly or
 * not at all, also beside other processes. They may throw: the tracker reports it and goes on. Sums of money are whole
 * numbers of 10^-12 USD.
 */
export interface CostStore {
  /** Counts an account from now on, beginning with what is known of it; one that is counted already stays as it is. */
  open(account: Account, at: number): void;
  /**
   * Keeps a call and charges it to all open accounts that it is on.
   * @param paidBy the reservation that it is taken from; `done` where that has no other call to pay
   */
  add(record: UsageRecord, paidBy?: PaidBy): readonly Charge[];
  /** Reserves what a call may cost, or, where the limits forbid it, says which. */
  reserve(reservation: Reservation, limits: readonly Limit[], at: number): Refusal | undefined;
  /** The rest of a reservation is free; one that is not known is no fault. */
  release(id: string): void;
  balance(account: Account, slot: string, heldIn: string, at: number): Balance;
  /** The slot of an account that was charged last. */
  lastSlot(account: Account): string | undefined;
  /** Sums by provider and model. */
  usage(filter: StoreFilter): Iterable<UsageCell>;
  /** The calls that are kept, oldest first. */
  records(filter: StoreFilter): UsageRecord[];
  close(): void;
}

export interface PaidBy {
  readonly id: string;
  readonly done: boolean;
}

/** What a call has added to an account. */
export interface Charge {
  readonly account: Account;
  readonly slot: string;
  readonly before: Picos;
  readonly after: Picos;
}

/** Money that is kept back for a call that has not ended. */
export interface Reservation {
  readonly id: string;
  readonly spender: Spender;
  readonly amount: Picos;
  /** The call cannot cost more. */
  readonly isBound: boolean;
  /** When it is void, in milliseconds since 1970: nobody promises that a call ends. */
  readonly expiresAt: number;
}

/** The most that may be spent. */
export interface Limit {
  readonly account: Account;
  readonly max: Picos;
}

export interface Balance {
  readonly spent: Picos;
  /** By reservations. */
  readonly held: Picos;
}

export interface Refusal extends Balance {
  readonly limit: Limit;
}

/**
 * Whether a limit lets a call begin. It does not when all is spent, or when the call might not fit in beside what is
 * reserved. Where nobody knows the most that it can cost, it may also begin alone: else a budget that is smaller than a
 * guess could never be spent.
 */
export function allows(
  max: Picos,
  { spent, held }: Balance,
  { amount, isBound }: Pick<Reservation, "amount" | "isBound">,
): boolean {
  if (spent >= max) return false;
  return spent + held + amount <= max || (!isBound && held === 0n);
}
