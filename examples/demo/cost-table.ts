import { styleText } from "node:util";

import type { Spans } from "./telemetry.ts";

/**
 * What the model calls cost: by the agent that made them, by the tool inside of which an agent made them, and in total.
 * A dash is for those without a call, or without one whose price is known.
 */
export function costTable(spans: Spans): string {
  const calls = spans.filter(({ attributes }) => attributes["gen_ai.operation.name"] === "chat");
  const tools = spans.filter(({ attributes }) => TOOL in attributes);
  return [
    ...section("by agent", costs(calls, AGENT, CALL)),
    ...section("by tool, the agents inside included", costs(tools, TOOL, ALL_BELOW)),
    line(styleText("bold", "total".padEnd(LABEL)), sum(calls, CALL)),
  ].join("");
}

// --- internal ---

const LABEL = 36;
const AMOUNT = 10;
const AGENT = "gen_ai.agent.name";
const TOOL = "gen_ai.tool.name";
/** What a call cost. */
const CALL = "langchain.cost.usd";
/** What all calls below a span cost. */
const ALL_BELOW = "langchain.cost.total_usd";

/** In the order of their names; last, the calls that no agent made. */
function costs(spans: Spans, by: string, cost: string): Map<string, number | undefined> {
  const names = spans.map(({ attributes }) => attributes[by]);
  const known = new Set(names.filter((name) => typeof name === "string"));
  const rows = new Map<string, number | undefined>();
  for (const name of [...known].sort((a, b) => a.localeCompare(b)))
    rows.set(
      name,
      sum(
        spans.filter(({ attributes }) => attributes[by] === name),
        cost,
      ),
    );
  const rest = spans.filter(({ attributes }) => attributes[by] === undefined);
  if (rest.length > 0) rows.set("none", sum(rest, cost));
  return rows;
}

/** Absent where no price is known. */
function sum(spans: Spans, cost: string): number | undefined {
  const known = spans
    .map(({ attributes }) => attributes[cost])
    .filter((usd) => typeof usd === "number");
  return known.length === 0 ? undefined : known.reduce((all, usd) => all + usd, 0);
}

function section(title: string, rows: ReadonlyMap<string, number | undefined>): string[] {
  if (rows.size === 0) return [];
  const lines = [...rows].map(([name, usd]) => line(`  ${name}`.padEnd(LABEL), usd));
  return [`${styleText("dim", title)}\n`, ...lines];
}

function line(label: string, usd: number | undefined): string {
  return `${label}${(usd === undefined ? "-" : `$${usd.toFixed(6)}`).padStart(AMOUNT)}\n`;
}
