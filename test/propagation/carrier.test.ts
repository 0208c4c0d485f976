import { headers as natsHeaders } from "@nats-io/transport-node";
import { context, createContextKey, propagation, trace } from "@opentelemetry/api";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { beforeEach, describe, expect, it } from "vitest";

import { extract, inject } from "../../src/propagation/index.ts";
import { createTestTelemetry } from "../../src/testing/index.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const OTHER = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;

beforeEach(() => {
  const telemetry = createTestTelemetry();
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  );
  return () => {
    propagation.disable();
    telemetry.shutdown();
  };
});

const sender = trace.setSpanContext(context.active(), {
  traceId: TRACE,
  spanId: SPAN,
  traceFlags: 1,
});

/** Whose trace a carrier brings, in the short form. */
function brought(carrier: unknown, format: "http" | "jsonrpc" | "nats"): string | undefined {
  const span = trace.getSpanContext(extract(carrier, { format }));
  return (
    span &&
    `${span.traceId}-${span.spanId}${span.traceState ? ` ${span.traceState.serialize()}` : ""}`
  );
}

describe("HTTP headers", () => {
  it("are written into an object, a Headers and a Map, and read back", () => {
    for (const carrier of [
      { accept: "*/*" },
      new Headers({ accept: "*/*" }),
      new Map([["accept", "*/*"]]),
    ]) {
      inject(carrier, { format: "http", context: sender });
      const written =
        carrier instanceof Headers || carrier instanceof Map
          ? Object.fromEntries(carrier)
          : carrier;
      expect(written).toEqual({ accept: "*/*", traceparent: TRACEPARENT });
      expect(brought(carrier, "http")).toBe(`${TRACE}-${SPAN}`);
    }
  });

  it("replace those that stand there in another spelling", () => {
    const carrier = { Traceparent: OTHER };
    inject(carrier, { format: "http", context: sender });
    expect(carrier).toEqual({ traceparent: TRACEPARENT });
  });

  it("are read in any case, with their baggage and trace state", () => {
    const carrier = {
      TraceParent: TRACEPARENT,
      TRACESTATE: ["a=1", "b=2"],
      Baggage: "tenant=acme",
    };
    expect(brought(carrier, "http")).toBe(`${TRACE}-${SPAN} a=1,b=2`);
    const baggage = propagation.getBaggage(extract(carrier, { format: "http" }));
    expect(baggage?.getEntry("tenant")?.value).toBe("acme");
  });

  it("that came several times count by their first", () => {
    expect(brought({ traceparent: [TRACEPARENT, OTHER] }, "http")).toBe(`${TRACE}-${SPAN}`);
  });
});

describe("a JSON-RPC message", () => {
  it("carries the context in both places, and leaves the caller's params alone", () => {
    const params = { name: "search", _meta: { progressToken: 1, headers: { tenant: "acme" } } };
    const message = { jsonrpc: "2.0", method: "tools/call", params };
    inject(message, { format: "jsonrpc", context: sender });
    expect(message).toEqual({
      jsonrpc: "2.0",
      method: "tools/call",
      params: {
        name: "search",
        _meta: {
          progressToken: 1,
          traceparent: TRACEPARENT,
          headers: { tenant: "acme", traceparent: TRACEPARENT },
        },
      },
    });
    expect(params).toEqual({
      name: "search",
      _meta: { progressToken: 1, headers: { tenant: "acme" } },
    });
  });

  it("gets params when it has none", () => {
    const message = { jsonrpc: "2.0", method: "message/send" };
    inject(message, { format: "jsonrpc", context: sender });
    expect(message).toEqual({
      jsonrpc: "2.0",
      method: "message/send",
      params: { _meta: { traceparent: TRACEPARENT, headers: { traceparent: TRACEPARENT } } },
    });
  });

  it.each([
    ["_meta", { traceparent: TRACEPARENT }],
    ["_meta.headers", { headers: { traceparent: TRACEPARENT } }],
    ["_meta before _meta.headers", { traceparent: TRACEPARENT, headers: { traceparent: OTHER } }],
    [
      "_meta.headers when _meta has nonsense",
      { traceparent: "nonsense", headers: { Traceparent: TRACEPARENT } },
    ],
  ])("is read from %s", (_, meta) => {
    expect(brought({ method: "x", params: { _meta: meta } }, "jsonrpc")).toBe(`${TRACE}-${SPAN}`);
  });
});

