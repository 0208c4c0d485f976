import { EventEmitter } from "node:events";

import { trace } from "@opentelemetry/api";
import { beforeEach, describe, expect, it } from "vitest";

import { createTestTelemetry, type SpanNode, type TestTelemetry } from "../../src/testing/index.ts";
import { traced, wrap, type WrapOptions } from "../../src/trace/index.ts";

let telemetry: TestTelemetry;
beforeEach(() => {
  telemetry = createTestTelemetry();
  return () => telemetry.shutdown();
});

const span = (name: string, more: Partial<SpanNode> = {}): SpanNode => ({
  name,
  kind: "CLIENT",
  status: "UNSET",
  attributes: {},
  events: [],
  children: [],
  ...more,
});
const inner = span("inner", { kind: "INTERNAL" });
/** In an order of our own: what starts in the same millisecond has none. */
const inOrder = (nodes: readonly SpanNode[]): SpanNode[] =>
  nodes.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
const keyOf = ({ name, status, attributes }: SpanNode): string =>
  [name, status, attributes["langchain.run.outcome"]].join(" ");
const tree = () => inOrder(telemetry.tree());
const names = () => telemetry.spans().map(({ name }) => name);
const work = (): void => trace.getTracer("app").startSpan("inner").end();

/** A client of a cache, with all that makes it hard to stand for one. */
class Redis extends EventEmitter {
  readonly #data = new Map<string, string>([["a", "1"]]);
  host = "localhost";
  #open = true;

