import { diag, DiagLogLevel, type Exception, SpanStatusCode } from "@opentelemetry/api";
import * as sdk3 from "@opentelemetry/sdk-trace";
import * as fc from "fast-check";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";

import { BenignErrorSpanProcessor, type EndingSpan } from "../../src/processors/index.ts";
import type { SpanProcessor as SpanProcessorOf2_12 } from "../compat/sdk2/node_modules/@opentelemetry/sdk-trace/build/src/index.d.ts";
import type { SpanProcessor as SpanProcessorOf2_0 } from "../compat/sdk20/node_modules/@opentelemetry/sdk-trace-base/build/src/index.d.ts";
import { exportedOf, fail, type Order, RED, SDK20, SDK3, SDKS, errorLike, UNSET } from "./sdks.ts";

const PAUSE = errorLike("PauseRequested", "a person has to look at this");
const HANDOVER = errorLike("HandedOver", "somebody else goes on");
const BUG = new TypeError("x is not a function");

function processor(): BenignErrorSpanProcessor {
  return new BenignErrorSpanProcessor({
    defaults: false,
    rules: [
      { name: "pause", exceptionType: "PauseRequested" },
      { name: "handover", spanName: "desk.", exceptionType: "HandedOver" },
    ],
  });
}

/** What was said through `diag`, one line a message. */
function listen(): string[] {
  const said: string[] = [];
  const hear =
    (level: string) =>
    (...parts: unknown[]) =>
      void said.push(`${level}: ${parts.map(String).join(" ")}`);
  const logger = {
    error: hear("error"),
    warn: hear("warn"),
    info: hear("info"),
    debug: hear("debug"),
    verbose: hear("verbose"),
  };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return said;
}

afterEach(() => diag.disable());

describe.each(SDKS)("on $name", ({ start, tellsEnding }) => {
  const orders: readonly Order[] = tellsEnding ? ["before", "after"] : ["before"];

  it.each(orders)(
    "takes ERROR, its message and error.type off a span, standing %s the exporting processor",
    async (order) => {
      const { tracer, exported } = start(order, processor());
      const span = tracer().startSpan("work", { attributes: { "app.kept": true } });
      fail(span, PAUSE).end();

      expect(await exported()).toEqual([
        { name: "work", status: UNSET, attributes: { "app.kept": true } },
      ]);
    },
  );

  it.each(orders)(
    "leaves all other spans as they are, standing %s the exporting processor",
    async (order) => {
      const { tracer, exported } = start(order, processor());
      const open = (name: string) => tracer().startSpan(name);
      fail(open("a bug"), BUG).end();
      fail(open("a bug beside a pause"), PAUSE, BUG).end();
      fail(open("a bug before a pause"), BUG, PAUSE).end();
      fail(open("a handover off its path"), HANDOVER).end();
      fail(open("an error without an exception")).end();
      fail(open("only a message"), "PauseRequested").end();
      open("a pause that is no error").setAttribute("error.type", "kept").end();
      const done = open("a pause, and done").setStatus({ code: SpanStatusCode.OK });
      done.recordException(PAUSE as Exception);
      done.end();
      const other = open("an event of another name").setStatus({ code: SpanStatusCode.ERROR });
      other.addEvent("note", { "exception.type": "PauseRequested" });
      other.end();

      const red = { status: RED, attributes: { "error.type": "SomeError" } };
      expect(await exported()).toEqual([
        { name: "a bug", ...red },
        { name: "a bug beside a pause", ...red },
        { name: "a bug before a pause", ...red },
        { name: "a handover off its path", ...red },
        { name: "an error without an exception", ...red },
        { name: "only a message", ...red },
        { name: "a pause that is no error", status: UNSET, attributes: { "error.type": "kept" } },
        { name: "a pause, and done", status: { code: SpanStatusCode.OK }, attributes: {} },
        {
          name: "an event of another name",
          status: { code: SpanStatusCode.ERROR },
          attributes: {},
        },
      ]);
    },
  );

  it("downgrades a span with several benign exceptions, each by a rule of its own", async () => {
    const { tracer, exported } = start("before", processor());
    fail(tracer().startSpan("desk.clerk"), HANDOVER, PAUSE, HANDOVER).end();

    expect(await exported()).toEqual([{ name: "desk.clerk", status: UNSET, attributes: {} }]);
  });

  it(
    tellsEnding ? "says nothing" : "says once that it has to stand before the exporting processor",
    () => {
      const said = listen();
      const { tracer } = start("before", processor());
      tracer().startSpan("fine").end();
      fail(tracer().startSpan("work"), PAUSE).end();
      fail(tracer().startSpan("work"), BUG).end();

      expect(said).toEqual(
        tellsEnding
          ? []
          : [
              expect.stringMatching(
                /^warn: langchain-otel: BenignErrorSpanProcessor .*before 2\.3.*stand before the exporting/,
              ),
            ],
      );
    },
  );
});

