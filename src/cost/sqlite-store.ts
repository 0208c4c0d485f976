import { badOption, shown } from "../bad-option.ts";
import {
  type Account,
  accountId,
  heldSlot,
  type Period,
  slotOf,
  type Spender,
} from "../budget/account.ts";
import {
  allows,
  type Balance,
  type Charge,
  type CostStore,
  type Limit,
  type PaidBy,
  type Refusal,
  type Reservation,
} from "../budget/store/cost-store.ts";
import { spentBefore } from "../budget/store/spent-before.ts";
import { UNNAMED } from "../budget/store/usage-archive.ts";
import { type Picos, sumsOf, type UsageCell } from "../budget/sums.ts";
import type { UsageRecord } from "../budget/usage-record.ts";
import type { StoreFilter } from "../budget/usage-summary.ts";
import { SqliteDatabase } from "./sqlite-database.ts";
import { cellOf, recordOf, toPicos, valuesOf } from "./sqlite-rows.ts";
import * as sql from "./sqlite-schema.ts";
import { trim } from "./sqlite-trim.ts";

export interface SqliteStoreOptions {
  /** How many calls the file keeps one by one, and about how many sums beside them. @default 100_000 */
  readonly maxRecords?: number | undefined;
}

/**
 * Keeps what was spent in a file, with `node:sqlite` (Node 22.13 and later), for all processes of a machine that name it:
 * they have one budget. What was recorded is in the file before `record` returns, and is not lost when the process is
 * killed; a power cut may take the last moments. Not for a network drive, on which SQLite's locks do not hold.
 *
 * @param file a path or a `file:` URL; it is made when it is missing
 * @throws Error where there is no `node:sqlite`, or the file is another one's
 */
export function sqliteStore(file: string | URL, options: SqliteStoreOptions = {}): CostStore {
  if ((typeof file !== "string" || file === "") && !(file instanceof URL)) {
    throw new TypeError(`Expected a file's path or URL, got ${shown(file)}`);
  }
  const { maxRecords = 100_000 } = options;
  if (!Number.isSafeInteger(maxRecords) || maxRecords < 1) {
    throw badOption("maxRecords", "a whole number above 0", maxRecords);
  }
  return new SqliteStore(new SqliteDatabase(file), maxRecords);
}

// --- internal ---

class SqliteStore implements CostStore {
  readonly #db: SqliteDatabase;
  readonly #maxRecords: number;
  #added = 0;

  constructor(db: SqliteDatabase, maxRecords: number) {
    this.#db = db;
    this.#maxRecords = maxRecords;
  }

  open(account: Account, at: number): void {
    const db = this.#db;
    const id = accountId(account);
    db.atOnce(() => {
      if (db.get("SELECT 1 FROM accounts WHERE id = :id", { id }) !== undefined) return;
      const { agentName, sessionId = null, tenant = null, per } = account;
      db.run("INSERT INTO accounts VALUES (:id, :agentName, :sessionId, :tenant, :per)", {
        id,
        agentName,
        sessionId,
        tenant,
        per,
      });
      const used = db.get("SELECT coalesce(max(id), 0) id FROM records")?.["id"] ?? 0;
      for (const [slot, spent] of spentBefore(this, account, at)) {
        db.run(sql.ADD_SPENT, { account: id, slot, spent, used });
      }
    });
  }

