import { FEWEST, UNNAMED } from "../budget/store/usage-archive.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { ARCHIVE_RECORDS, COARSEN, TRIM_BALANCES, TWO_MONTHS } from "./sqlite-schema.ts";

/** Keeps the file from growing: sums take the place of old calls, coarser sums that of old sums. */
export function trim(db: SqliteDatabase, most: number): void {
  const newest = Number(db.get("SELECT coalesce(max(id), 0) id FROM records")?.["id"]);
  const last = newest - most;
  if (last > 0) {
    db.run(ARCHIVE_RECORDS, { last, unnamed: UNNAMED });
    db.run("DELETE FROM records WHERE id <= :last", { last });
  }
  for (const { from, into } of COARSEN) {
    const cells = Number(db.get("SELECT count(*) cells FROM archive")?.["cells"]);
    if (cells <= Math.max(most, FEWEST)) break;
    const middle = db.get(MIDDLE, { from })?.["start"];
    if (middle === undefined || middle === null) continue;
    if (into !== undefined) db.run(into, { from, middle });
    db.run("DELETE FROM archive WHERE width = :from AND start <= :middle", { from, middle });
  }
  // Sessions by the order in which they were last heard of; an agent's own sums stay.
  const forgotten = newest - Math.max(most, FEWEST);
  db.run("DELETE FROM totals WHERE session <> '' AND used <= :forgotten", { forgotten });
  const slot = new Date(Date.now() - TWO_MONTHS).toISOString();
  for (const per of ["hour", "day", "month"]) db.run(TRIM_BALANCES, { per, slot, used: -1 });
  db.run(TRIM_BALANCES, { per: "run", slot: "", used: forgotten });
}

// --- internal ---

const MIDDLE = `SELECT start FROM archive WHERE width = :from ORDER BY start
LIMIT 1 OFFSET (SELECT count(*) / 2 FROM archive WHERE width = :from)`;