describe("BenignErrorSpanProcessor", () => {
  it("comes too late on SDK 2.0 when it stands after the exporting processor, which is why it warns", async () => {
    const { tracer, exported } = SDK20.start("after", processor());
    fail(tracer().startSpan("work"), PAUSE).end();

    expect(await exported()).toEqual([
      { name: "work", status: RED, attributes: { "error.type": "SomeError" } },
    ]);
  });

  it("works and warns on a new SDK when a processor round it does not pass onEnding on", async () => {
    const said = listen();
    const inner = processor();
    const wrapping = { ...quiet(), onEnd: (span: EndingSpan) => inner.onEnd(span) };
    const { tracer, exported } = SDK3.start("before", wrapping);
    fail(tracer().startSpan("work"), PAUSE).end();

    expect(await exported()).toEqual([{ name: "work", status: UNSET, attributes: {} }]);
    expect(said).toHaveLength(1);
  });

  it("does not warn when one processor serves an old and a new SDK and the new one's spans end first", () => {
    const said = listen();
    const shared = processor();
    SDK3.start("before", shared).tracer().startSpan("new").end();
    expect(said).toEqual([]);
    SDK20.start("before", shared).tracer().startSpan("old").end();
    expect(said).toHaveLength(1);
  });

  it("does not warn when it is registered twice", async () => {
    const said = listen();
    const twice = processor();
    const { tracer, exported } = SDK3.start("before", twice, twice);
    fail(tracer().startSpan("work"), PAUSE).end();

    expect(said).toEqual([]);
    expect(await exported()).toEqual([{ name: "work", status: UNSET, attributes: {} }]);
  });

  it("judges a span by the name and the attributes that it has at its end", async () => {
    const { tracer, exported } = SDK3.start("before", processor());
    fail(tracer().startSpan("started as this").updateName("desk.clerk"), HANDOVER).end();

    expect(await exported()).toEqual([{ name: "desk.clerk", status: UNSET, attributes: {} }]);
  });

  it("leaves a span alone whose exceptions are not all there any more", async () => {
    const small = new sdk3.TracerProvider({
      spanLimits: { eventCountLimit: 1 },
      spanProcessors: [processor()],
    });
    const span = small.getTracer("app").startSpan("work");
    fail(span, BUG, PAUSE).end();

    expect((span as unknown as EndingSpan).status).toEqual(RED);
  });

  it("does not touch the attributes object that a span was started with", async () => {
    const attributes = { "error.type": "SomeError" };
    await exportedOf(processor(), { attributes }, PAUSE);

    expect(attributes).toEqual({ "error.type": "SomeError" });
  });

  it("leaves a span that is not recorded to the SDK", () => {
    const said = listen();
    const off = new sdk3.TracerProvider({
      sampler: new sdk3.AlwaysOffSampler(),
      spanProcessors: [processor()],
    });
    fail(off.getTracer("app").startSpan("work"), PAUSE).end();

    expect(said).toEqual([]);
  });

  it("never changes a span with at least one exception that no rule matches", () => {
    const benign = fc.constantFrom(
      { name: "PauseRequested" },
      { name: "lib.PauseRequested" },
      { name: "HandedOver" },
    );
    const real = fc.oneof(
      fc.string({ minLength: 1 }).map((name) => ({ name: `${name}!` })),
      fc.string({ minLength: 1 }),
      fc.constantFrom(
        { name: "PauseRequestedError" },
        { name: "PauseRequested.Late" },
        { name: "xPauseRequested" },
        BUG,
      ),
    );
    const mixed = fc
      .tuple(fc.array(benign), real, fc.array(fc.oneof(benign, real)))
      .map(([before, one, after]) => [...before, one, ...after]);
    const provider = new sdk3.TracerProvider({ spanProcessors: [processor()] });

    fc.assert(
      fc.property(mixed, fc.constantFrom("desk.clerk", "work"), (exceptions, name) => {
        const span = provider.getTracer("app").startSpan(name);
        fail(span, ...exceptions).end();
        const { status, attributes } = span as unknown as EndingSpan;
        expect({ status, attributes }).toEqual({
          status: RED,
          attributes: { "error.type": "SomeError" },
        });
      }),
    );
    fc.assert(
      fc.property(fc.array(benign, { minLength: 1 }), (exceptions) => {
        const span = provider.getTracer("app").startSpan("desk.clerk");
        fail(span, ...exceptions).end();
        const { status, attributes } = span as unknown as EndingSpan;
        expect({ status, attributes }).toEqual({ status: UNSET, attributes: {} });
      }),
    );
  });

  it("is a span processor for the types of all three SDKs", () => {
    expectTypeOf<BenignErrorSpanProcessor>().toExtend<sdk3.SpanProcessor>();
    expectTypeOf<BenignErrorSpanProcessor>().toExtend<SpanProcessorOf2_12>();
    expectTypeOf<BenignErrorSpanProcessor>().toExtend<SpanProcessorOf2_0>();
  });

  it("flushes and shuts down", async () => {
    const one = processor();

    expect(await Promise.all([one.forceFlush(), one.shutdown(), one.shutdown()])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

const red = () => ({
  name: "work",
  instrumentationScope: { name: "app" },
  status: { code: SpanStatusCode.ERROR },
  attributes: { "error.type": "SomeError" },
  events: [{ name: "exception", attributes: { "exception.type": "PauseRequested" } }],
  droppedEventsCount: 0,
});

const throwing = (field: string): object =>
  Object.defineProperty(red(), field, {
    get() {
      throw new Error(`no ${field}`);
    },
  });

describe("a span that resists", () => {
  it.each(["status", "events", "attributes", "name", "instrumentationScope", "droppedEventsCount"])(
    "ends although reading its %s throws, and the fault is reported once",
    (field) => {
      const said = listen();
      const rules = [
        { name: "pause", spanName: "w", scope: "app", exceptionType: "PauseRequested" },
      ];
      const one = new BenignErrorSpanProcessor({ defaults: false, rules });
      for (let times = 0; times < 3; times++) {
        const span = throwing(field) as EndingSpan;
        one.onEnding(span);
        one.onEnd(span);
      }

      expect(said).toEqual([
        `error: langchain-otel: BenignErrorSpanProcessor failed; telemetry of this kind is incomplete from here on Error: no ${field}`,
      ]);
    },
  );

  it("stays as it was when its status cannot be assigned", () => {
    const said = listen();
    const frozen = Object.freeze(red());
    processor().onEnding(frozen);

    expect(frozen).toEqual(red());
    expect(said).toHaveLength(1);
  });

  it("stays as it was when its attributes cannot be changed", () => {
    const said = listen();
    const span = { ...red(), attributes: Object.freeze(red().attributes) };
    processor().onEnding(span);

    expect(span).toEqual(red());
    expect(said).toHaveLength(1);
  });

  it("may be no span at all", () => {
    const said = listen();
    const one = processor();
    for (const nothing of [undefined, null, 7, {}]) {
      one.onEnding(nothing as EndingSpan);
      one.onEnd(nothing as EndingSpan);
    }

    expect(said).toHaveLength(1);
  });

  it("does not stop the spans after it", async () => {
    const one = processor();
    one.onEnding(throwing("events") as EndingSpan);

    expect(await exportedOf(one, {}, PAUSE)).toEqual({
      name: "work",
      status: UNSET,
      attributes: {},
    });
  });

  it("ends although the application's diag logger throws", () => {
    const shout = vi.fn(() => {
      throw new Error("no logger");
    });
    const logger = { error: shout, warn: shout, info: shout, debug: shout, verbose: shout };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    const one = processor();
    one.onEnding(throwing("events") as EndingSpan);
    const late = red();
    one.onEnd(late);

    expect(late.status).toEqual(UNSET);
    expect(shout).toHaveBeenCalled();
  });
});

// --- internal ---

function quiet(): { onStart(): void; forceFlush(): Promise<void>; shutdown(): Promise<void> } {
  return { onStart() {}, forceFlush: async () => {}, shutdown: async () => {} };
}
