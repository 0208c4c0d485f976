import type { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { afterAll, afterEach, beforeAll, expect } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { OpenTelemetryCallbackHandler } from "../../src/langchain/handler.ts";
import { runRegistry } from "../../src/langchain/run-registry.ts";
import type { HandlerOptions } from "../../src/options.ts";
import {
  createTestTelemetry,
  type SpanNode,
  spanSnapshotSerializer,
  type TestTelemetry,
} from "../../src/testing/index.ts";
import { type AgentServer, startAgentServer } from "./agent-server.ts";

/** A program of LangChain's. `callbacks` is empty where the instrumentation is attached. */
export type Program = (config: { callbacks: BaseCallbackHandler[] }) => Promise<unknown>;

/** What traces the program. */
export type Tracing = "instrumentation" | "handler";

export interface GraphBench {
  readonly telemetry: TestTelemetry;
  readonly server: AgentServer;
  /** Runs it (a failure of its own is its business) and answers its spans. */
  tree(program: Program, by?: Tracing, options?: HandlerOptions): Promise<SpanNode[]>;
  /**
   * Runs it with the instrumentation and with the handler alone: the tree is the snapshot's, and the handler's is equal
   * but for HTTP requests (which stand elsewhere) and descriptions of tools (which it is not told).
   */
  expectTree(program: Program, options?: HandlerOptions): Promise<SpanNode[]>;
  /** What was measured: for each metric its points, as how many (counters: how much) by attributes. */
  measured(...names: readonly string[]): Promise<Record<string, unknown[]>>;
}

/** Telemetry, a server, and real HTTP instrumentation for the tests of a file. */
export function graphBench(): GraphBench {
  expect.addSnapshotSerializer(spanSnapshotSerializer);
  let telemetry: TestTelemetry;
  let server: AgentServer;
  let undici: UndiciInstrumentation;
  beforeAll(async () => {
    telemetry = createTestTelemetry();
    undici = new UndiciInstrumentation();
    server = await startAgentServer();
  });
  afterEach(() => {
    server.reset();
    telemetry.reset();
    expect(runRegistry().size).toBe(0);
  });
  afterAll(async () => {
    undici.disable();
    await server.close();
    telemetry.shutdown();
  });

  const tree: GraphBench["tree"] = async (program, by = "instrumentation", options = {}) => {
    telemetry.reset();
    server.reset();
    if (by === "handler") {
      await program({ callbacks: [new OpenTelemetryCallbackHandler(options)] });
    } else {
      const instrumentation = new LangChainInstrumentation(options);
      await instrumentation.ready;
      await program({ callbacks: [] }).finally(allEnded);
      instrumentation.disable();
    }
    await allEnded();
    const trees = telemetry.tree();
    simplify(trees);
    return trees;
  };
  return {
    get telemetry() {
      return telemetry;
    },
    get server() {
      return server;
    },
    tree,
    async expectTree(program, options) {
      const instrumented = await tree(program, "instrumentation", options);
      expect(instrumented).toMatchSnapshot();
      const handled = await tree(program, "handler", options);
      expect(comparable(handled)).toEqual(comparable(instrumented));
      return instrumented;
    },
    async measured(...names) {
      const metrics = (await telemetry.metrics()).filter(({ name }) => names.includes(name));
      return Object.fromEntries(
        metrics.map(({ name, points }) => [
          name,
          points.map((point) => [point.attributes, "count" in point ? point.count : point.value]),
        ]),
      );
    },
  };
}

/** All spans of a tree. */
export function flat(nodes: readonly SpanNode[]): SpanNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)]);
}

/** A line a span, in a stable order: its name, or what is printed of it. */
export function outline(
  nodes: readonly SpanNode[],
  print: (node: SpanNode) => string | undefined = ({ name }) => name,
): string {
  return lines(nodes, print).join("\n");
}

/** A line for each of our spans: its name, and its status, outcome and type of error unless all went well. */
export function endings(nodes: readonly SpanNode[]): string {
  const printed = lines(nodes, (node) => {
    if (!isOurs(node)) return undefined;
    const { name, status, attributes } = node;
    const outcome = attributes["langchain.run.outcome"];
    if (status === "UNSET" && outcome === undefined) return name;
    return [name, status, outcome ?? "ok", attributes["error.type"] ?? ""].join(" ").trim();
  });
  return printed.join("\n");
}

// --- internal ---

/** Some runs end a moment after the program's own call. */
async function allEnded(): Promise<void> {
  await expect.poll(() => runRegistry().size).toBe(0);
}

function lines(
  nodes: readonly SpanNode[],
  print: (node: SpanNode) => string | undefined,
): string[] {
  const blocks = nodes.map((node) => {
    const line = print(node);
    const below = lines(node.children, print);
    return line === undefined ? below : [line, ...below.map((each) => `  ${each}`)];
  });
  return sorted(blocks).flat();
}

function isOurs({ attributes }: SpanNode): boolean {
  return attributes["url.path"] === undefined;
}

/**
 * Without what is not shown here: the dozen attributes of an HTTP request, and the spans of checkpoints, which run beside
 * the nodes and stand in another order each time.
 */
function simplify(nodes: readonly SpanNode[]): void {
  const list = nodes as SpanNode[];
  list.splice(0, list.length, ...list.filter(({ name }) => !name.startsWith("checkpoint ")));
  for (const node of list) {
    for (const key of Object.keys(node.attributes)) {
      if (!isOurs(node) && key !== "url.path") Reflect.deleteProperty(node.attributes, key);
    }
    simplify(node.children);
  }
}

const VARIES: ReadonlySet<string> = new Set([
  "langchain.run.id",
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.tool.description",
]);

function comparable(nodes: readonly SpanNode[]): unknown[] {
  return sorted(
    nodes.filter(isOurs).map((node) => ({
      ...node,
      attributes: Object.fromEntries(
        Object.entries(node.attributes).filter(([key]) => !VARIES.has(key)),
      ),
      events: node.events.map(({ name, attributes }) => ({
        name,
        attributes: { ...attributes, "exception.stacktrace": undefined },
      })),
      children: comparable(node.children),
    })),
  );
}

function sorted<T>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