describe("NATS headers", () => {
  it("carry the context under lower-case names, once", () => {
    const carrier = natsHeaders();
    inject(carrier, { format: "nats", context: sender });
    inject(carrier, { format: "nats", context: sender });
    expect([...carrier]).toEqual([["traceparent", [TRACEPARENT]]]);
    expect(brought(carrier, "nats")).toBe(`${TRACE}-${SPAN}`);
  });

  it("are read in the spelling of a writer in another language, too", () => {
    const carrier = natsHeaders();
    carrier.append("Traceparent", TRACEPARENT);
    expect(carrier.get("traceparent")).toBe("");
    expect(brought(carrier, "nats")).toBe(`${TRACE}-${SPAN}`);
  });
});

describe("a carrier that cannot be used", () => {
  const throws = (): never => {
    throw new Error("not yours");
  };
  const hostile: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a string", "traceparent"],
    ["a list", [TRACEPARENT]],
    ["numbers", { traceparent: 1, params: { _meta: { traceparent: 2, headers: 3 } } }],
    ["positional params", { params: [1] }],
    ["frozen", Object.freeze({ params: Object.freeze({ _meta: Object.freeze({}) }) })],
    [
      "getters that throw",
      {
        get traceparent() {
          return throws();
        },
        get params() {
          return throws();
        },
        get get() {
          return throws();
        },
        get set() {
          return throws();
        },
      },
    ],
    ["methods that throw", { get: throws, set: throws, keys: throws, append: throws }],
    [
      "a proxy that throws",
      new Proxy(
        {},
        { get: throws, set: throws, has: throws, ownKeys: throws, defineProperty: throws },
      ),
    ],
    ["a proxy that is revoked", revoked()],
    ["a cycle", cycle()],
    [
      "strings that are objects",
      { traceparent: { toString: throws, [Symbol.toPrimitive]: throws } },
    ],
    ["lists where objects should be", { params: { _meta: [{ traceparent: TRACEPARENT }] } }],
    [
      "a prototype that is data",
      JSON.parse(
        `{"__proto__":{"traceparent":"${TRACEPARENT}"},"params":{"__proto__":{"_meta":{"traceparent":"${TRACEPARENT}"}},"_meta":{"__proto__":{"traceparent":"${TRACEPARENT}"},"constructor":{"prototype":{"polluted":1}}}}}`,
      ) as unknown,
    ],
    [
      "a huge value",
      {
        traceparent: TRACEPARENT + "0".repeat(1_000_000),
        params: { _meta: { tracestate: "x".repeat(1_000_000) } },
      },
    ],
    [
      "a list without end",
      {
        keys: function* () {
          for (;;) yield "x";
        },
        get: () => undefined,
        set: () => undefined,
      },
    ],
  ];
  function revoked(): object {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }
  function cycle(): object {
    const params: Record<string, unknown> = {};
    params["_meta"] = params;
    params["headers"] = params;
    return { params };
  }
  const key = createContextKey("test");
  const base = context.active().setValue(key, 1);

  it.each(hostile)(
    "%s: reading gives the active context, writing does nothing, neither throws",
    (_, carrier) => {
      for (const format of ["http", "jsonrpc", "nats"] as const) {
        const read = context.with(base, () => extract(carrier, { format }));
        expect(trace.getSpanContext(read)).toBeUndefined();
        expect(read.getValue(key)).toBe(1);
        expect(() => inject(carrier, { format, context: sender })).not.toThrow();
      }
    },
  );

  it("does not take over the parts that can be read", () => {
    const carrier = {
      params: {
        _meta: {
          traceparent: TRACEPARENT,
          get headers() {
            return throws();
          },
        },
      },
    };
    expect(brought(carrier, "jsonrpc")).toBe(`${TRACE}-${SPAN}`);
  });
});

