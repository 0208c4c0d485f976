import { diag, DiagLogLevel, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";

import { Work } from "../../src/content/detection/detection.ts";
import { RedactingSpanProcessor as FromRoot } from "../../src/index.ts";
import { RedactingSpanProcessor } from "../../src/processors/index.ts";
import type { SpanProcessor as SpanProcessorOf2_12 } from "../compat/sdk2/node_modules/@opentelemetry/sdk-trace/build/src/index.d.ts";
import type { SpanProcessor as SpanProcessorOf2_0 } from "../compat/sdk20/node_modules/@opentelemetry/sdk-trace-base/build/src/index.d.ts";
import { type Order, SDKS } from "../processors/sdks.ts";
import { keyAt } from "./planted-keys.ts";

const KEY = keyAt(1);
const MARK = "[redacted:key]";
const NAMED = "[redacted:credential]";
const LINKED = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: TraceFlags.SAMPLED };

/** What was said through `diag`. */
function listen(): string[] {
  const said: string[] = [];
  const hear = (...parts: unknown[]) => void said.push(parts.map(String).join(" "));
  const logger = { error: hear, warn: hear, info: hear, debug: hear, verbose: hear };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return said;
}

afterEach(() => diag.disable());

describe.each(SDKS)("on $name", ({ start, tellsEnding }) => {
  const orders: readonly Order[] = tellsEnding ? ["before", "after"] : ["before"];

  it.each(orders)(
    "takes keys out of all that a span has, standing %s the exporting processor",
    async (order) => {
      const said = listen();
      const { tracer, exportedWhole } = start(order, new RedactingSpanProcessor());
      const link = { context: LINKED, attributes: { said: KEY, kept: 1 } };
      const span = tracer().startSpan(`GET /${KEY}`, {
        attributes: { "url.full": `https://user:secret1@host.example/a?key=${KEY}&model=x` },
        links: [link],
      });
      span.setAttributes({
        "url.query": "key=x9y8z7w6&model=x",
        "http.request.header.x-api-key": ["0f1e2d3c"],
        "app.list": ["a", KEY, "b"],
        "app.arguments": ["--api-key", "0f1e2d3c", "--verbose"],
        [`app.${KEY}`]: true,
        "app.kept": 42,
      });
      const told = { said: `It is ${KEY}` };
      span.addEvent(`Used ${KEY}`, told);
      span.recordException(new Error(`Wrong key: ${KEY}`));
      span.setStatus({ code: SpanStatusCode.ERROR, message: `Wrong key: ${KEY}` });
      span.end();

      const [only] = await exportedWhole();
      expect(JSON.stringify(only)).not.toContain(KEY);
      expect(only).toMatchObject({
        name: `GET /${MARK}`,
        status: { code: SpanStatusCode.ERROR, message: `Wrong key: ${MARK}` },
        attributes: {
          "url.full": `https://${NAMED}@host.example/a?key=${MARK}&model=x`,
          "url.query": `key=${NAMED}&model=x`,
          "http.request.header.x-api-key": [NAMED],
          "app.list": ["a", MARK, "b"],
          "app.arguments": ["--api-key", NAMED, "--verbose"],
          [`app.${MARK}`]: true,
          "app.kept": 42,
        },
      });
      expect(only?.events).toMatchObject([
        { name: `Used ${MARK}`, attributes: { said: `It is ${MARK}` } },
        { name: "exception", attributes: { "exception.message": `Wrong key: ${MARK}` } },
      ]);
      expect(only?.links).toMatchObject([{ context: LINKED, attributes: { said: MARK, kept: 1 } }]);
      // What the application holds is its own.
      expect([link.attributes.said, told.said]).toEqual([KEY, `It is ${KEY}`]);
      const complaint = expect.stringMatching(/RedactingSpanProcessor .*before 2\.3.*stand before/);
      expect(said).toEqual(tellsEnding ? [] : [complaint]);
    },
  );

  it("leaves a span without keys exactly as it is", async () => {
    const make = async (...processors: object[]) => {
      const { tracer, exportedWhole } = start("after", ...processors);
      const startTime = 1_700_000_000_000;
      const span = tracer().startSpan("work", {
        startTime,
        attributes: { a: "b", c: [1, 2], d: 3 },
      });
      span.addEvent("said", { text: "Good day" }, startTime + 1);
      span.setStatus({ code: SpanStatusCode.ERROR, message: "It is broken" });
      span.end(startTime + 2);
      return exportedWhole();
    };
    expect(await make(new RedactingSpanProcessor())).toEqual(await make());
  });

  it("reads what it knows only once", async () => {
    const { tracer } = start("before", new RedactingSpanProcessor());
    const attributes = { "app.first-seen": "a value that stays the same" };
    const once = (): number => {
      const before = spent;
      tracer().startSpan("work of always", { attributes }).end();
      return spent - before;
    };
    let spent = 0;
    const { spend } = Work.prototype;
    Work.prototype.spend = function counting(this: Work, characters: number) {
      spent += characters;
      spend.call(this, characters);
    };
    once();
    expect(once()).toBe(0);
    Work.prototype.spend = spend;
  });
});

describe("a span that resists", () => {
  it("ends, and is complained of once", () => {
    const said = listen();
    const processor = new RedactingSpanProcessor();
    for (let times = 0; times < 3; times += 1) {
      const span = { status: {}, attributes: Object.freeze({ key: KEY }), events: [], links: [] };
      processor.onEnding(span as never);
      processor.onEnding(null as never);
      processor.onEnd({ ...span, name: "work" } as never);
    }
    expect(said.length).toBeGreaterThan(0);
    expect(new Set(said).size).toBe(said.length);
    expect(said.join()).not.toContain(KEY);
  });
});

it("is a SpanProcessor of every SDK, from either entry point", async () => {
  const processor = new RedactingSpanProcessor();
  expect(FromRoot).toBe(RedactingSpanProcessor);
  expectTypeOf(processor).toExtend<SpanProcessor>();
  expectTypeOf(processor).toExtend<SpanProcessorOf2_12>();
  expectTypeOf(processor).toExtend<SpanProcessorOf2_0>();
  await processor.forceFlush();
  await processor.shutdown();
});
