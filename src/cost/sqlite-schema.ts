import { COARSER, DAY, MINUTE } from "../budget/store/usage-archive.ts";

/** Kept in the file as `user_version`. A file of a later one is not touched. */
export const SCHEMA_VERSION = 1;

/** Names that are not there are NULL in `records` and `accounts`, and empty where they are part of a key. */
export const SCHEMA: string = `
CREATE TABLE records (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, agent TEXT, session TEXT, tenant TEXT, run TEXT, provider TEXT NOT NULL,
  model TEXT, input INTEGER, output INTEGER, cost INTEGER, latency REAL, more TEXT NOT NULL
);
CREATE INDEX records_at ON records (at);
CREATE TABLE totals (
  agent TEXT, session TEXT, provider TEXT, model TEXT, calls INTEGER NOT NULL, input INTEGER NOT NULL,
  output INTEGER NOT NULL, cost INTEGER NOT NULL, latency REAL NOT NULL, timed INTEGER NOT NULL, first INTEGER NOT NULL,
  used INTEGER NOT NULL, PRIMARY KEY (session, agent, provider, model)
) WITHOUT ROWID;
CREATE TABLE archive (
  width INTEGER, start INTEGER, agent TEXT, session TEXT, provider TEXT, model TEXT, calls INTEGER NOT NULL,
  input INTEGER NOT NULL, output INTEGER NOT NULL, cost INTEGER NOT NULL, latency REAL NOT NULL, timed INTEGER NOT NULL,
  PRIMARY KEY (width, start, agent, session, provider, model)
) WITHOUT ROWID;
CREATE TABLE accounts (id TEXT PRIMARY KEY, agent TEXT NOT NULL, session TEXT, tenant TEXT, per TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE balances (
  account TEXT, slot TEXT, spent INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (account, slot)
) WITHOUT ROWID;
CREATE TABLE holds (id TEXT PRIMARY KEY, amount INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE held (account TEXT, slot TEXT, hold TEXT, PRIMARY KEY (account, slot, hold)) WITHOUT ROWID;
CREATE INDEX held_hold ON held (hold);
PRAGMA user_version = ${SCHEMA_VERSION};
`;

export const ADD_RECORD: string = `
INSERT INTO records (at, agent, session, tenant, run, provider, model, input, output, cost, latency, more)
VALUES (:at, :agent, :session, :tenant, :run, :provider, :model, :input, :output, :cost, :latency, :more) RETURNING id`;

const ADD_SUMS = `calls = calls + excluded.calls, input = input + excluded.input, output = output + excluded.output,
  cost = cost + excluded.cost, latency = latency + excluded.latency, timed = timed + excluded.timed`;

export const ADD_TOTAL: string = `
INSERT INTO totals VALUES (:agent, :session, :provider, :model, 1, :input, :output, :cost, :latency, :timed, :at, :used)
ON CONFLICT DO UPDATE SET ${ADD_SUMS}, first = min(first, excluded.first), used = excluded.used`;

export const SELECT_RECORDS: string = `SELECT * FROM records
WHERE (:agent IS NULL OR agent = :agent) AND (:session IS NULL OR session = :session) AND (:since IS NULL OR at >= :since)
ORDER BY id`;

export const SELECT_TOTALS: string = `SELECT * FROM totals
WHERE session = coalesce(:session, '') AND agent = coalesce(:agent, '')`;

const CELL =
  "provider, model, sum(calls) calls, sum(input) input, sum(output) output, sum(cost) cost";

/** What is not in the totals by then: the kept records since a moment, and what the archive has of it. */
export const SELECT_SINCE: string = `
SELECT ${CELL}, sum(latency) latency, sum(timed) timed FROM (
  SELECT provider, coalesce(model, :unnamed) model, 1 calls, coalesce(input, 0) input, coalesce(output, 0) output,
    coalesce(cost, 0) cost, coalesce(latency, 0.0) latency, latency IS NOT NULL timed FROM records
  WHERE at >= :since AND (:agent IS NULL OR agent = :agent) AND (:session IS NULL OR session = :session)
  UNION ALL
  SELECT provider, model, calls, input, output, cost, latency, timed FROM archive
  WHERE start + width > :since AND (:agent IS NULL OR agent = :agent) AND (:session IS NULL OR session = :session)
) GROUP BY provider, model`;

/** The accounts that a spender is on. */
export const SELECT_ACCOUNTS: string = `SELECT id, agent, session, tenant, per FROM accounts
WHERE agent IN ('*', :agent) AND (session IS NULL OR session = :session) AND (tenant IS NULL OR tenant = :tenant)
  AND (per <> 'run' OR :run IS NOT NULL)`;

export const ADD_SPENT: string = `
INSERT INTO balances VALUES (:account, :slot, :spent, :used)
ON CONFLICT DO UPDATE SET spent = spent + excluded.spent, used = excluded.used RETURNING spent`;

export const SELECT_BALANCE: string = `SELECT
  coalesce((SELECT spent FROM balances WHERE account = :account AND slot = :slot), 0) spent,
  coalesce((SELECT sum(amount) FROM held JOIN holds ON holds.id = held.hold
    WHERE held.account = :account AND held.slot = :heldIn AND expires > :at), 0) held`;

/** Old calls go into the archive, by the minute. */
export const ARCHIVE_RECORDS: string = `
INSERT INTO archive SELECT ${MINUTE}, at - at % ${MINUTE}, coalesce(agent, ''), coalesce(session, ''), provider,
  coalesce(model, :unnamed), count(*), total(input), total(output), sum(coalesce(cost, 0)), total(latency), count(latency)
FROM records WHERE id <= :last GROUP BY 2, 3, 4, 5, 6
ON CONFLICT DO UPDATE SET ${ADD_SUMS}`;

/** The older half of the archive's minutes becomes hours, then that of its hours days, then that of its days nothing. */
export const COARSEN: readonly { readonly from: number; readonly into: string | undefined }[] =
  COARSER.map(([from, to]) => ({
    from,
    into:
      to === undefined
        ? undefined
        : `INSERT INTO archive SELECT ${to}, start - start % ${to}, agent, '', provider, model, sum(calls), sum(input),
  sum(output), sum(cost), sum(latency), sum(timed)
FROM archive WHERE width = :from AND start <= :middle GROUP BY 2, 3, 5, 6
ON CONFLICT DO UPDATE SET ${ADD_SUMS}`,
  }));

/** Hours, days and months that are over; runs that nothing was heard of for long. */
export const TRIM_BALANCES: string = `DELETE FROM balances WHERE account IN (SELECT id FROM accounts WHERE per = :per)
  AND (slot < :slot OR used < :used)`;

/** When a month's account is surely over. */
export const TWO_MONTHS: number = 62 * DAY;
