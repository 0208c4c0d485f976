import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { resolveOptions } from "../src/options.ts";
import { resolveKeepInterestingOptions } from "../src/processors/keep-interesting-options.ts";
import { ASSOCIATION } from "../src/semconv/association.ts";
import { ownBudgetInstruments } from "../src/semconv/budget-metrics.ts";
import { CONTENT, OPERATION_EXCEPTION } from "../src/semconv/content.ts";
import { AWS_BEDROCK, GEN_AI, genAiNames, OPENAI } from "../src/semconv/gen-ai.ts";
import {
  MCP,
  MCP_CLIENT_DURATION,
  MCP_CLIENT_SESSION_DURATION,
  MCP_SERVER_DURATION,
  MCP_SERVER_SESSION_DURATION,
} from "../src/semconv/mcp.ts";
import {
  durationInstruments,
  EXECUTE_TOOL_DURATION,
  INVOKE_AGENT_DURATION,
  INVOKE_AGENT_INFERENCE_CALLS,
  INVOKE_AGENT_TOOL_CALLS,
  INVOKE_WORKFLOW_DURATION,
  NEXT_TOKEN_COUNTERS,
  NEXT_TOKEN_HISTOGRAMS,
  OPERATION_DURATION,
  TOKEN_USAGE,
} from "../src/semconv/metrics.ts";
import { ownModelInstruments, ownRunInstruments } from "../src/semconv/own-metrics.ts";
import { LANGCHAIN } from "../src/semconv/own.ts";

const readme = readFileSync(path.join(import.meta.dirname, "..", "README.md"), "utf8");

/** The rows of the table below a mark, as [first cell, all cells]. */
function table(mark: string): string[][] {
  const [, below = ""] = readme.split(`<!-- ${mark} -->`);
  const rows = below.trimStart().split("\n\n")[0]?.split("\n").slice(2) ?? [];
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function quoted(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

describe("the README", () => {
  it("lists every attribute that the code can write, and no other", () => {
    const onMetricsOnly: string[] = [GEN_AI.tokenType, GEN_AI.tokenModality];
    const written = [
      ...Object.values(GEN_AI).filter((name) => !onMetricsOnly.includes(name)),
      genAiNames("1.41").usageCacheWriteTokens,
      ...Object.values(OPENAI),
      ...Object.values(AWS_BEDROCK),
      ...Object.values(ASSOCIATION),
      ...Object.values(CONTENT),
      ...Object.values(LANGCHAIN),
      ...Object.values(MCP),
      "network.transport",
      "network.protocol.name",
      "server.address",
      "server.port",
      "error.type",
    ];
    expect(
      table("attributes")
        .flatMap(([name]) => quoted(name))
        .toSorted(),
    ).toEqual(written.toSorted());
  });

  it("names what the next version of the conventions changes", () => {
    const {
      usageCacheWriteTokens,
      requestReasoningLevel,
      usageAudioInputTokens,
      usageAudioOutputTokens,
      promptName,
      promptVersion,
    } = genAiNames("next");
    for (const name of [
      usageCacheWriteTokens,
      requestReasoningLevel,
      usageAudioInputTokens,
      usageAudioOutputTokens,
      promptName,
      promptVersion,
    ]) {
      expect(readme).toContain(`\`${name}\``);
    }
  });

  it("lists every metric, with its type and unit", () => {
    const instruments = [
      TOKEN_USAGE,
      ...Object.values(durationInstruments("1.41")),
      INVOKE_AGENT_DURATION,
      EXECUTE_TOOL_DURATION,
      INVOKE_WORKFLOW_DURATION,
      ...Object.values(ownModelInstruments("langchain")),
      ...Object.values(ownRunInstruments("langchain")),
      ...Object.values(ownBudgetInstruments("langchain")),
      MCP_CLIENT_DURATION,
      MCP_SERVER_DURATION,
      MCP_CLIENT_SESSION_DURATION,
      MCP_SERVER_SESSION_DURATION,
    ];
    const expected = [
      ...instruments.map(({ name, kind, unit }) => [name, kind, unit]),
      ["langchain.spans.downgraded", "counter", "{span}"],
      ["langchain.spans.sampled", "counter", "{span}"],
      ["langchain.spans.dropped", "counter", "{span}"],
      ["langchain.cardinality.overflows", "counter", "{value}"],
    ];
    const listed = table("metrics").map(([name, type = ""]) => [
      quoted(name)[0],
      type.split(",")[0]?.replaceAll(/[- ]/g, "_"),
      quoted(type)[0],
    ]);
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });

  it("names the next version's metrics", () => {
    const next = [
      ...Object.values(durationInstruments("next")),
      ...Object.values(NEXT_TOKEN_COUNTERS),
      ...Object.values(NEXT_TOKEN_HISTOGRAMS),
      OPERATION_DURATION,
      INVOKE_AGENT_INFERENCE_CALLS,
      INVOKE_AGENT_TOOL_CALLS,
    ];
    const paragraph = readme
      .split("\n")
      .find((line) => line.startsWith('With `semconv: "next"` the first four'));
    const named = quoted(paragraph).flatMap((name, at, all) => {
      if (!name.startsWith(".")) return [name];
      const base = all.slice(0, at).findLast((each) => !each.startsWith("."));
      return [`${base?.replace(/\.input_tokens$/, "")}${name}`];
    });
    const events: readonly string[] = [OPERATION_EXCEPTION];
    expect(
      named.filter((name) => name.startsWith("gen_ai.") && !events.includes(name)).toSorted(),
    ).toEqual(next.map(({ name }) => name).toSorted());
  });

  it.each([
    ["options", () => resolveOptions({ unknown: 1 } as object)],
    ["sampling options", () => resolveKeepInterestingOptions({ unknown: 1 } as object)],
  ])("lists every option: %s", (mark, resolve) => {
    let known = "";
    try {
      resolve();
    } catch (error) {
      known = String(error).split("The options are ")[1] ?? "";
    }
    const listed = table(mark).flatMap(([name]) =>
      quoted(name).filter((each) => !each.startsWith('"')),
    );
    expect(listed.toSorted()).toEqual(known.split(", ").toSorted());
  });
});