  add(record: UsageRecord, paidBy?: PaidBy): readonly Charge[] {
    const db = this.#db;
    return db.atOnce(() => {
      const used = db.get(sql.ADD_RECORD, valuesOf(record))?.["id"] ?? 0;
      this.#addTotals(record, used);
      const { cost } = sumsOf(record);
      if (paidBy?.done === true) this.release(paidBy.id);
      else if (paidBy !== undefined) {
        const values = { id: paidBy.id, cost };
        db.run("UPDATE holds SET amount = max(amount - :cost, 0) WHERE id = :id", values);
      }
      const charges = this.#accountsOf(record).map((account) => {
        const slot = slotOf(account, record.timestamp, record.runId);
        const values = { account: accountId(account), slot, spent: cost, used };
        const after = toPicos(db.get(sql.ADD_SPENT, values)?.["spent"]);
        return { account, slot, before: after - cost, after };
      });
      this.#added += 1;
      // Not at each: it is the same work for one as for many.
      if (this.#added % Math.min(100, this.#maxRecords) === 0) trim(db, this.#maxRecords);
      return charges;
    });
  }

  reserve(reservation: Reservation, limits: readonly Limit[], at: number): Refusal | undefined {
    const { id, spender, amount, expiresAt } = reservation;
    const db = this.#db;
    return db.atOnce(() => {
      db.run("DELETE FROM held WHERE hold IN (SELECT id FROM holds WHERE expires <= :at)", { at });
      db.run("DELETE FROM holds WHERE expires <= :at", { at });
      for (const limit of limits) {
        const { account, max } = limit;
        const slot = slotOf(account, at, spender.runId);
        const balance = this.balance(account, slot, heldSlot(account, spender.runId), at);
        if (!allows(max, balance, reservation)) return { limit, ...balance };
      }
      this.release(id);
      db.run("INSERT INTO holds VALUES (:id, :amount, :expiresAt)", { id, amount, expiresAt });
      for (const account of this.#accountsOf(spender)) {
        const slot = heldSlot(account, spender.runId);
        const values = { account: accountId(account), slot, id };
        db.run("INSERT INTO held VALUES (:account, :slot, :id)", values);
      }
      return undefined;
    });
  }

  release(id: string): void {
    this.#db.atOnce(() => {
      this.#db.run("DELETE FROM held WHERE hold = :id", { id });
      this.#db.run("DELETE FROM holds WHERE id = :id", { id });
    });
  }

  balance(account: Account, slot: string, heldIn: string, at: number): Balance {
    const values = { account: accountId(account), slot, heldIn, at };
    const row = this.#db.get(sql.SELECT_BALANCE, values);
    return { spent: toPicos(row?.["spent"]), held: toPicos(row?.["held"]) };
  }

  lastSlot(account: Account): string | undefined {
    const query = "SELECT slot FROM balances WHERE account = :id ORDER BY used DESC LIMIT 1";
    const slot = this.#db.get(query, { id: accountId(account) })?.["slot"];
    return typeof slot === "string" ? slot : undefined;
  }

  usage(filter: StoreFilter): UsageCell[] {
    const { since } = filter;
    const values = { agent: filter.agentName ?? null, session: filter.sessionId ?? null };
    const totals = this.#db.all(sql.SELECT_TOTALS, values);
    const all = totals.length > 0 && totals.every((row) => Number(row["first"]) >= (since ?? 0));
    if (since === undefined || all) return totals.map(cellOf);
    return this.#db.all(sql.SELECT_SINCE, { ...values, since, unnamed: UNNAMED }).map(cellOf);
  }

  records({
    agentName = null,
    sessionId = null,
    since = null,
  }: Nullable<StoreFilter>): UsageRecord[] {
    const values = { agent: agentName, session: sessionId, since };
    return this.#db.all(sql.SELECT_RECORDS, values).map(recordOf);
  }

  close(): void {
    this.#db.close();
  }

  #accountsOf({ agentName, sessionId, tenant, runId }: Spender): Account[] {
    const rows = this.#db.all(sql.SELECT_ACCOUNTS, {
      agent: agentName ?? null,
      session: sessionId ?? null,
      tenant: tenant ?? null,
      run: runId ?? null,
    });
    return rows.map((row) => ({
      agentName: String(row["agent"]),
      sessionId: row["session"] === null ? undefined : String(row["session"]),
      tenant: row["tenant"] === null ? undefined : String(row["tenant"]),
      per: String(row["per"]) as Period,
    }));
  }

  #addTotals(record: UsageRecord, used: unknown): void {
    const { agentName = "", sessionId = "", provider, model = UNNAMED, timestamp } = record;
    const { inputTokens, outputTokens, cost, latencyMs, timed } = sumsOf(record);
    for (const agent of new Set(["", agentName])) {
      for (const session of new Set(["", sessionId])) {
        this.#db.run(sql.ADD_TOTAL, {
          agent,
          session,
          provider,
          model,
          input: inputTokens,
          output: outputTokens,
          cost: cost satisfies Picos,
          latency: latencyMs,
          timed,
          at: timestamp,
          used: Number(used),
        });
      }
    }
  }
}

type Nullable<T> = { readonly [key in keyof T]: T[key] | null };
