import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";

import { shown } from "../bad-option.ts";
import { nodeModule } from "../content/node-module.ts";
import { SCHEMA, SCHEMA_VERSION } from "./sqlite-schema.ts";

export type Row = Readonly<Record<string, SQLOutputValue>>;
type Values = Readonly<Record<string, SQLInputValue>>;

/** A file that several processes read and write. Whole numbers are read as bigint. */
export class SqliteDatabase {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #isInside = false;

  /** @throws Error where there is no `node:sqlite`, or the file is no database of ours */
  constructor(file: string | URL) {
    const sqlite = nodeModule("node:sqlite") as Sqlite | undefined;
    if (sqlite === undefined) {
      throw new Error(
        `sqliteStore needs node:sqlite, which is in Node 22.13 and later; this is ${version()}`,
      );
    }
    this.#db = new sqlite.DatabaseSync(file);
    try {
      // Before anything else: all that follows may have to wait for another process.
      this.#db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      this.#patiently(() =>
        this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"),
      );
      this.#patiently(() => this.atOnce(() => this.#prepareFile(file)));
    } catch (fault) {
      this.#db.close();
      throw fault;
    }
  }

  /** Runs `fn` wholly or not at all, and beside no other process that writes. */
  atOnce<T>(fn: () => T): T {
    if (this.#isInside) return fn();
    this.#db.exec("BEGIN IMMEDIATE");
    this.#isInside = true;
    try {
      const result = fn();
      this.#db.exec("COMMIT");
      return result;
    } catch (fault) {
      this.#rollBack();
      throw fault;
    } finally {
      this.#isInside = false;
    }
  }

  run(sql: string, values: Values = {}): void {
    this.#statement(sql).run(values);
  }

  get(sql: string, values: Values = {}): Row | undefined {
    return this.#statement(sql).get(values);
  }

  all(sql: string, values: Values = {}): Row[] {
    return this.#statement(sql).all(values);
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #prepareFile(file: string | URL): void {
    const found = Number(this.get("PRAGMA user_version")?.["user_version"] ?? 0);
    if (found === SCHEMA_VERSION) return;
    const tables = Number(this.get("SELECT count(*) tables FROM sqlite_master")?.["tables"] ?? 0);
    if (found === 0 && tables === 0) return this.#db.exec(SCHEMA);
    const made = found === 0 ? "by something else" : `by another version of it (${found})`;
    throw new Error(
      `Expected ${shown(String(file))} to be a file of sqliteStore, version ${SCHEMA_VERSION}; it was made ${made}`,
    );
  }

  #rollBack(): void {
    try {
      this.#db.exec("ROLLBACK");
    } catch {
      // SQLite has done so itself: what is thrown on says why.
    }
  }

  /** SQLite does not wait for a file whose journal another process is just changing. */
  #patiently(fn: () => void): void {
    for (let attempt = 1; ; attempt++) {
      try {
        return fn();
      } catch (fault) {
        if ((fault as { errcode?: unknown }).errcode !== BUSY || attempt >= 100) throw fault;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  }
}

// --- internal ---

interface Sqlite {
  readonly DatabaseSync: new (file: string | URL) => DatabaseSync;
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html */
const BUSY = 5;
/** As long as a call may wait for other processes. */
const BUSY_MS = 5000;

function version(): string {
  const { process } = globalThis as { process?: { version?: string } };
  return process?.version === undefined ? "no Node" : `Node ${process.version.slice(1)}`;
}
