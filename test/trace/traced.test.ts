import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { context, createContextKey, trace } from "@opentelemetry/api";
import { beforeEach, describe, expect, it } from "vitest";

import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { type CallKind, traced } from "../../src/trace/index.ts";
import { deferred } from "../support/deferred.ts";
import { collectUntil } from "../support/garbage.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  return () => telemetry.shutdown();
});

const span = (name: string, more: Partial<SpanNode> = {}): SpanNode => ({
  name,
  kind: "INTERNAL",
  status: "UNSET",
  attributes: {},
  events: [],
  children: [],
  ...more,
});
const inner = span("inner");
const ended = (outcome: string): Partial<SpanNode> => ({
  attributes: { "langchain.run.outcome": outcome },
});

/** In an order of our own: what starts in the same millisecond has none. */
const inOrder = (nodes: readonly SpanNode[]): SpanNode[] =>
  nodes.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
const keyOf = ({ name, status, attributes }: SpanNode): string =>
  [name, status, attributes["langchain.run.outcome"]].join(" ");

/** The tree, without the stacks of errors. */
function tree(): unknown {
  return JSON.parse(
    JSON.stringify(inOrder(telemetry.tree()), (key, value: unknown) =>
      key === "exception.stacktrace" ? undefined : value,
    ),
  );
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const work = (): void => trace.getTracer("app").startSpan("inner").end();
const failed = (name: string, type: string, message: string): SpanNode =>
  span(name, {
    status: "ERROR",
    statusMessage: message,
    attributes: {
      "error.type": type,
      "langchain.error.category": "validation_error",
      "langchain.run.outcome": "error",
    },
    events: [
      {
        name: "exception",
        attributes: { "exception.type": type, "exception.message": message },
      },
    ],
  });

describe("a traced function", () => {
  it.each<[CallKind, Partial<SpanNode> & { name: string }]>([
    [
      "agent",
      {
        name: "invoke_agent job",
        attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "job" },
      },
    ],
    [
      "tool",
      {
        name: "execute_tool job",
        attributes: {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": "job",
          "gen_ai.tool.type": "function",
        },
      },
    ],
    [
      "retrieval",
      {
        name: "retrieval job",
        kind: "CLIENT",
        attributes: { "gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "job" },
      },
    ],
    [
      "llm",
      {
        name: "gen_ai.chat",
        kind: "CLIENT",
        attributes: { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "unknown" },
      },
    ],
    ["gate", { name: "gate job", attributes: { "langchain.gate.verdict": "allowed" } }],
    ["infra", { name: "job" }],
    ["trace", { name: "job" }],
  ])("of the kind %s has the span of that kind", (kind, expected) => {
    const job = traced(kind, "job", () => {
      work();
      return true;
    });
    expect(job()).toBe(true);
    expect(telemetry.tree()).toMatchObject([{ children: [inner] }]);
    const { name, ...more } = expected;
    const agent = kind === "agent" ? { "gen_ai.agent.name": "job" } : {};
    const node = span(name, { ...more, children: [inner] });
    expect(telemetry.tree()).toEqual([{ ...node, attributes: { ...node.attributes, ...agent } }]);
  });

  it("is named by itself, by a string or by an option", () => {
    traced("trace", function load() {})();
    traced("trace", "read", () => {})();
    traced("trace", { name: "write", attributes: { rows: 3 } }, () => {})();
    expect(tree()).toEqual(
      inOrder([span("load"), span("read"), span("write", { attributes: { rows: 3 } })]),
    );
  });

  it("is the function: this, name, length, properties, instances", () => {
    class Point {
      static readonly origin = 0;
      readonly #x: number;
      readonly y: number;
      constructor(x: number, y = 0) {
        this.#x = x;
        this.y = y;
      }
      static of(this: typeof Point, x: number): Point {
        return new this(x);
      }
      sum(): number {
        return this.#x + this.y;
      }
    }
    const Traced = traced("trace", Point);
    expect([Traced.name, Traced.length, Traced.origin]).toEqual(["Point", 1, 0]);
    const made = new Traced(3);
    expect(made).toBeInstanceOf(Point);
    expect(made).toBeInstanceOf(Traced);
    expect(Traced.of(4).sum()).toBe(4);
    const sum = traced("trace", Point.prototype.sum);
    expect(sum.call(made)).toBe(3);
    expect(() => sum.call({} as Point)).toThrow(TypeError);
  });

  it("is traced once", () => {
    const once_ = traced("tool", "a", () => 1);
    expect(traced("agent", "b", once_)).toBe(once_);
    once_();
    expect(telemetry.spans().map(({ name }) => name)).toEqual(["execute_tool a"]);
  });

  it("ends when its promise settles", async () => {
    const gate = deferred<number>();
    const job = traced("trace", "job", async () => {
      const value = await gate.promise;
      work();
      return value;
    });
    const returned = job();
    expect(telemetry.spans()).toEqual([]);
    gate.resolve(7);
    expect(await returned).toBe(7);
    expect(tree()).toEqual([span("job", { children: [inner] })]);
  });

  it("is red when it throws or rejects, which it does as it did", async () => {
    const error = new TypeError("no");
    const job = traced("trace", "job", () => {
      throw error;
    });
    expect(job).toThrow(error);
    await expect(traced("trace", "job", () => Promise.reject(error))()).rejects.toBe(error);
    expect(tree()).toEqual([failed("job", "TypeError", "no"), failed("job", "TypeError", "no")]);
  });

  it("is not red when it was aborted, or waits for a person", async () => {
    const controller = new AbortController();
    const job = traced("trace", "job", async (_: number, { signal }: { signal: AbortSignal }) => {
      await once(signal, "abort");
      throw signal.reason;
    });
    const running = job(1, controller);
    controller.abort(new Error("changed my mind"));
    await expect(running).rejects.toThrow("changed my mind");
    const interrupt = Object.assign(new Error("wait"), { is_bubble_up: true, interrupts: [1] });
    expect(
      traced("trace", "job", () => {
        throw interrupt;
      }),
    ).toThrow(interrupt);
    expect(tree()).toEqual(
      inOrder([span("job", ended("cancelled")), span("job", ended("interrupted"))]),
    );
  });

  it("leaves a rejection that nobody handles unhandled", async () => {
    const seen: unknown[] = [];
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.once("unhandledRejection", (reason) => seen.push(reason));
    try {
      void traced("trace", "job", () => Promise.reject(new RangeError("mine")))();
      await new Promise((resolve) => void setTimeout(resolve, 0));
    } finally {
      for (const listener of listeners) process.on("unhandledRejection", listener);
    }
    expect(seen).toEqual([new RangeError("mine")]);
  });

  it("does not ask a promise of a kind of its own, which may work only then", async () => {
    let asked = 0;
    class Query implements PromiseLike<string[]> {
      readonly #table: string;
      constructor(table: string) {
        this.#table = table;
      }
      where(): this {
        return this;
      }
      // oxlint-disable-next-line unicorn/no-thenable
      then<A, B>(...[value, error]: Parameters<Promise<string[]>["then"]>): Promise<A | B> {
        asked += 1;
        work();
        return Promise.resolve([this.#table]).then(value, error) as Promise<A | B>;
      }
    }
    const key = createContextKey("mine");
    const select = traced("infra", "db.select", (table: string) => new Query(table));
    const query = select("users");
    expect(query).toBeInstanceOf(Query);
    expect([asked, telemetry.spans()]).toEqual([0, []]);
    expect(await query.where()).toEqual(["users"]);
    expect(asked).toBe(1);
    expect(tree()).toEqual([span("db.select", { children: [inner] })]);
    const heard = await new Promise((resolve) =>
      context.with(
        context.active().setValue(key, "kept"),
        () =>
          void select("users").then(() =>
            resolve([context.active().getValue(key), trace.getActiveSpan()]),
          ),
      ),
    );
    expect(heard).toEqual(["kept", undefined]);
  });

  it("is abandoned with a promise of a kind of its own that nobody has asked", async () => {
    class Lazy extends Promise<number> {}
    const job = traced("trace", "job", () => new Lazy((resolve) => resolve(1)));
    const asked = await job();
    (() => void job())();
    await collectUntil(() => telemetry.spans().length > 1);
    expect(asked).toBe(1);
    expect(tree()).toEqual([span("job"), span("job", ended("abandoned"))]);
  });

  it("lives on with the stream that such a promise has given", async () => {
    class Lazy<T> extends Promise<T> {}
    async function* values(): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }
    const job = traced(
      "trace",
      "job",
      () => new Lazy<AsyncGenerator<number>>((resolve) => resolve(values())),
    );
    const stream = await (() => job())();
    await stream.next();
    void traced("trace", "mark", () => new Lazy<number>(() => {}))();
    await collectUntil(() => telemetry.spans().length > 0);
    expect(await all(stream)).toEqual([2]);
    expect(tree()).toEqual([span("job"), span("mark", ended("abandoned"))]);
  });

  it("refuses what it cannot trace", () => {
    const call = traced as unknown as (...args: unknown[]) => unknown;
    expect(() => call("chain", () => 1)).toThrow(
      'Expected the `kind` option to be one of "agent", "llm", "tool", "retrieval", "gate", "infra", "trace", got "chain" (string)',
    );
    expect(() => call("tool", {}, 1)).toThrow("Expected the `fn` option to be a function");
    expect(() => call("tool", { nam: "x" }, () => 1)).toThrow(/There is no option `nam`/);
    expect(() => call("tool", { name: "" }, () => 1)).toThrow(
      'Expected the `name` option to be a non-empty string, got "" (string)',
    );
    expect(() => call("tool", { attributes: 1 }, () => 1)).toThrow(
      "Expected the `attributes` option to be an object, got 1 (number)",
    );
    const decorator = call("tool") as (...args: unknown[]) => unknown;
    expect(() => decorator(() => 1, { kind: "getter", name: "x" })).toThrow(
      "traced() decorates methods, not a getter",
    );
  });

  it("goes on as if nothing were there when telemetry is broken", () => {
    telemetry.shutdown();
    trace.setGlobalTracerProvider({
      getTracer: () => {
        throw new Error("broken");
      },
    });
    try {
      expect(traced("tool", "job", (one: number) => one + 1)(1)).toBe(2);
    } finally {
      trace.disable();
    }
  });
});

describe("a traced iterator", () => {
  function* numbers(): Generator<number, string> {
    try {
      work();
      yield 1;
      work();
      yield 2;
    } finally {
      work();
    }
    return "end";
  }
  const three = span("job", { children: [inner, inner, inner] });

  it("is below its span from step to step, whoever takes them, and ends with the last", () => {
    const made = traced("trace", "job", numbers)();
    trace.getTracer("app").startActiveSpan("reader", (reader) => {
      expect([...made]).toEqual([1, 2]);
      reader.end();
    });
    expect(tree()).toEqual([three, span("reader")]);
    expect(made.next()).toEqual({ done: true, value: undefined });
  });

  it("is left by who breaks off", () => {
    for (const _ of traced("trace", "job", numbers)()) break;
    expect(tree()).toEqual([span("job", { ...ended("cancelled"), children: [inner, inner] })]);
  });

  it("fails with what it throws", () => {
    const made = traced("trace", "job", numbers)();
    made.next();
    expect(() => made.throw(new TypeError("no"))).toThrow("no");
    expect(tree()).toEqual([{ ...failed("job", "TypeError", "no"), children: [inner, inner] }]);
  });

  it("is async too, and works as one", async () => {
    async function* later(): AsyncGenerator<number> {
      yield* numbers();
    }
    const job = traced("trace", "job", later);
    const made = job();
    expect(Object.getPrototypeOf(made)).toBe(later.prototype);
    const seen: number[] = [];
    for await (const value of made) seen.push(value);
    expect(seen).toEqual([1, 2]);
    for await (const _ of job()) break;
    const broken = traced("trace", "job", async function* broken() {
      yield 1;
      throw new TypeError("no");
    });
    await expect(all(broken())).rejects.toThrow("no");
    expect(tree()).toEqual(
      inOrder([
        three,
        span("job", { ...ended("cancelled"), children: [inner, inner] }),
        failed("job", "TypeError", "no"),
      ]),
    );
  });

  it("has ended, abandoned, when nobody can read it on", async () => {
    const job = traced("trace", "job", numbers);
    (() => void job().next())();
    await collectUntil(() => telemetry.spans().length > 1);
    expect(tree()).toEqual([span("job", { ...ended("abandoned"), children: [inner] })]);
  });

  it("is no array: that is there at once", () => {
    const list = [1, 2];
    expect(traced("trace", "job", () => list)()).toBe(list);
    expect(tree()).toEqual([span("job")]);
  });
});

describe("a traced stream", () => {
  const chunks = (): ReadableStream<string> => ReadableStream.from(["a", "b"]);
  const job = traced("trace", "job", chunks);

  it("is read in all the ways in which streams are", async () => {
    expect(await all(job())).toEqual(["a", "b"]);
    const encoded = job().pipeThrough(new TextEncoderStream());
    expect(await new Response(encoded).text()).toBe("ab");
    const [one, other] = job().tee();
    expect(await Promise.all([text(one), text(other)])).toEqual(["ab", "ab"]);
    const later = traced("trace", "job", async () => chunks());
    expect(await all(await later())).toEqual(["a", "b"]);
    expect(telemetry.tree()).toEqual([span("job"), span("job"), span("job"), span("job")]);
  });

  it("is not begun before it is read, and ends when it is cancelled or fails", async () => {
    let pulls = 0;
    const source = () =>
      new ReadableStream(
        {
          pull: (controller) => {
            pulls += 1;
            work();
            if (pulls < 3) controller.enqueue("a");
            else controller.error(new TypeError("no"));
          },
        },
        { highWaterMark: 0 },
      );
    const stream = traced("trace", "job", source)();
    await Promise.resolve();
    expect([pulls, telemetry.spans().length]).toEqual([0, 0]);
    await stream.getReader().cancel("enough");
    await expect(all(traced("trace", "job", source)())).rejects.toThrow("no");
    expect(tree()).toMatchObject(
      inOrder([
        span("job", ended("cancelled")),
        { ...failed("job", "TypeError", "no"), children: [inner, inner, inner] },
      ]),
    );
  });

  it("of bytes is one of bytes", async () => {
    const bytes = () =>
      new ReadableStream({
        type: "bytes",
        start: (controller) => {
          controller.enqueue(new Uint8Array([1, 2]));
          controller.close();
        },
      });
    const reader = traced("trace", "job", bytes)().getReader({ mode: "byob" });
    const { value } = await reader.read(new Uint8Array(2));
    expect(value).toEqual(new Uint8Array([1, 2]));
    expect((await reader.read(new Uint8Array(2))).done).toBe(true);
    expect(tree()).toEqual([span("job")]);
  });

  it("of Node's ends with it", async () => {
    const read = traced("trace", "job", () => Readable.from(["a", "b"]));
    expect(await text(read())).toBe("ab");
    const left = read();
    left.destroy();
    await once(left, "close");
    const broken = read();
    broken.destroy(new TypeError("no"));
    await expect(once(broken, "close")).rejects.toThrow("no");
    await new Promise((resolve) => void setImmediate(resolve));
    expect(tree()).toEqual(
      inOrder([span("job"), span("job", ended("cancelled")), failed("job", "TypeError", "no")]),
    );
  });
});

describe("a decorated class", () => {
  it("has its methods traced: static, private and generating ones too", async () => {
    const folder = await mkdtemp(path.join(import.meta.dirname, "fixtures/compiled-"));
    try {
      const { Support } = (await import(await compiled(folder))) as DecoratedModule;
      expect(await new Support().answer("Ada")).toBe("Hello, Ada, orders");
      expect([...Support.count(2)]).toEqual([0, 1]);
    } finally {
      await rm(folder, { recursive: true });
    }
    const agent = { "gen_ai.agent.name": "support" };
    expect(tree()).toEqual(
      inOrder([
        span("invoke_agent support", {
          attributes: { "gen_ai.operation.name": "invoke_agent", ...agent },
          children: [
            span("execute_tool greet", {
              attributes: {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "greet",
                "gen_ai.tool.type": "function",
                ...agent,
              },
            }),
            span("retrieval find", {
              kind: "CLIENT",
              attributes: {
                "gen_ai.operation.name": "retrieval",
                "gen_ai.data_source.id": "find",
                ...agent,
              },
            }),
          ],
        }),
        span("count"),
      ]),
    );
  });
});

interface DecoratedModule {
  readonly Support: {
    new (): { answer(who: string): Promise<string> };
    count(to: number): Iterable<number>;
  };
}

const TSC =
  "--ignoreConfig --noCheck --noResolve --target es2022 --module nodenext --allowImportingTsExtensions --rewriteRelativeImportExtensions false";

/** The fixture as TypeScript's compiler makes it, with decorators for the runtimes of today. */
async function compiled(folder: string): Promise<string> {
  const fixture = path.join(import.meta.dirname, "fixtures/decorated.mts");
  const root = path.join(import.meta.dirname, "../..");
  const tsc = spawn(
    process.execPath,
    [
      path.join(root, "node_modules/typescript/bin/tsc"),
      ...TSC.split(" "),
      "--outDir",
      folder,
      fixture,
    ],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  const [[code], said] = await Promise.all([once(tsc, "exit"), text(tsc.stdout)]);
  const file = path.join(folder, "decorated.mjs");
  const made = await readFile(file, "utf8").catch(() => {
    throw new Error(`tsc ended with ${String(code)}: ${said}`);
  });
  await writeFile(file, made.replace("../../../src", "../../../../src"));
  return file;
}

describe("without an SDK", () => {
  it("is the call and nothing else, until there is one", () => {
    telemetry.shutdown();
    const stream = new ReadableStream();
    const job = traced("trace", "job", () => stream);
    // Where anything is followed, it would be another.
    expect(job()).toBe(stream);
    telemetry = createTestTelemetry();
    expect(job()).not.toBe(stream);
  });
});
