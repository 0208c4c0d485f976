import type { Attributes } from "@opentelemetry/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ToolCallPart } from "../../src/content/message.ts";
import type { Dialect } from "../../src/dialects/dialect.ts";
import { DIALECT_NAMES, dialectsOf, type DialectName } from "../../src/dialects/dialects.ts";
import { genAiDialect } from "../../src/dialects/gen-ai.ts";
import type { RunRequest } from "../../src/operation.ts";
import { METRIC_KEYS } from "../../src/semconv/dimensions.ts";
import { genAiNames } from "../../src/semconv/gen-ai.ts";
import { runs } from "./arbitrary.ts";
import { asWritten, type Run, RUNS } from "./runs.ts";

const conventions = {
  "gen-ai 1.41": genAiDialect(genAiNames("1.41")),
  "gen-ai next": genAiDialect(genAiNames("next")),
};
const more = Object.fromEntries(
  DIALECT_NAMES.map((name): [string, Dialect] => {
    const [dialect] = dialectsOf([name as DialectName]);
    if (dialect === undefined) throw new Error(`There is no dialect ${name}`);
    return [name, dialect];
  }),
);
/** Of the 128, what is left for attributes that the application sets itself. */
const MOST = 128 - 8;
const dialects: Readonly<Record<string, Dialect>> = { ...conventions, ...more };

/** All that a vocabulary says of a run, in the order in which it is asked. */
function said(dialect: Dialect, { request, end, input, output }: Run): Attributes[] {
  return [
    dialect.requestAttributes(request),
    input === undefined ? {} : dialect.contentAttributes(request, input),
    output === undefined ? {} : dialect.contentAttributes(request, output),
    dialect.endAttributes(request, end),
  ];
}

/** What a span then has. */
function onSpan(dialect: Dialect, run: Run): Attributes {
  return Object.assign({}, ...said(dialect, run)) as Attributes;
}

function measured(dialect: Dialect, { request, end }: Run): unknown {
  return {
    attributes: dialect.metricAttributes?.(request) ?? {},
    counts: dialect.counts?.(request, end) ?? [],
  };
}

function isAllowed(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => typeof each === "string");
  return ["string", "number", "boolean"].includes(typeof value);
}

describe.each(Object.entries(dialects))("the dialect %s", (_, dialect) => {
  it.each(Object.entries(RUNS))("says of %s what it always said", (__, run) => {
    const [start, input, output, end] = said(dialect, run);
    const content = dialect.values === true || Object.keys({ ...input, ...output }).length > 0;
    expect({
      start,
      ...(content ? { input, output } : {}),
      end,
      ...(dialect.counts || dialect.metricAttributes ? { measured: measured(dialect, run) } : {}),
    }).toMatchSnapshot();
  });

  it("says of any run what a span can hold, the same every time, and changes nothing", () => {
    fc.assert(
      fc.property(runs, (run) => {
        const before = structuredClone(run);
        const first = said(dialect, run);
        expect(said(dialect, run)).toEqual(first);
        expect(run).toEqual(before);
        for (const attributes of first)
          expect(Object.entries(attributes).filter(([, value]) => !isAllowed(value))).toEqual([]);
        expect(measured(dialect, run)).toEqual(measured(dialect, run));
      }),
    );
  });

  it("counts by what metrics may be counted by", () => {
    fc.assert(
      fc.property(runs, ({ request, end }) => {
        const keys = [
          ...Object.keys(dialect.metricAttributes?.(request) ?? {}),
          ...(dialect.counts?.(request, end) ?? []).flatMap(({ attributes }) =>
            Object.keys(attributes),
          ),
        ];
        expect(keys.filter((key) => METRIC_KEYS[key] === undefined)).toEqual([]);
      }),
    );
  });
});

describe.each(Object.entries(conventions))("all dialects beside %s", (_, conventional) => {
  const all = [conventional, ...Object.values(more)];

  it("agree: what two of them say of one attribute is the same", () => {
    fc.assert(
      fc.property(runs, (run) => {
        const together: Attributes = {};
        for (const dialect of all)
          for (const [name, value] of Object.entries(onSpan(dialect, run)))
            expect([name, (together[name] ??= value)]).toEqual([name, value]);
      }),
    );
  });

  it("leave room under an SDK's limit of 128 attributes, whatever was said", () => {
    fc.assert(
      fc.property(runs, (run) => {
        const names = all.flatMap((dialect) => Object.keys(onSpan(dialect, run)));
        expect(new Set(names).size).toBeLessThanOrEqual(MOST);
      }),
    );
    const names = all.flatMap((dialect) => Object.keys(onSpan(dialect, everything())));
    expect(new Set(names).size).toBeGreaterThan(100);
    expect(new Set(names).size).toBeLessThanOrEqual(MOST);
  });
});

// --- internal ---

/** A call with all that a call can have, in lists that are long. */
function everything(): Run {
  const parts = (count: number): ToolCallPart[] =>
    Array.from({ length: count }, (_, at) => ({ type: "tool_call", id: `${at}`, name: "look" }));
  const { request, end } = RUNS["a model call with all that it can say"] as Run;
  const { association } = (RUNS["a model call of somebody"] as Run).request;
  const others = { agentRole: "a", workflowVersion: "1", workflowVariant: "b", compliance: "c" };
  return {
    request: {
      ...request,
      guardrail: { id: "g", version: "1" },
      association: { ...association, ...others },
    } as RunRequest,
    end: {
      ...end,
      ...(RUNS["a model call that failed after some tokens"] as Run).end,
      response: { ...end.response, cached: true },
      guardrail: { violations: [{ action: "detected", category: "x" }] },
      totals: { inputTokens: 1, outputTokens: 1 },
      statusCode: "1",
    },
    input: asWritten({
      systemInstructions: [{ type: "text", content: "Be brief" }],
      inputMessages: Array.from({ length: 1000 }, () => ({ role: "user", parts: parts(3) })),
      toolDefinitions: Array.from({ length: 100 }, () => ({ type: "function", name: "look" })),
    }),
    output: asWritten({ outputMessages: [{ role: "assistant", parts: parts(100) }] }),
  };
}
