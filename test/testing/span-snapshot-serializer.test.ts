import { setTimeout as delay } from "node:timers/promises";

import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { describe, expect, it, onTestFinished } from "vitest";

import {
  createTestTelemetry,
  type FinishedSpan,
  spanSnapshotSerializer,
  spanTree,
  type TestTelemetry,
} from "../../src/testing/index.ts";
import { finishedSpan } from "../console/finished-span.ts";

expect.addSnapshotSerializer(spanSnapshotSerializer);

function telemetryOf(): TestTelemetry {
  const telemetry = createTestTelemetry();
  onTestFinished(() => telemetry.shutdown());
  return telemetry;
}

/** A request as an instrumented application makes it: nothing of it is the same twice, but the print is. */
async function request(): Promise<void> {
  const tracer = trace.getTracer("test");
  const port = 10_000 + Math.floor(Math.random() * 50_000);
  await tracer.startActiveSpan("POST /chat", { kind: SpanKind.SERVER }, async (root) => {
    const attributes = {
      "langchain.run.id": crypto.randomUUID(),
      "gen_ai.response.time_to_first_chunk": performance.now() / 1000,
      "gen_ai.usage.input_tokens": 2540,
      "gen_ai.request.temperature": 0.5,
      "gen_ai.response.finish_reasons": ["stop"],
      "server.address": "127.0.0.1",
      "server.port": port,
    };
    tracer.startActiveSpan("gen_ai.chat", { kind: SpanKind.CLIENT, attributes }, (chat) => {
      const url = `http://127.0.0.1:${port}/v1/chat?run=${crypto.randomUUID()}`;
      tracer
        .startSpan("POST", {
          attributes: { "url.full": url, "user_agent.original": `node/${process.version}` },
        })
        .end();
      chat.recordException(new TypeError(`connect ECONNREFUSED 127.0.0.1:${port}`));
      chat
        .setStatus({ code: SpanStatusCode.ERROR, message: `connect ECONNREFUSED ::1:${port}` })
        .end();
    });
    await delay(Math.random() * 3);
    tracer
      .startSpan("save", { links: [{ context: root.spanContext(), attributes: { why: "asked" } }] })
      .end();
    root.end();
  });
}