describe("a carrier from who knows whom", () => {
  it("changes no prototype, whatever its keys are", () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const polluting = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"traceparent":"${TRACEPARENT}","baggage":"__proto__=polluted,constructor=polluted"}`;
    for (const [format, text] of [
      ["http", polluting],
      ["nats", polluting],
      ["jsonrpc", `{"params":{"__proto__":{"polluted":1},"_meta":${polluting}}}`],
      ["jsonrpc", `{"params":{"_meta":{"headers":${polluting}}}}`],
    ] as const) {
      const carrier = JSON.parse(text) as object;
      extract(carrier, { format });
      inject(carrier, { format, context: sender });
      inject(carrier, { format, context: extract(carrier, { format }) });
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("keeps what it had under such keys as data", () => {
    const message = JSON.parse('{"params":{"_meta":{"__proto__":{"tenant":"acme"}}}}') as object;
    inject(message, { format: "jsonrpc", context: sender });
    expect(JSON.parse(JSON.stringify(message))).toEqual(
      JSON.parse(
        `{"params":{"_meta":{"__proto__":{"tenant":"acme"},"traceparent":"${TRACEPARENT}","headers":{"traceparent":"${TRACEPARENT}"}}}}`,
      ),
    );
  });

  it("is believed about its trace when only its trace state or baggage is too long", () => {
    const long = `a=${"x".repeat(1_000_000)}`;
    const headers = { traceparent: TRACEPARENT, tracestate: long, baggage: long };
    for (const [format, carrier] of [
      ["http", headers],
      ["http", new Map(Object.entries(headers))],
      ["jsonrpc", { params: { _meta: headers } }],
      ["jsonrpc", { params: { _meta: { headers } } }],
    ] as const) {
      expect(brought(carrier, format)).toBe(`${TRACE}-${SPAN}`);
      expect(propagation.getBaggage(extract(carrier, { format }))).toBeUndefined();
    }
  });

  it.each([
    ["no flags", `00-${TRACE}-${SPAN}`],
    ["zeros", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`],
    ["upper case", TRACEPARENT.toUpperCase()],
    ["a version that is forbidden", TRACEPARENT.replace(/^00/, "ff")],
    ["line breaks", `${TRACEPARENT}\r\nx-injected: 1`],
  ])("is not believed with %s", (_, traceparent) => {
    expect(brought({ traceparent }, "http")).toBeUndefined();
    expect(brought({ params: { _meta: { traceparent } } }, "jsonrpc")).toBeUndefined();
  });

  it.each([
    ["a list", (): unknown[] => []],
    ["frozen headers", () => Object.freeze({ accept: "*/*" })],
    ["sealed headers", () => Object.seal({ accept: "*/*" })],
  ])("is left as it was when it is %s", (_, make) => {
    const carrier = make();
    for (const format of ["http", "nats"] as const) inject(carrier, { format, context: sender });
    expect(carrier).toEqual(make());
  });

  it("is left as it was when the message is frozen; its parts need not be writable", () => {
    const params = Object.freeze({ name: "x", _meta: Object.freeze({}) });
    const frozen = Object.freeze({ method: "tools/call", params });
    inject(frozen, { format: "jsonrpc", context: sender });
    expect(frozen).toEqual({ method: "tools/call", params: { name: "x", _meta: {} } });
    const open = { method: "tools/call", params };
    inject(open, { format: "jsonrpc", context: sender });
    expect(brought(open, "jsonrpc")).toBe(`${TRACE}-${SPAN}`);
    expect(params).toEqual({ name: "x", _meta: {} });
  });

  it("may have no prototype", () => {
    const carrier = Object.assign(Object.create(null) as object, { accept: "*/*" });
    inject(carrier, { format: "http", context: sender });
    expect(brought(carrier, "http")).toBe(`${TRACE}-${SPAN}`);
  });
});

it("hands a propagator no value that is longer than a server's headers may be", () => {
  const seen: unknown[] = [];
  propagation.disable();
  propagation.setGlobalPropagator({
    inject: () => {},
    fields: () => [],
    extract(base, carrier, getter) {
      seen.push(
        getter.get(carrier, "short"),
        getter.get(carrier, "long"),
        getter.get(carrier, "list"),
      );
      return base;
    },
  });
  const long = "x".repeat(8193);
  extract({ short: long.slice(1), long, list: ["a", long] }, { format: "http" });
  expect(seen).toEqual([long.slice(1), undefined, undefined]);
});

it("writes nothing without a span", () => {
  const [http, rpc] = [{}, { method: "x" }];
  inject(http, { format: "http" });
  inject(rpc, { format: "jsonrpc" });
  expect([http, rpc]).toEqual([{}, { method: "x" }]);
});

it("knows only its formats", () => {
  const wrong = { format: "grpc" } as unknown as { format: "http" };
  const message =
    'Expected the `format` option to be "http", "jsonrpc" or "nats", got "grpc" (string)';
  expect(() => inject({}, wrong)).toThrow(new TypeError(message));
  expect(() => extract({}, wrong)).toThrow(new TypeError(message));
});
