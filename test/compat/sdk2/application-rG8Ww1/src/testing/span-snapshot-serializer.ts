import type { Attributes } from "@opentelemetry/api";

import type { FinishedSpan } from "../console/finished-span.ts";
import { compareText } from "../console/span-forest.ts";
import { steadyText, steadyValue } from "./placeholders.ts";
import { stableOrder } from "./sibling-order.ts";
import { lifetimesOf, type SpanNode, spanTree } from "./span-tree.ts";

/** A snapshot serializer, in the form that Vitest and Jest take, new (`serialize`) and old (`print`). */
export interface SnapshotSerializer {
  test(value: unknown): boolean;
  serialize(value: unknown, config: unknown, indentation: string): string;
  print(value: unknown): string;
}

/**
 * Prints spans as a tree that is the same in every run: a span, an array of spans, or what `tree()` and `spanTree()`
 * return. Ids, times, ports of servers on this machine and stack traces are placeholders, attributes are sorted, and
 * spans that ran at the same time stand in the order of what they look like.
 *
 * ```ts
 * expect.addSnapshotSerializer(spanSnapshotSerializer); // Vitest and Jest, in a setup file or in the test
 * expect(telemetry.tree()).toMatchInlineSnapshot(`
 *   gen_ai.chat CLIENT
 *      gen_ai.operation.name: "chat"
 *      langchain.run.id: <run-id>
 * `);
 * ```
 */
export const spanSnapshotSerializer: SnapshotSerializer = {
  test: (value) => nodesOf(value) !== undefined,
  serialize: (value, _config, indentation) => printed(value).join(`\n${indentation}`),
  print: (value) => printed(value).join("\n"),
};

// --- internal ---

function printed(value: unknown): string[] {
  return rendered(nodesOf(value) ?? []).flatMap(({ lines }) => lines);
}

/** The value as trees, or `undefined` when it is something else. An empty array could be a list of anything. */
function nodesOf(value: unknown): readonly SpanNode[] | undefined {
  if (isNode(value)) return [value];
  if (isSpan(value)) return spanTree([value]).map(({ remoteParent: _alone, ...node }) => node);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.every(isNode)) return value;
  return value.every(isSpan) ? spanTree(value) : undefined;
}

function isSpan(value: unknown): value is FinishedSpan {
  return (
    has(value, "name", "string") &&
    has(value, "spanContext", "function") &&
    hasArrays(value, "startTime", "events")
  );
}

function isNode(value: unknown): value is SpanNode {
  return (
    has(value, "name", "string") &&
    has(value, "kind", "string") &&
    hasArrays(value, "events", "children")
  );
}

function has(value: unknown, key: string, type: string): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Record<string, unknown>)[key] === type
  );
}

function hasArrays(value: object, ...keys: string[]): boolean {
  return keys.every((key) => Array.isArray((value as Record<string, unknown>)[key]));
}

interface Rendered {
  readonly lines: readonly string[];
}

/** Siblings with all that is below them, in their order. */
function rendered(siblings: readonly SpanNode[]): Rendered[] {
  const lifetimes = lifetimesOf(siblings);
  return stableOrder(
    siblings.map((node, index) => {
      const lines = linesOf(node);
      // Only what has siblings is compared; joined at every level, a deep tree would take long.
      const text = siblings.length > 1 ? lines.join("\n") : "";
      return { lines, text, lifetime: lifetimes[index] };
    }),
  );
}

function linesOf(node: SpanNode): string[] {
  const children = rendered(node.children);
  const details = detailsOf(node).map((line) => (children.length > 0 ? "│  " : "   ") + line);
  const below = children.flatMap(({ lines }, index) => {
    const last = index === children.length - 1;
    return lines.map(
      (line, at) => (at === 0 ? (last ? "└─ " : "├─ ") : last ? "   " : "│  ") + line,
    );
  });
  return [heading(node), ...details, ...below];
}

function heading({ name, kind, status, statusMessage, remoteParent }: SpanNode): string {
  const outcome = statusMessage === undefined ? status : `${status}: ${oneLine(statusMessage)}`;
  return [
    `${oneLine(name)} ${kind}`,
    ...(status === "UNSET" ? [] : [`[${outcome}]`]),
    ...(remoteParent === true ? ["(parent elsewhere)"] : []),
  ].join(" ");
}

function detailsOf({ attributes, events, links = [] }: SpanNode): string[] {
  return [
    ...attributeLines(attributes),
    ...events.flatMap((event) => [
      `* ${oneLine(event.name)}`,
      ...indented(attributeLines(event.attributes)),
    ]),
    ...links.flatMap((link) => [
      `-> ${oneLine(link.to ?? "(span elsewhere)")}`,
      ...indented(attributeLines(link.attributes)),
    ]),
  ];
}

function attributeLines(attributes: Attributes): string[] {
  return Object.keys(attributes)
    .filter((key) => attributes[key] !== undefined)
    .sort(compareText)
    .map((key) => `${oneLine(key)}: ${steadyValue(key, attributes)}`);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** As JSON would escape it: a line break in a name would break the tree. */
function oneLine(text: string): string {
  return JSON.stringify(steadyText(text))
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"');
}
