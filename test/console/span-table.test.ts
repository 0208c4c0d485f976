import { expect, it } from "vitest";

import { spanRow } from "../../src/console/span-row.ts";
import { spanTable } from "../../src/console/span-table.ts";
import { columnsOf } from "../../src/console/terminal-text.ts";
import { finishedSpan, TRACE } from "./finished-span.ts";

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
    Step                                         Model                         Time  First at  Tokens in    out   cached  written  Result
    invoke_agent research assistant                                          4.32 s                                                ok
    ├─ gen_ai.chat                               claude-sonnet-4-5-20250929  3.08 s    312 ms    125,540  1,260  100,000    5,000  ok
    └─ execute_tool search_the_company_handbook                               50 ms                                                ok

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

it.each([50, 60, 80, 100, 120, 200])("takes no more than %i columns", (width) => {
  const widths = table(width).split("\n").map(columnsOf);
  expect(Math.max(...widths)).toBeLessThanOrEqual(width);
});

it("stays aligned with names in wide characters, and cuts them between characters", () => {
  const names = ["天気エージェントと天気予報", "👩‍👩‍👧‍👦 family 👍🏽", "résumé e\u0301tude", "계획"];
  const rows = names.map((name, at) =>
    spanRow(finishedSpan({ name, id: `${at + 1}`, from: at, to: 50 })),
  );
  expect(table(100, rows)).toMatchInlineSnapshot(`
    "Trace 0af7651916cd43dd8448eb211c80319c
    Step                         Time  Result
    天気エージェントと天気予報  50 ms  ok
    👩‍👩‍👧‍👦 family 👍🏽                49 ms  ok
    résumé étude                48 ms  ok
    계획                        47 ms  ok

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
    <dim>Step       Time  Result</>
    fine     0.0 ms  <green>ok</>
    broken   0.0 ms  <red>error</>
       <red>boom</>
    stopped  0.0 ms  <yellow>interrupted</>

    "
  `);
});