describe("the print of spans", () => {
  it("is a tree without anything that changes from run to run", async () => {
    const telemetry = telemetryOf();
    await request();
    expect(telemetry.tree()).toMatchInlineSnapshot(`
      POST /chat SERVER
      ├─ gen_ai.chat CLIENT [ERROR: connect ECONNREFUSED ::1:<port>]
      │  │  gen_ai.request.temperature: 0.5
      │  │  gen_ai.response.finish_reasons: ["stop"]
      │  │  gen_ai.response.time_to_first_chunk: <seconds>
      │  │  gen_ai.usage.input_tokens: 2540
      │  │  langchain.run.id: <run-id>
      │  │  server.address: "127.0.0.1"
      │  │  server.port: <port>
      │  │  * exception
      │  │    exception.message: "connect ECONNREFUSED 127.0.0.1:<port>"
      │  │    exception.stacktrace: <stack>
      │  │    exception.type: "TypeError"
      │  └─ POST INTERNAL
      │        url.full: "http://127.0.0.1:<port>/v1/chat?run=<uuid>"
      │        user_agent.original: <user-agent>
      └─ save INTERNAL
            -> POST /chat
              why: "asked"
    `);
    const printed = spanSnapshotSerializer.print(telemetry.tree());
    telemetry.reset();
    await request();
    expect(spanSnapshotSerializer.print(telemetry.tree())).toBe(printed);
    expect(spanSnapshotSerializer.print(telemetry.spans())).toBe(printed);
  });

  it("is in one order for spans that ran at the same time, in whatever order they began and ended", async () => {
    const prints = new Set<string>();
    for (let run = 0; run < 20; run += 1) {
      const telemetry = telemetryOf();
      const tracer = trace.getTracer("test");
      await tracer.startActiveSpan("batch", async (root) => {
        const models = ["c", "a", "b"].sort(() => Math.random() - 0.5);
        await Promise.all(
          models.map(async (model) => {
            const span = tracer.startSpan("gen_ai.chat", {
              attributes: { "gen_ai.request.model": model },
            });
            await delay(Math.random() * 4);
            tracer.startSpan(`POST ${model}`, {}, trace.setSpan(context.active(), span)).end();
            span.end();
          }),
        );
        tracer.startSpan("after").end();
        tracer.startSpan("a last one").end();
        root.end();
      });
      prints.add(spanSnapshotSerializer.print(telemetry.tree()));
      telemetry.shutdown();
    }
    expect([...prints].map((each) => `\n${each}\n`)).toMatchInlineSnapshot(`
      [
        "
      batch INTERNAL
      ├─ gen_ai.chat INTERNAL
      │  │  gen_ai.request.model: "a"
      │  └─ POST a INTERNAL
      ├─ gen_ai.chat INTERNAL
      │  │  gen_ai.request.model: "b"
      │  └─ POST b INTERNAL
      ├─ gen_ai.chat INTERNAL
      │  │  gen_ai.request.model: "c"
      │  └─ POST c INTERNAL
      ├─ after INTERNAL
      └─ a last one INTERNAL
      ",
      ]
    `);
  });

  it("keeps the sequence of short spans whose clocks disagree", () => {
    const telemetry = telemetryOf();
    const tracer = trace.getTracer("test");
    const now = Date.now();
    const first = tracer.startSpan("second by name", { startTime: now });
    first.end(now + 2);
    tracer.startSpan("first by name", { startTime: now + 1 }).end(now + 1);
    expect(telemetry.tree()).toMatchInlineSnapshot(`
      second by name INTERNAL
      first by name INTERNAL
    `);
  });

  it("goes by the times of spans from elsewhere", () => {
    const spans = [
      finishedSpan({ name: "c", id: "1", from: 0, to: 10 }),
      finishedSpan({ name: "b", id: "2", from: 5, to: 15 }),
      finishedSpan({ name: "a", id: "3", from: 15, to: 20 }),
    ];
    expect(spans).toMatchInlineSnapshot(`
      b INTERNAL
      c INTERNAL
      a INTERNAL
    `);
    expect(spans.toReversed()).toMatchInlineSnapshot(`
      b INTERNAL
      c INTERNAL
      a INTERNAL
    `);
  });

  it("says where a parent or a linked span is elsewhere, but not of a span that is printed alone", () => {
    const alone = finishedSpan({
      name: "alone",
      id: "2",
      parent: "1",
      links: [{ context: finishedSpan({ name: "x", id: "9" }).spanContext() }],
    });
    expect(alone).toMatchInlineSnapshot(`
      alone INTERNAL
         -> (span elsewhere)
    `);
    expect([alone]).toMatchInlineSnapshot(`
      alone INTERNAL (parent elsewhere)
         -> (span elsewhere)
    `);
    expect(spanTree([alone])[0]).toMatchInlineSnapshot(`
      alone INTERNAL (parent elsewhere)
         -> (span elsewhere)
    `);
  });

  it("is indented inside of something else", () => {
    expect({
      result: 1,
      spans: [finishedSpan({ name: "a", attributes: { k: "v" } })],
    }).toMatchInlineSnapshot(`
      {
        "result": 1,
        "spans": a INTERNAL
           k: "v",
      }
    `);
  });

  it("keeps to its lines whatever is in a name", () => {
    const events = [{ name: "e\n1", time: [0, 0] as [number, number] }];
    const span = finishedSpan({
      name: 'a\n└─ "forged"',
      error: "x\ny",
      attributes: { "k\n2": "v\n" },
      events,
    });
    expect(span).toMatchInlineSnapshot(`
      a\\n└─ "forged" INTERNAL [ERROR: x\\ny]
         k\\n2: "v\\n"
         * e\\n1
    `);
  });

  it("takes a circle of parents and a chain of 1,000", () => {
    const circle = [
      finishedSpan({ name: "a", id: "1", parent: "2" }),
      finishedSpan({ name: "b", id: "2", parent: "1", from: 1 }),
    ];
    expect(circle).toMatchInlineSnapshot(`
      a INTERNAL (parent elsewhere)
      └─ b INTERNAL
    `);
    const chain = Array.from({ length: 1000 }, (_, at) =>
      finishedSpan({ name: "s", id: `${at + 1}`, ...(at > 0 && { parent: `${at}` }) }),
    );
    expect(spanSnapshotSerializer.print(chain).split("\n")).toHaveLength(1000);
  });
});

