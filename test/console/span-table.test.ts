import { expect, it } from "vitest";

import { spanRow } from "../../src/console/span-row.ts";
import { spanTable } from "../../src/console/span-table.ts";
import { columnsOf, dollars } from "../../src/console/terminal-text.ts";
import { finishedSpan, type SpanSketch, TRACE } from "./finished-span.ts";

const CALL = {
  "gen_ai.response.model": "claude-sonnet-4-5-20250929",
  "gen_ai.usage.input_tokens": 125_540,
  "gen_ai.usage.output_tokens": 1260,
  "gen_ai.usage.cache_read.input_tokens": 100_000,
  "gen_ai.usage.cache_creation.input_tokens": 5000,
  "gen_ai.response.time_to_first_chunk": 0.3121,
};

const ROWS = [
  finishedSpan({ name: "invoke_agent research assistant", id: "1", to: 4321 }),
  finishedSpan({ name: "gen_ai.chat", id: "2", parent: "1", from: 10, to: 3090, attributes: CALL }),
  finishedSpan({
    name: "execute_tool search_the_company_handbook",
    id: "3",
    parent: "1",
    from: 3100,
    to: 3150,
  }),
].map(spanRow);

function table(width: number, rows = ROWS): string {
  return spanTable({ traceId: TRACE, rows, note: undefined }, width, (_style, text) => text);
}

it("shows every column where there is room", () => {
  expect(table(160)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                                         Model                         Time  First at  Tokens in    out   cached  written  When                  Result
    invoke_agent research assistant                                          4.32 s                                                ━━━━━━━━━━━━━━━━━━━━  ok
    ├─ gen_ai.chat                               claude-sonnet-4-5-20250929  3.08 s    312 ms    125,540  1,260  100,000    5,000  ━━━━━━━━━━━━━━━       ok
    └─ execute_tool search_the_company_handbook                               50 ms                                                              ━       ok

    "
  `);
});

it("keeps the whole steps where there is less", () => {
  expect(table(100)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                                         Model           Time  Tokens in    out   cached  Result
    invoke_agent research assistant                            4.32 s                             ok
    ├─ gen_ai.chat                               claude-sonn…  3.08 s    125,540  1,260  100,000  ok
    └─ execute_tool search_the_company_handbook                 50 ms                             ok

    "
  `);
});

it("gives up the cache columns and then the model before a step is clipped", () => {
  expect(table(70)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                                    Time  Tokens in    out  Result
    invoke_agent research assistant       4.32 s                    ok
    ├─ gen_ai.chat                        3.08 s    125,540  1,260  ok
    └─ execute_tool search_the_company_…   50 ms                    ok

    "
  `);
  expect(table(50)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                Time  Tokens in    out  Result
    invoke_agent re…  4.32 s                    ok
    ├─ gen_ai.chat    3.08 s    125,540  1,260  ok
    └─ execute_tool…   50 ms                    ok

    "
  `);
});

