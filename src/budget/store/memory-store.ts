import type { Account } from "../account.ts";
import { sumsOf, type UsageCell } from "../sums.ts";
import type { UsageRecord } from "../usage-record.ts";
import { holds, type StoreFilter } from "../usage-summary.ts";
import type {
  Balance,
  Charge,
  CostStore,
  Limit,
  PaidBy,
  Refusal,
  Reservation,
} from "./cost-store.ts";
import { OpenAccounts } from "./open-accounts.ts";
import { spentBefore } from "./spent-before.ts";
import { FEWEST, UNNAMED, UsageArchive } from "./usage-archive.ts";
import { UsageTotals } from "./usage-totals.ts";

/** Keeps calls in this process, until it ends. */
export class MemoryStore implements CostStore {
  readonly #maxRecords: number;
  /** A ring: the oldest is at `#next` once it is full. */
  readonly #records: UsageRecord[] = [];
  #next = 0;
  readonly #archive: UsageArchive;
  readonly #totals: UsageTotals;
  readonly #accounts = new OpenAccounts();

  /** @param maxRecords how many calls are kept one by one, sums by the minute beside them, and sessions */
  constructor(maxRecords: number) {
    this.#maxRecords = maxRecords;
    this.#archive = new UsageArchive(Math.max(maxRecords, FEWEST));
    this.#totals = new UsageTotals(Math.max(maxRecords, FEWEST));
  }

  open(account: Account, at: number): void {
    if (!this.#accounts.isOpen(account))
      this.#accounts.open(account, spentBefore(this, account, at));
  }

  add(record: UsageRecord, paidBy?: PaidBy): readonly Charge[] {
    const oldest = this.#records[this.#next];
    if (oldest !== undefined) this.#archive.add(oldest);
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % this.#maxRecords;
    this.#totals.add(record);
    return this.#accounts.charge(record, paidBy);
  }

  reserve(reservation: Reservation, limits: readonly Limit[], at: number): Refusal | undefined {
    return this.#accounts.reserve(reservation, limits, at);
  }

  release(id: string): void {
    this.#accounts.release(id);
  }

  balance(account: Account, slot: string, heldIn: string, at: number): Balance {
    return this.#accounts.balance(account, slot, heldIn, at);
  }

  lastSlot(account: Account): string | undefined {
    return this.#accounts.lastSlot(account);
  }

  *usage(filter: StoreFilter): Iterable<UsageCell> {
    const totals = this.#totals.of(filter);
    if (filter.since === undefined || (totals !== undefined && totals.first >= filter.since)) {
      if (totals !== undefined) yield* totals.cells();
      return;
    }
    yield* this.#archive.usage(filter);
    for (const record of this.#records) {
      const { provider, model = UNNAMED } = record;
      if (holds(filter, record)) yield { provider, model, ...sumsOf(record) };
    }
  }

  records(filter: StoreFilter): UsageRecord[] {
    const full = this.#records.length === this.#maxRecords;
    const inOrder = full
      ? [...this.#records.slice(this.#next), ...this.#records.slice(0, this.#next)]
      : this.#records;
    return inOrder.filter((record) => holds(filter, record));
  }

  close(): void {}
}
