import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

import { diag, DiagLogLevel, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type SpanExporter,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, it, vi } from "vitest";

import { ConsoleTreeExporter, type FinishedSpan } from "../../src/console/index.ts";
import type { SpanExporter as SpanExporter2 } from "../compat/sdk2/node_modules/@opentelemetry/sdk-trace/build/src/index.js";
import { finishedSpan, TRACE } from "./finished-span.ts";

const MODEL_CALL = {
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.response.model": "gpt-4o-2024-08-06",
  "gen_ai.usage.input_tokens": 2540,
  "gen_ai.usage.output_tokens": 60,
  "gen_ai.usage.cache_read.input_tokens": 2000,
  "gen_ai.usage.cache_creation.input_tokens": 500,
};

const AGENT_RUN: FinishedSpan[] = [
  finishedSpan({ name: "POST", id: "4", parent: "3", from: 10, to: 1200 }),
  finishedSpan({
    name: "gen_ai.chat",
    id: "3",
    parent: "2",
    from: 5,
    to: 1220,
    attributes: MODEL_CALL,
  }),
  finishedSpan({
    name: "execute_tool get_weather",
    id: "5",
    parent: "2",
    from: 1230,
    to: 1233.4,
    error: "no such city: Atlantis",
    attributes: { "error.type": "ToolError" },
  }),
  finishedSpan({
    name: "gen_ai.chat",
    id: "6",
    parent: "2",
    from: 1240,
    to: 66_300,
    attributes: {
      "gen_ai.request.model": "claude-sonnet-4-5",
      "langchain.run.outcome": "cancelled",
    },
  }),
  finishedSpan({ name: "invoke_agent weather", id: "2", parent: "1", from: 2, to: 66_310 }),
  finishedSpan({ name: "POST /chat", id: "1", to: 66_312 }),
];

function printing(format: "tree" | "lines" | "json"): {
  exporter: ConsoleTreeExporter;
  output: () => string;
} {
  const texts: string[] = [];
  return {
    exporter: new ConsoleTreeExporter({ format, write: (text) => texts.push(text) }),
    output: () => texts.splice(0).join(""),
  };
}

function exported(exporter: ConsoleTreeExporter, ...spans: FinishedSpan[]): object {
  let answer: object = {};
  exporter.export(spans, (result) => (answer = result));
  return answer;
}

afterEach(() => diag.disable());