it("clips a step that is far too long before it gives up the model", () => {
  const name = `execute_tool ${"search_the_handbook_".repeat(5)}`;
  const rows = [...ROWS, spanRow(finishedSpan({ name, id: "4", parent: "1", from: 3200 }))];
  expect(table(100, rows)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                                                      Model       Time  Tokens in    out  Result
    invoke_agent research assistant                                     4.32 s                    ok
    ├─ gen_ai.chat                                            claude-…  3.08 s    125,540  1,260  ok
    ├─ execute_tool search_the_company_handbook                          50 ms                    ok
    └─ execute_tool search_the_handbook_search_the_handbook…            0.0 ms                    ok

    "
  `);
});

/** A supervisor asks two agents at the same time; the price of what one of them calls is not known. */
const PARALLEL = [
  finishedSpan({ name: "POST /ask", id: "1", to: 1000 }),
  finishedSpan({ name: "LangGraph", id: "2", parent: "1", from: 0, to: 1000 }),
  finishedSpan({
    name: "node work",
    id: "3",
    parent: "2",
    from: 0,
    to: 600,
    attributes: { "gen_ai.agent.name": "searcher", "langchain.cost.total_usd": 0.00081 },
  }),
  finishedSpan({
    name: "gen_ai.chat",
    id: "4",
    parent: "3",
    from: 100,
    to: 600,
    attributes: {
      ...CALL,
      "gen_ai.operation.name": "chat",
      "gen_ai.agent.name": "searcher",
      "langchain.cost.usd": 0.00081,
    },
  }),
  finishedSpan({
    name: "openai.chat",
    id: "5",
    parent: "4",
    from: 110,
    to: 590,
    attributes: { ...CALL, "gen_ai.operation.name": "chat" },
  }),
  finishedSpan({
    name: "invoke_agent writer",
    id: "6",
    parent: "2",
    from: 300,
    to: 900,
    attributes: {
      "gen_ai.agent.name": "writer",
      "langchain.cost.total_usd": 1.2345,
      "langchain.pricing_missing": true,
    },
  }),
  finishedSpan({
    name: "gen_ai.chat",
    id: "7",
    parent: "6",
    from: 310,
    to: 700,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.agent.name": "writer",
      "gen_ai.usage.output_tokens": 7,
      "langchain.cost.usd": 1.2345,
    },
  }),
  finishedSpan({
    name: "embeddings local",
    id: "8",
    parent: "6",
    from: 700,
    to: 890,
    attributes: {
      "gen_ai.operation.name": "embeddings",
      "gen_ai.usage.input_tokens": 10,
      "langchain.pricing_missing": true,
    },
  }),
].map(spanRow);

it("shows what it cost, whose work it was, and what went on at the same time", () => {
  expect(table(160, PARALLEL)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                       Agent     Model                         Time  First at  Tokens in    out   cached  written     Cost  When                  Result
    POST /ask                                                        1.00 s                                                         ━━━━━━━━━━━━━━━━━━━━  ok
    └─ LangGraph                                                     1.00 s                                                         ━━━━━━━━━━━━━━━━━━━━  ok
       ├─ node work            searcher                              600 ms                                                $0.0008  ━━━━━━━━━━━━          ok
       │  └─ gen_ai.chat                 claude-sonnet-4-5-20250929  500 ms    312 ms    125,540  1,260  100,000    5,000  $0.0008    ━━━━━━━━━━          ok
       │     └─ openai.chat              claude-sonnet-4-5-20250929  480 ms    312 ms    125,540  1,260  100,000    5,000             ━━━━━━━━━━          ok
       └─ invoke_agent writer                                        600 ms                                                 $1.23+        ━━━━━━━━━━━━    ok
          ├─ gen_ai.chat                                             390 ms                           7                      $1.23        ━━━━━━━━        ok
          └─ embeddings local                                        190 ms                   10                                 ?                ━━━━    ok
    Total of 3 model calls                                                               125,550  1,267  100,000    5,000   $1.24+

    "
  `);
});

it("gives up the bars first, and the cost after the model", () => {
  expect(table(100, PARALLEL)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                       Agent     Model                   Time  Tokens in    out     Cost  Result
    POST /ask                                                  1.00 s                             ok
    └─ LangGraph                                               1.00 s                             ok
       ├─ node work            searcher                        600 ms                    $0.0008  ok
       │  └─ gen_ai.chat                 claude-sonnet-4-5-2…  500 ms    125,540  1,260  $0.0008  ok
       │     └─ openai.chat              claude-sonnet-4-5-2…  480 ms    125,540  1,260           ok
       └─ invoke_agent writer                                  600 ms                     $1.23+  ok
          ├─ gen_ai.chat                                       390 ms                 7    $1.23  ok
          └─ embeddings local                                  190 ms         10               ?  ok
    Total of 3 model calls                                               125,550  1,267   $1.24+

    "
  `);
  expect(table(72, PARALLEL)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                         Time  Tokens in    out     Cost  Result
    POST /ask                  1.00 s                             ok
    └─ LangGraph               1.00 s                             ok
       ├─ node work            600 ms                    $0.0008  ok
       │  └─ gen_ai.chat       500 ms    125,540  1,260  $0.0008  ok
       │     └─ openai.chat    480 ms    125,540  1,260           ok
       └─ invoke_agent writer  600 ms                     $1.23+  ok
          ├─ gen_ai.chat       390 ms                 7    $1.23  ok
          └─ embeddings local  190 ms         10               ?  ok
    Total of 3 model calls               125,550  1,267   $1.24+

    "
  `);
  expect(table(50, PARALLEL)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                Time  Tokens in    out  Result
    POST /ask         1.00 s                    ok
    └─ LangGraph      1.00 s                    ok
       ├─ node work   600 ms                    ok
       │  └─ gen_ai…  500 ms    125,540  1,260  ok
       │     └─ ope…  480 ms    125,540  1,260  ok
       └─ invoke_ag…  600 ms                    ok
          ├─ gen_ai…  390 ms                 7  ok
          └─ embedd…  190 ms         10         ok
    Total of 3 mode…            125,550  1,267

    "
  `);
});

it.each([
  [0, "$0"],
  [0.000_04, "<$0.0001"],
  [0.000_05, "$0.0001"],
  [0.000_81, "$0.0008"],
  [0.999_94, "$0.9999"],
  [0.999_96, "$1.00"],
  [1234.5, "$1,234.50"],
])("writes %d dollars as %s", (usd, text) => {
  expect(dollars(usd)).toBe(text);
});

/** So many requests below a span, one after another. */
function requests(count: number, change: (at: number) => Partial<SpanSketch> = () => ({})) {
  const posts = Array.from({ length: count }, (_, at) =>
    finishedSpan({
      name: "POST",
      id: `${at + 2}`,
      parent: "1",
      from: at * 10,
      to: at * 10 + 15,
      ...change(at),
    }),
  );
  return [finishedSpan({ name: "upload", id: "1", to: 400 }), ...posts].map(spanRow);
}

it("folds more than ten equal siblings in a row into one line", () => {
  const rows = requests(27, (at) => (at === 12 ? { error: "503" } : {}));
  expect(table(100, rows)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step            Time  When                  Result
    upload        400 ms  ━━━━━━━━━━━━━━━━━━━━  ok
    ├─ POST × 12  125 ms  ━━━━━━━               ok
    ├─ POST        15 ms        ━               error
    │     503
    └─ POST × 14  145 ms        ━━━━━━━━        ok

    "
  `);
});