describe("placeholders", () => {
  const hex = "0af7651916cd43dd8448eb211c80319c";

  it.each([
    ["langchain.run.id", "01234567-89ab-7def-8123-456789abcdef", "<run-id>"],
    ["langsmith.trace.run_id", "r1", "<run-id>"],
    ["gen_ai.conversation.id", "01234567-89AB-7def-8123-456789abcdef", "<uuid>"],
    ["note", "run 01234567-89ab-7def-8123-456789abcdef failed", '"run <uuid> failed"'],
    ["list", ["01234567-89ab-7def-8123-456789abcdef", "b"], '["<uuid>","b"]'],
    ["traceparent", `00-${hex}-b7ad6b7169203331-01`, "<traceparent>"],
    ["ids", `${hex} b7ad6b7169203331`, '"<trace-id> <span-id>"'],
    ["gen_ai.response.time_to_first_chunk", 0.1, "<seconds>"],
    ["gen_ai.response.time_per_output_chunk", 0.1, "<seconds>"],
    ["http.duration_ms", 12, "<milliseconds>"],
    ["tool.duration", 12, "<seconds>"],
    ["exception.stacktrace", "Error: x\n    at y", "<stack>"],
    ["error", "Error: x\n    at y (z:1)\n    at w\nend", String.raw`"Error: x\n<stack>\nend"`],
    ["user_agent.original", "node", "<user-agent>"],
    ["telemetry.sdk.version", "3.1.1", "<version>"],
    ["when", "at 2026-11-20T20:00:00.123Z", '"at <time>"'],
    ["url.full", "https://localhost:4123/a", '"https://localhost:<port>/a"'],
    ["url.full", "http://[::1]:4123/a", '"http://[::1]:<port>/a"'],
    ["network.peer.address", "::1", "<loopback>"],
  ])("%s: %o is %s", (key, value, printed) => {
    expect(
      spanSnapshotSerializer.print(finishedSpan({ name: "s", attributes: { [key]: value } })),
    ).toBe(`s INTERNAL\n   ${key}: ${printed}`);
  });

  it.each([
    ["gen_ai.response.model", "gpt-4o-2024-08-06", '"gpt-4o-2024-08-06"'],
    [
      "gen_ai.response.id",
      "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
      '"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG"',
    ],
    ["gen_ai.usage.input_tokens", 2540, "2540"],
    ["gen_ai.request.duration_limit", 3, "3"],
    ["tool.duration", "long", '"long"'],
    ["network.protocol.version", "1.1", '"1.1"'],
    ["url.full", "https://api.openai.com:443/v1", '"https://api.openai.com:443/v1"'],
    ["server.port", 443, "443"],
    ["flag", true, "true"],
  ])("%s: %o stays", (key, value, printed) => {
    const attributes = { "server.address": "api.openai.com", [key]: value };
    expect(
      spanSnapshotSerializer.print(finishedSpan({ name: "s", attributes })).split("\n"),
    ).toContain(`   ${key}: ${printed}`);
  });
});

describe("the serializer", () => {
  it.each([
    ["a span", true, finishedSpan({ name: "a" })],
    ["spans", true, [finishedSpan({ name: "a" })]],
    ["a tree", true, spanTree([finishedSpan({ name: "a" })])],
    ["a node of a tree", true, spanTree([finishedSpan({ name: "a" })])[0]],
    ["an empty array, which could be of anything", false, []],
    ["spans among others", false, [finishedSpan({ name: "a" }), 1]],
    ["a text", false, "a"],
    ["null", false, null],
    ["an object with a name", false, { name: "a", kind: "b", events: 1, children: 2 }],
  ])("is for %s: %s", (_what, expected, value) => {
    expect(spanSnapshotSerializer.test(value)).toBe(expected);
  });

  it("prints for the old interface of Jest as for the new", () => {
    const spans: FinishedSpan[] = [finishedSpan({ name: "a", attributes: { k: 1 } })];
    expect(spanSnapshotSerializer.print(spans)).toBe(
      spanSnapshotSerializer.serialize(spans, {}, ""),
    );
  });
});
