import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

import { describe, expect, it } from "vitest";

import type { CollectedSpan } from "../../examples/four-processes/collector.ts";
import { faultsOf } from "../../examples/four-processes/trace-report.ts";

const main = path.join(import.meta.dirname, "../../examples/four-processes/main.ts");

async function run(...flags: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, ...flags]);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

/** Whose child each span is, by process and name; siblings in order of name. */
function outline(printed: string): string[] {
  const lines = printed.split("\n").flatMap((line) => {
    const match =
      /^(entry|coordinator|specialist|tools) +?( *)(\S.*) \((\w+), \d+ ms\)( ERROR)?$/.exec(
        `${line.slice(0, 12).trimEnd()} ${line.slice(12)}`,
      );
    if (match === null) return [];
    const [, service, indent = "", name, kind, error = ""] = match;
    return [{ depth: indent.length / 2, text: `${service}: ${kind} ${name}${error}` }];
  });
  const above: string[] = [];
  return lines.map(({ depth, text }) => {
    above.length = depth;
    above.push(text);
    return above.slice(-2).join(" > ");
  });
}

const below = (parent: string, ...children: string[]): string[] =>
  children.map((child) => `${parent} > ${child}`);

const inSpecialist = (request: string): string[] => [
  ...below(
    request,
    "specialist: CLIENT initialize",
    "specialist: CLIENT notifications/initialized",
    "specialist: CLIENT tools/list",
  ),
  ...below("specialist: CLIENT initialize", "tools: SERVER initialize"),
  ...below(
    "specialist: CLIENT notifications/initialized",
    "tools: SERVER notifications/initialized",
  ),
  ...below("specialist: CLIENT tools/list", "tools: SERVER tools/list"),
  ...below(request, "specialist: INTERNAL invoke_agent specialist"),
  ...["get_weather", "find_sights"].flatMap((tool) => [
    `specialist: INTERNAL node tools > specialist: INTERNAL execute_tool ${tool}`,
    `specialist: INTERNAL execute_tool ${tool} > specialist: CLIENT tools/call ${tool}`,
    `specialist: CLIENT tools/call ${tool} > tools: SERVER tools/call ${tool}`,
  ]),
];

const toSpecialist = [
  "entry: SERVER POST",
  "entry: SERVER POST > entry: CLIENT POST",
  "entry: CLIENT POST > coordinator: SERVER POST",
  "coordinator: SERVER POST > coordinator: INTERNAL invoke_agent coordinator",
  "coordinator: INTERNAL node tools > coordinator: INTERNAL execute_tool ask_specialist",
];

describe("the example of four processes", () => {
  it("is one connected trace, over HTTP and MCP", { timeout: 90_000 }, async () => {
    const { code, out, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(outline(out)).toEqual(
      expect.arrayContaining([
        ...toSpecialist,
        "coordinator: INTERNAL execute_tool ask_specialist > coordinator: CLIENT POST",
        "coordinator: CLIENT POST > specialist: SERVER POST",
        ...inSpecialist("specialist: SERVER POST"),
      ]),
    );
    expect(out).toContain("One trace: 35 spans of 4 processes.");
  });

  const hasNats = spawnSync("nats-server", ["--version"]).error === undefined;

  it.skipIf(!hasNats && !process.env["CI"])(
    "is one connected trace over NATS too",
    { timeout: 90_000 },
    async () => {
      const { code, out, err } = await run("--nats");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const request = "specialist: SERVER nats.specialist";
      expect(outline(out)).toEqual(
        expect.arrayContaining([
          ...toSpecialist,
          `coordinator: INTERNAL execute_tool ask_specialist > ${request}`,
          ...inSpecialist(request),
        ]),
      );
    },
  );

  it("knows its options", async () => {
    expect(await run("--kafka")).toEqual({
      code: 2,
      out: "",
      err: "Unknown option --kafka. Usage: node examples/four-processes/main.ts [--nats]\n",
    });
  });
});

describe("what it checks", () => {
  const span = (spanId: string, parentSpanId?: string, more: object = {}): CollectedSpan => ({
    service: "a",
    name: spanId,
    kind: "INTERNAL",
    traceId: "t",
    spanId,
    parentSpanId,
    isError: false,
    start: 0n,
    end: 1n,
    ...more,
  });

  it.each([
    ["one trace of all services", [span("1"), span("2", "1", { service: "b" })], []],
    [
      "two traces",
      [span("1"), span("2", undefined, { service: "b", traceId: "u" })],
      ["There are 2 traces and not one.", "There are 2 spans without a parent."],
    ],
    [
      "a parent that is missing",
      [span("1"), span("3", "2", { service: "b" })],
      ["The parent of b's 3 is missing."],
    ],
    ["a process that is missing", [span("1")], ["There is no span of b."]],
    [
      "nothing",
      [],
      [
        "There are 0 traces and not one.",
        "There are 0 spans without a parent.",
        "There is no span of a.",
        "There is no span of b.",
      ],
    ],
  ])("%s", (_, spans, faults) => {
    expect(faultsOf(spans, ["a", "b"])).toEqual(faults);
  });
});
