import { type Account, accountId, heldSlot, isOn, slotOf, type Spender } from "../account.ts";
import { type Picos, picos } from "../sums.ts";
import type { UsageRecord } from "../usage-record.ts";
import {
  allows,
  type Balance,
  type Charge,
  type Limit,
  type PaidBy,
  type Refusal,
  type Reservation,
} from "./cost-store.ts";
import { RecentMap } from "./recent-map.ts";

/** Accounts in memory: what was spent on them, and what is reserved. */
export class OpenAccounts {
  readonly #accounts = new Map<string, OpenAccount>();
  /** Oldest first: all live as long. */
  readonly #reservations = new Map<string, OpenReservation>();

  get reservations(): number {
    return this.#reservations.size;
  }

  isOpen(account: Account): boolean {
    return this.#accounts.has(accountId(account));
  }

  /** @param spent what is known of before, by slot */
  open(account: Account, spent: Iterable<readonly [slot: string, spent: Picos]>): void {
    const slots = new RecentMap<string, Picos>(account.per === "run" ? MOST_RUNS : 4);
    for (const [slot, sum] of spent) slots.set(slot, sum);
    this.#accounts.set(accountId(account), { account, slots, held: new Map() });
  }

  charge(record: UsageRecord, paidBy?: PaidBy): Charge[] {
    const cost = picos(record.costUsd ?? 0);
    if (paidBy?.done === true) this.release(paidBy.id);
    else if (paidBy !== undefined) this.#pay(paidBy.id, cost);
    const charges: Charge[] = [];
    for (const { account, slots } of this.#on(record)) {
      const slot = slotOf(account, record.timestamp, record.runId);
      const before = slots.get(slot) ?? 0n;
      slots.set(slot, before + cost);
      charges.push({ account, slot, before, after: before + cost });
    }
    return charges;
  }

  reserve(reservation: Reservation, limits: readonly Limit[], at: number): Refusal | undefined {
    this.#expire(at);
    const { spender } = reservation;
    for (const limit of limits) {
      const { account, max } = limit;
      const slot = slotOf(account, at, spender.runId);
      const balance = this.balance(account, slot, heldSlot(account, spender.runId), at);
      if (!allows(max, balance, reservation)) return { limit, ...balance };
    }
    this.release(reservation.id);
    const on = [...this.#on(spender)].map(({ account, held }) => ({
      held,
      slot: heldSlot(account, spender.runId),
    }));
    const { amount, expiresAt } = reservation;
    hold(on, amount);
    this.#reservations.set(reservation.id, { on, rest: amount, expiresAt });
    const [oldest] = this.#reservations.keys();
    if (this.#reservations.size > MOST_RESERVATIONS && oldest !== undefined) this.release(oldest);
    return undefined;
  }

  release(id: string): void {
    const open = this.#reservations.get(id);
    if (open === undefined) return;
    this.#reservations.delete(id);
    hold(open.on, -open.rest);
  }

  balance(account: Account, slot: string, heldIn: string, at: number): Balance {
    this.#expire(at);
    const open = this.#accounts.get(accountId(account));
    return { spent: open?.slots.get(slot) ?? 0n, held: open?.held.get(heldIn) ?? 0n };
  }

  lastSlot(account: Account): string | undefined {
    return this.#accounts.get(accountId(account))?.slots.lastKey;
  }

  #pay(id: string, cost: Picos): void {
    const open = this.#reservations.get(id);
    if (open === undefined) return;
    const paid = cost < open.rest ? cost : open.rest;
    open.rest -= paid;
    hold(open.on, -paid);
  }

  #expire(at: number): void {
    for (const [id, { expiresAt }] of this.#reservations) {
      if (expiresAt > at) return;
      this.release(id);
    }
  }

  *#on(spender: Spender): Iterable<OpenAccount> {
    for (const open of this.#accounts.values()) if (isOn(open.account, spender)) yield open;
  }
}

// --- internal ---

const MOST_RUNS = 10_000;
const MOST_RESERVATIONS = 20_000;

interface OpenAccount {
  readonly account: Account;
  readonly slots: RecentMap<string, Picos>;
  readonly held: Map<string, Picos>;
}

interface OpenReservation {
  /** Where it counts: not on accounts that were opened later. */
  readonly on: readonly HeldPart[];
  readonly expiresAt: number;
  rest: Picos;
}

interface HeldPart {
  readonly held: Map<string, Picos>;
  readonly slot: string;
}

function hold(on: readonly HeldPart[], amount: Picos): void {
  for (const { held, slot } of on) {
    const sum = (held.get(slot) ?? 0n) + amount;
    if (sum === 0n) held.delete(slot);
    else held.set(slot, sum);
  }
}