describe("the tree", () => {
  it("shows who called whom, how long it took and the tokens", () => {
    const { exporter, output } = printing("tree");
    expect(exported(exporter, ...AGENT_RUN)).toEqual({ code: 0 });
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0af7651916cd43dd8448eb211c80319c
      Step                            Model               Time  Tokens in  out  cached  written  Result
      POST /chat                                        1m 06s                                   ok
      └─ invoke_agent weather                           1m 06s                                   ok
         ├─ gen_ai.chat               gpt-4o-2024-08-…  1.22 s      2,540   60   2,000      500  ok
         │  └─ POST                                     1.19 s                                   ok
         ├─ execute_tool get_weather                    3.4 ms                                   error
         │     ToolError: no such city: Atlantis
         └─ gen_ai.chat               claude-sonnet-4…  1m 05s                                   cancelled

      "
    `);
  });

  it("is printed when its root has ended, however the spans before came", () => {
    const together = printing("tree");
    exported(together.exporter, ...AGENT_RUN);
    const apart = printing("tree");
    for (const span of AGENT_RUN.slice(0, -1)) {
      exported(apart.exporter, span);
      expect(apart.output()).toBe("");
    }
    exported(apart.exporter, ...AGENT_RUN.slice(-1));
    expect(apart.output()).toBe(together.output());
  });

  it("starts at a span whose parent is in another process", () => {
    const { exporter, output } = printing("tree");
    exported(exporter, finishedSpan({ name: "GET /", id: "2", parent: "1", remote: true, to: 5 }));
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0af7651916cd43dd8448eb211c80319c
      Step     Time  Result
      GET /  5.0 ms  ok

      "
    `);
  });

  it("keeps traces apart", () => {
    const { exporter, output } = printing("tree");
    exported(
      exporter,
      finishedSpan({ name: "child of b", id: "2", parent: "1", trace: "b" }),
      finishedSpan({ name: "child of a", id: "2", parent: "1", trace: "a" }),
      finishedSpan({ name: "a", trace: "a" }),
    );
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0000000000000000000000000000000a
      Step             Time  Result
      a              0.0 ms  ok
      └─ child of a  0.0 ms  ok

      "
    `);
  });

  it("of spans that end after their root is printed on its own, under the same trace id", () => {
    const { exporter, output } = printing("tree");
    exported(exporter, finishedSpan({ name: "request", to: 10 }));
    output();
    exported(exporter, finishedSpan({ name: "write", id: "3", parent: "2", from: 12, to: 20 }));
    expect(output()).toBe("");
    exported(
      exporter,
      finishedSpan({ name: "save memory", id: "2", parent: "1", from: 5, to: 25 }),
    );
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0af7651916cd43dd8448eb211c80319c  (continued: these ended later than the rest)
      Step           Time  When                  Result
      save memory   20 ms  ━━━━━━━━━━━━━━━━━━━━  ok
      └─ write     8.0 ms         ━━━━━━━━       ok

      "
    `);
  });

  it.each(["forceFlush", "shutdown"] as const)(
    "of a trace that has not ended is printed by %s",
    async (method) => {
      const { exporter, output } = printing("tree");
      exported(exporter, finishedSpan({ name: "gen_ai.chat", id: "2", parent: "1", to: 30 }));
      await exporter[method]();
      expect(output()).toMatchInlineSnapshot(`
        "Trace 0af7651916cd43dd8448eb211c80319c  (unfinished: what called these is still running)
        Step          Time  Result
        gen_ai.chat  30 ms  ok

        "
      `);
      await exporter[method]();
      expect(output()).toBe("");
    },
  );

  it("reads the unreleased name of the cache writes too", () => {
    const { exporter, output } = printing("tree");
    const attributes = {
      "gen_ai.usage.input_tokens": 1000,
      "gen_ai.usage.cache_write.input_tokens": 999,
    };
    exported(exporter, finishedSpan({ name: "chat", to: 30, attributes }));
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0af7651916cd43dd8448eb211c80319c
      Step   Time  Tokens in  written  Result
      chat  30 ms      1,000      999  ok

      "
    `);
  });
});

describe("lines", () => {
  it("have the ids of trace, span and parent, at once and one a span", () => {
    const { exporter, output } = printing("lines");
    exported(exporter, ...AGENT_RUN.slice(1));
    expect(output()).toMatchInlineSnapshot(`
      "trace=0af7651916cd43dd8448eb211c80319c span=0000000000000003 parent=0000000000000002 duration=1215.0ms  status=UNSET name="gen_ai.chat" outcome=ok model="gpt-4o-2024-08-06" input=2540 output=60 cache_read=2000 cache_write=500
      trace=0af7651916cd43dd8448eb211c80319c span=0000000000000005 parent=0000000000000002 duration=3.4ms     status=ERROR name="execute_tool get_weather" outcome=error failure="ToolError: no such city: Atlantis"
      trace=0af7651916cd43dd8448eb211c80319c span=0000000000000006 parent=0000000000000002 duration=65060.0ms status=UNSET name="gen_ai.chat" outcome=cancelled model="claude-sonnet-4-5"
      trace=0af7651916cd43dd8448eb211c80319c span=0000000000000002 parent=0000000000000001 duration=66308.0ms status=UNSET name="invoke_agent weather" outcome=ok
      trace=0af7651916cd43dd8448eb211c80319c span=0000000000000001 parent=-                duration=66312.0ms status=UNSET name="POST /chat" outcome=ok
      "
    `);
  });
});

describe("a line", () => {
  it("has the agent and what it cost", () => {
    const { exporter, output } = printing("lines");
    const agent = { "gen_ai.agent.name": "weather" };
    exported(
      exporter,
      finishedSpan({
        name: "gen_ai.chat",
        id: "2",
        parent: "1",
        attributes: { ...agent, "langchain.cost.usd": 0.00000025 },
      }),
      finishedSpan({
        name: "invoke_agent weather",
        attributes: {
          ...agent,
          "langchain.cost.total_usd": 10,
          "langchain.pricing_missing": true,
        },
      }),
    );
    expect(output()).toMatchInlineSnapshot(`
      "trace=0af7651916cd43dd8448eb211c80319c span=0000000000000002 parent=0000000000000001 duration=0.0ms     status=UNSET name="gen_ai.chat" outcome=ok agent="weather" cost_usd=0.00000025
      trace=0af7651916cd43dd8448eb211c80319c span=0000000000000001 parent=-                duration=0.0ms     status=UNSET name="invoke_agent weather" outcome=ok agent="weather" cost_usd=10 pricing_missing=true
      "
    `);
  });
});

describe("json", () => {
  it("has everything of a span in one object on one line", () => {
    const { exporter, output } = printing("json");
    const context = finishedSpan({ name: "other", id: "9" }).spanContext();
    const span = finishedSpan({
      name: "gen_ai.chat",
      id: "2",
      parent: "1",
      kind: 2,
      from: 1,
      to: 3.5,
      error: "boom",
      attributes: { "gen_ai.response.finish_reasons": ["stop"], n: 1 },
      events: [
        { name: "exception", time: [1, 500_000_000], attributes: { "exception.type": "Error" } },
      ],
      links: [{ context, attributes: { why: "retry" } }],
    });
    exported(exporter, span, finishedSpan({ name: "second", id: "3" }));
    const [first, ...rest] = output().split("\n");
    expect(rest).toEqual([expect.stringContaining('"name":"second"'), ""]);
    expect(JSON.parse(first ?? "")).toEqual({
      trace_id: TRACE,
      span_id: "0000000000000002",
      parent_span_id: "0000000000000001",
      name: "gen_ai.chat",
      kind: "CLIENT",
      start_time: "2026-01-01T00:00:00.001Z",
      end_time: "2026-01-01T00:00:00.003Z",
      duration_ms: 2.5,
      status: "ERROR",
      status_message: "boom",
      attributes: { "gen_ai.response.finish_reasons": ["stop"], n: 1 },
      events: [
        {
          name: "exception",
          time: "1970-01-01T00:00:01.500Z",
          attributes: { "exception.type": "Error" },
        },
      ],
      links: [{ trace_id: TRACE, span_id: "0000000000000009", attributes: { why: "retry" } }],
      scope: "langchain-otel",
      resource: { "service.name": "shop" },
    });
  });
});

describe("hostile input", () => {
  const hostile = [
    finishedSpan({
      name: "\u001b]0;owned\u0007\u001b[2J evil\r\nTrace forged \u202egnp.exe\u2028 \u009b31m",
      error: "\u001b[31mred\u001b[0m\nsecond line\u0000",
      attributes: {
        "gen_ai.response.model": "m\u001b[5m",
        "langchain.run.outcome": "ok\u001b[8m",
        x: "\u009b5n\u{e0041}",
      },
    }),
  ];
  const obeyed = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

  it.each([
    ["tree", 4],
    ["lines", 1],
    ["json", 1],
  ] as const)("reaches no terminal as %s", (format, lines) => {
    const { exporter, output } = printing(format);
    exported(exporter, ...hostile);
    const text = output();
    expect(text).not.toMatch(obeyed);
    expect(text.trimEnd().split("\n")).toHaveLength(lines);
  });

  it("is still readable", () => {
    const { exporter, output } = printing("tree");
    exported(exporter, ...hostile);
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0af7651916cd43dd8448eb211c80319c
      Step                                                                   Model       Time  Result
      \\u{1b}]0;owned\\u{7}\\u{1b}[2J evil\\u{d}\\u{a}Trace forged \\u{202e}gnp.…  m\\u{1b}…  0.0 ms  ok\\u{1b}[8m
         \\u{1b}[31mred\\u{1b}[0m\\u{a}second line\\u{0}

      "
    `);
  });

  it("of wrong types is left out", () => {
    const { exporter, output } = printing("tree");
    const attributes = {
      "gen_ai.response.model": 7,
      "gen_ai.usage.input_tokens": "many",
      "gen_ai.usage.output_tokens": -1,
      "gen_ai.usage.cache_read.input_tokens": Number.NaN,
      "gen_ai.response.time_to_first_chunk": Number.POSITIVE_INFINITY,
      "langchain.run.outcome": ["a"],
    };
    exported(exporter, finishedSpan({ name: "", attributes }));
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0af7651916cd43dd8448eb211c80319c
      Step         Time  Result
      (no name)  0.0 ms  ok

      "
    `);
  });

  it("of great size does not make great output", () => {
    const { exporter, output } = printing("tree");
    const long = "x".repeat(5_000_000);
    exported(
      exporter,
      finishedSpan({ name: long, error: long, attributes: { "gen_ai.response.model": long } }),
    );
    expect(output().length).toBeLessThan(500);
  });

  it("that is a circle of parents, or twice the same, is printed once each", async () => {
    const { exporter, output } = printing("tree");
    const twice = finishedSpan({ name: "c", id: "3", parent: "1", from: 3 });
    exported(
      exporter,
      finishedSpan({ name: "a", id: "1", parent: "2", from: 1 }),
      finishedSpan({ name: "b", id: "2", parent: "1", from: 2 }),
      twice,
      twice,
      finishedSpan({ name: "d", id: "4", parent: "4", from: 4 }),
    );
    await exporter.forceFlush();
    expect(output()).toMatchInlineSnapshot(`
      "Trace 0af7651916cd43dd8448eb211c80319c  (unfinished: what called these is still running)
      Step    Time  When                  Result
      a     0.0 ms  ━                     ok
      ├─ b  0.0 ms        ━               ok
      ├─ c  0.0 ms               ━        ok
      └─ c  0.0 ms               ━        ok
      d     0.0 ms                     ━  ok

      "
    `);
  });

  it("that is a chain of ten thousand is printed, with room for the names", () => {
    const { exporter, output } = printing("tree");
    const chain = Array.from({ length: 10_000 }, (_, at) =>
      finishedSpan({
        name: "step",
        id: `${at + 1}`,
        ...(at > 0 && { parent: `${at}` }),
        from: at,
        to: 20_000,
      }),
    );
    exported(exporter, ...chain);
    const lines = output().trimEnd().split("\n");
    expect(lines).toHaveLength(10_002);
    expect(lines.at(-1)).toMatchInlineSnapshot(
      `"…                          └─ step  10.0 s           ━━━━━━━━━━━  ok"`,
    );
  });
});

describe("failures", () => {
  it("to write are the answer of the export, and nothing is thrown", async () => {
    const errors: unknown[][] = [];
    diag.setLogger({ ...silent, error: (...args) => errors.push(args) }, DiagLogLevel.ERROR);
    const broken = new Error("pipe closed");
    const exporter = new ConsoleTreeExporter({
      write: () => {
        throw broken;
      },
    });
    expect(exported(exporter, finishedSpan({ name: "a" }))).toEqual({ code: 1, error: broken });
    exported(exporter, finishedSpan({ name: "b", id: "7", parent: "8" }));
    await exporter.forceFlush();
    expect(errors).toEqual([["langchain-otel: ConsoleTreeExporter could not print spans", broken]]);
    await exporter.shutdown();
    expect(exported(exporter, finishedSpan({ name: "a" }))).toEqual({
      code: 1,
      error: new Error("ConsoleTreeExporter was shut down"),
    });
  });

  it.each([
    [
      { format: "table" },
      'Expected the `format` option to be "tree", "lines" or "json", got "table" (string)',
    ],
    [{ write: "stdout" }, 'Expected the `write` option to be a function, got "stdout" (string)'],
  ])("to understand the options %o are told at construction", (options, message) => {
    expect(() => new ConsoleTreeExporter(options as object)).toThrow(new TypeError(message));
  });
});

it("does not end the process when nobody reads what it prints any more", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "child-prints.ts")]);
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  child.stdout.destroy();
  await once(child.stdout, "close");
  child.stdin.end();
  expect([...(await once(child, "close")), stderr.trimEnd().split("\n")]).toEqual([
    0,
    null,
    [
      "langchain-otel: spans cannot be printed, the standard output is closed",
      "went on, with 0 listeners",
    ],
  ]);
});

describe("beside the SDK", () => {
  it("is an exporter for its processors", async () => {
    const { exporter, output } = printing("lines");
    const asSdk3: SpanExporter = exporter;
    const asSdk2: SpanExporter2 = exporter;
    expect(asSdk2).toBe(asSdk3);
    const provider = new TracerProvider({
      spanProcessors: [new SimpleSpanProcessor({ exporter: asSdk3 })],
    });
    const span = provider.getTracer("test").startSpan("real");
    span.setStatus({ code: SpanStatusCode.ERROR, message: "boom" }).end();
    await provider.shutdown();
    expect(output()).toContain(`span=${span.spanContext().spanId} parent=-`);
  });

  it("prints one tree for a trace that comes in one batch, late spans included", async () => {
    const { exporter, output } = printing("tree");
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    const tracer = provider.getTracer("test");
    const root = tracer.startSpan("root");
    const child = tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, root));
    root.end();
    child.end();
    await provider.shutdown();
    expect(output().match(/Trace|root|child/g)).toEqual(["Trace", "root", "child"]);
  });
});

describe("on a terminal", () => {
  it.each([
    ["colours", true, undefined, true],
    ["no colours when NO_COLOR is set", true, "1", false],
    ["no colours when it is a file", false, undefined, false],
  ])("there are %s", async (_what, isTTY, noColor, coloured) => {
    vi.stubEnv("NO_COLOR", noColor);
    const stdout = Object.assign(new PassThrough(), { isTTY, columns: 60, hasColors: () => true });
    vi.spyOn(process, "stdout", "get").mockReturnValue(stdout as unknown as typeof process.stdout);
    exported(new ConsoleTreeExporter(), ...AGENT_RUN);
    await turn();
    vi.restoreAllMocks();
    const text = String(stdout.read());
    expect([text.includes("\u001b[32mok\u001b"), text.includes("\u001b")]).toEqual([
      coloured,
      coloured,
    ]);
    const widths = stripVTControlCharacters(text)
      .split("\n")
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(60);
  });
});

const silent = { debug: noop, error: noop, info: noop, verbose: noop, warn: noop };

function noop(): void {}