  get isOpen(): boolean {
    return this.#open;
  }
  set isOpen(open: boolean) {
    this.#open = open;
  }
  get(key: string): Promise<string | undefined> {
    work();
    return Promise.resolve(this.#data.get(key));
  }
  async mget(...keys: string[]): Promise<(string | undefined)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }
  size(): number {
    return this.#data.size;
  }
  quit(): this {
    return this;
  }
  *scan(): Generator<string> {
    yield* this.#data.keys();
  }
  multi(): Pipeline {
    return new Pipeline((key) => this.#data.get(key));
  }
  _internal(): number {
    return this.#data.size;
  }
}

class Pipeline {
  readonly #read: (key: string) => string | undefined;
  readonly #keys: string[] = [];
  constructor(read: (key: string) => string | undefined) {
    this.#read = read;
  }
  get(key: string): this {
    this.#keys.push(key);
    return this;
  }
  async exec(): Promise<(string | undefined)[]> {
    work();
    return this.#keys.map((key) => this.#read(key));
  }
}

const redis = (options: WrapOptions = {}) => wrap(new Redis(), { name: "redis", ...options });

describe("a wrapped object", () => {
  it("has a CLIENT span for each call of a method, sync or async", async () => {
    const client = redis();
    expect(await client.get("a")).toBe("1");
    expect(client.size()).toBe(1);
    expect([...client.scan()]).toEqual(["a"]);
    expect(tree()).toEqual([
      span("redis.get", { children: [inner] }),
      span("redis.scan"),
      span("redis.size"),
    ]);
  });

  it("has one span for what a method does by others", async () => {
    expect(await redis().mget("a", "b")).toEqual(["1", undefined]);
    expect(tree()).toEqual([span("redis.mget", { children: [inner, inner] })]);
  });

  it("passes for the object: class, private members, accessors, properties, keys, itself", () => {
    const target = new Redis();
    const client = wrap(target, { name: "redis" });
    expect(client).toBeInstanceOf(Redis);
    expect(client.constructor).toBe(Redis);
    expect([client.host, client.isOpen, Object.keys(client).includes("host")]).toEqual([
      "localhost",
      true,
      true,
    ]);
    client.isOpen = false;
    client.host = "example.com";
    expect([target.isOpen, target.host]).toEqual([false, "example.com"]);
    expect(client.get).toBe(client.get);
    expect([client.get.name, client.get.length]).toEqual(["get", 1]);
    expect(client.quit()).toBe(client);
    expect("get" in client).toBe(true);
    expect(Object.hasOwn(target, "get")).toBe(false);
  });

  it("is wrapped once, and its own object is left alone", async () => {
    const target = new Redis();
    const client = wrap(target, { name: "redis" });
    expect(wrap(client, { name: "other" })).toBe(client);
    expect(wrap(target, { name: "other" })).toBe(client);
    await target.get("a");
    expect(names()).toEqual(["inner"]);
    await client.get("a");
    expect(names()).toEqual(["inner", "inner", "redis.get"]);
  });

  it("has a span for what a pipeline sends, and none for what it gathers", async () => {
    const pipeline = redis({ exclude: ["multi"] }).multi();
    expect(pipeline).toBeInstanceOf(Pipeline);
    const client = redis();
    expect(await client.multi().get("a").get("b").exec()).toEqual(["1", undefined]);
    expect(tree()).toEqual([span("redis.exec", { children: [inner] }), span("redis.multi")]);
  });

  it("emits events, and has no spans for them and for what is internal", () => {
    const client = redis();
    const heard: unknown[] = [];
    client.on("ready", (event) => heard.push(event));
    client.emit("ready", 1);
    client._internal();
    expect([heard, names()]).toEqual([[1], []]);
  });

  it.each<[string, WrapOptions, string[]]>([
    ["included", { include: ["get"] }, ["inner", "redis.get"]],
    ["included by a pattern", { include: [/^si/] }, ["inner", "redis.size"]],
    ["included though it is internal", { include: ["_internal"] }, ["inner", "redis._internal"]],
    ["not excluded", { exclude: ["size", /^scan$/] }, ["inner", "redis.get"]],
    [
      "included and not excluded",
      { include: [/./], exclude: ["size"] },
      ["inner", "redis.get", "redis._internal"],
    ],
  ])("has spans for what is %s", async (_, options, expected) => {
    const client = redis(options);
    await client.get("a");
    client.size();
    client._internal();
    expect(names()).toEqual(expected);
  });

  it.each<[WrapOptions["kind"], Partial<SpanNode>]>([
    [
      "tool",
      {
        kind: "INTERNAL",
        attributes: {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": "calc.add",
          "gen_ai.tool.type": "function",
        },
      },
    ],
    [
      "agent",
      {
        kind: "INTERNAL",
        attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "calc" },
      },
    ],
    [
      "retrieval",
      { attributes: { "gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "calc" } },
    ],
    ["trace", { kind: "INTERNAL" }],
    ["infra", {}],
  ])("of the kind %s has spans of that kind, named as all are", (kind, expected) => {
    const calc = wrap({ add: (one: number, other: number) => one + other }, { name: "calc", kind });
    expect(calc.add(1, 2)).toBe(3);
    expect(tree()).toEqual([span("calc.add", expected)]);
  });

  it("may be plain, frozen, a function with methods, or without a prototype", async () => {
    const frozen = Object.freeze({ find: () => 1, inside: Object.freeze({ n: 2 }) });
    const found = wrap(frozen, { name: "frozen" });
    expect([found.find(), found.inside, Object.keys(found)]).toEqual([
      1,
      frozen.inside,
      ["find", "inside"],
    ]);
    const fn = Object.assign((n: number) => n + 1, { twice: (n: number) => n * 2 });
    const both = wrap(fn, { name: "fn" });
    expect([both(1), both.twice(2), both.length]).toEqual([2, 4, 1]);
    const bare = wrap(Object.assign(Object.create(null), { go: () => 3 }) as { go(): number });
    expect(bare.go()).toBe(3);
    expect(names()).toEqual(["frozen.find", "fn", "fn.twice", "infra.go"]);
  });

  it("is called as its class without a name, and keeps classes that are in it", () => {
    class Orders {
      static readonly Item = class Item {
        readonly id = 1;
      };
      readonly Item = Orders.Item;
      count(): number {
        return 1;
      }
    }
    const orders = wrap(new Orders());
    expect([orders.count(), orders.Item, new orders.Item() instanceof Orders.Item]).toEqual([
      1,
      Orders.Item,
      true,
    ]);
    expect(names()).toEqual(["Orders.count"]);
  });

  it("has spans for what is named inside of it", async () => {
    const prisma = { user: { findMany: async () => [1], count: async () => 1 }, $on: () => {} };
    const client = wrap(prisma, { name: "prisma", include: ["user.findMany"] });
    expect(await client.user.findMany()).toEqual([1]);
    expect(await client.user.count()).toBe(1);
    expect(client.user).toBe(client.user);
    expect(names()).toEqual(["prisma.user.findMany"]);
  });

  it("does not trace again what is traced already", () => {
    const tools = wrap({ add: traced("tool", "add", () => 1) }, { name: "tools" });
    tools.add();
    expect(names()).toEqual(["execute_tool add"]);
  });

  it("has red spans when its methods fail, as they did", async () => {
    const error = new RangeError("no");
    const broken = wrap({ get: () => Promise.reject(error) }, { name: "redis" });
    await expect(broken.get()).rejects.toBe(error);
    expect(tree()).toMatchObject([
      { name: "redis.get", status: "ERROR", attributes: { "error.type": "RangeError" } },
    ]);
    const metrics = await telemetry.metrics();
    const errors = metrics.find(({ name }) => name === "langchain.errors");
    expect(errors?.points.map(({ attributes }) => attributes["kind"])).toEqual(["infra"]);
  });

  it("refuses what it cannot wrap", () => {
    const call = wrap as unknown as (...args: unknown[]) => unknown;
    expect(() => call("redis")).toThrow(
      'Expected the `object` option to be an object or a function, got "redis" (string)',
    );
    expect(() => call({}, { kind: "db" })).toThrow("Expected the `kind` option to be one of");
    expect(() => call({}, { include: "get" })).toThrow(
      'Expected the `include` option to be an array of strings and RegExps, got "get" (string)',
    );
    expect(() => call({}, { methods: [] })).toThrow("There is no option `methods`");
  });
});
