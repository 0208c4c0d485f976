import { diag } from "@opentelemetry/api";

import { nodeModule } from "../content/node-module.ts";
import { checkPriceTable, type PriceTable } from "./price-table.ts";

/** Environment variables; absent outside Node. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names a JSON file that holds a price table. */
const PRICES_VARIABLE = "LANGCHAIN_OTEL_PRICES";

/**
 * The price table in a JSON file.
 * @param file a path, from the working directory on, or a `file:` URL
 * @throws TypeError that says what is wrong with the file, and shows nothing of what is in it
 */
export function readPriceFile(file: string | URL): PriceTable {
  const name = `the price file ${JSON.stringify(String(file))}`;
  const files = nodeModule("node:fs") as FileSystem | undefined;
  if (files === undefined) {
    throw new TypeError(`Expected ${name} to be a price table: there is no file system here`);
  }
  let text: string;
  try {
    text = files.readFileSync(isFileUrl(file) ? new URL(file) : file, "utf8");
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    throw new TypeError(`Expected ${name} to be readable, got ${String(code ?? "a failure")}`, {
      cause,
    });
  }
  const table = parsed(text, name);
  checkPriceTable(table, name);
  return table;
}

/** The table of the file that the environment names. A bad one is reported once by `diag.warn` and ignored. */
export function pricesFrom(env: Environment): PriceTable | undefined {
  const file = env[PRICES_VARIABLE];
  if (file === undefined || file === "") return undefined;
  try {
    return readPriceFile(file);
  } catch (fault) {
    warnOnce(file, fault instanceof Error ? fault.message : String(fault));
    return undefined;
  }
}

// --- internal ---

interface FileSystem {
  readFileSync(path: string | URL, encoding: "utf8"): string;
}

function isFileUrl(file: string | URL): boolean {
  return typeof file !== "string" || file.startsWith("file:");
}

/** The engine's own message quotes the text, which is somebody's secret when the path is wrong. */
function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new TypeError(`Expected ${name} to hold JSON, and it does not`);
  }
}

const warned = new Set<string>();

function warnOnce(file: string, message: string): void {
  if (warned.has(file) || warned.size >= 100) return;
  warned.add(file);
  diag.warn(`langchain-otel: ${message}; ${PRICES_VARIABLE} is ignored`);
}