it.each([
  ["ten", requests(10), 10],
  ["those with something below", requests(12, (at) => ({ parent: `${at + 1}` })), 12],
  ["those that cost", requests(12, () => ({ attributes: { "langchain.cost.usd": 1 } })), 12],
  ["those with tokens", requests(12, () => ({ attributes: CALL })), 12],
  ["those that are called otherwise", requests(12, (at) => ({ name: `POST ${at}` })), 12],
])("does not fold %s", (_what, rows, lines) => {
  expect(table(100, rows).match(/POST/g)).toHaveLength(lines);
  expect(table(100, rows)).not.toContain("×");
});

it("has no bar where there is one span, or no time at all", () => {
  const one = [finishedSpan({ name: "one", to: 10 })].map(spanRow);
  const instants = ["1", "2"].map((id) => spanRow(finishedSpan({ name: "now", id })));
  expect([table(160, one), table(160, instants)].join("")).not.toMatch(/When|━/);
});

it.each([50, 60, 80, 100, 120, 200])("takes no more than %i columns", (width) => {
  const widths = (table(width) + table(width, PARALLEL)).split("\n").map(columnsOf);
  expect(Math.max(...widths)).toBeLessThanOrEqual(width);
});

it("stays aligned with names in wide characters, and cuts them between characters", () => {
  const names = ["天気エージェントと天気予報", "👩‍👩‍👧‍👦 family 👍🏽", "résumé e\u0301tude", "계획"];
  const rows = names.map((name, at) =>
    spanRow(finishedSpan({ name, id: `${at + 1}`, from: at, to: 50 })),
  );
  expect(table(100, rows)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                         Time  When                  Result
    天気エージェントと天気予報  50 ms  ━━━━━━━━━━━━━━━━━━━━  ok
    👩‍👩‍👧‍👦 family 👍🏽                49 ms  ━━━━━━━━━━━━━━━━━━━━  ok
    résumé étude                48 ms  ━━━━━━━━━━━━━━━━━━━━  ok
    계획                        47 ms   ━━━━━━━━━━━━━━━━━━━  ok

    "
  `);
  expect(table(32, rows)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                Time  Result
    天気エージェント…  50 ms  ok
    👩‍👩‍👧‍👦 family 👍🏽       49 ms  ok
    résumé étude       48 ms  ok
    계획               47 ms  ok

    "
  `);
});

it("asks for colours by what they mean", () => {
  const rows = [
    finishedSpan({ name: "fine", id: "1", from: 1 }),
    finishedSpan({ name: "broken", id: "2", from: 2, error: "boom" }),
    finishedSpan({
      name: "stopped",
      id: "3",
      from: 3,
      attributes: { "langchain.run.outcome": "interrupted" },
    }),
  ].map(spanRow);
  const text = spanTable(
    { traceId: TRACE, rows, note: undefined },
    100,
    (style, part) => `<${style}>${part}</>`,
  );
  expect(text).toMatchInlineSnapshot(`
    "<bold>Trace</> 0af7651916cd43dd8448eb211c80319c
    <dim>Step       Time  When                  Result</>
    fine     0.0 ms  <green>━</>                     <green>ok</>
    broken   0.0 ms  <red>          ━</>           <red>error</>
       <red>boom</>
    stopped  0.0 ms  <yellow>                   ━</>  <yellow>interrupted</>

    "
  `);
});
