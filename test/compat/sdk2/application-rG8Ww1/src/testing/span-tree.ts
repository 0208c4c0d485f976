import type { Attributes } from "@opentelemetry/api";

import {
  type FinishedSpan,
  KIND_NAMES,
  milliseconds,
  STATUS_NAMES,
} from "../console/finished-span.ts";
import { nest } from "../console/span-forest.ts";
import type { Lifetime } from "./sibling-order.ts";
import { observedLifetime } from "./span-collector.ts";

/** A span as a plain object, without ids and times, to be compared with `toEqual`. */
export interface SpanNode {
  readonly name: string;
  readonly kind: (typeof KIND_NAMES)[number];
  readonly status: (typeof STATUS_NAMES)[number];
  readonly statusMessage?: string;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  /** Only when there are any. `to` is the name of the linked span, if it is among the spans. */
  readonly links?: readonly { readonly to?: string; readonly attributes: Attributes }[];
  /** The span has a parent, which is not among the spans: in another process, not sampled, or not ended. */
  readonly remoteParent?: true;
  readonly children: readonly SpanNode[];
}

/**
 * Ended spans as trees of plain objects, one for each span without a parent among them. Roots and children are in
 * order of start, then of name. Takes the spans of SDK 2 and SDK 3.
 *
 * ```ts
 * expect(spanTree(spans)).toEqual([{ name: "gen_ai.chat", kind: "CLIENT", status: "UNSET", … }]);
 * ```
 */
export function spanTree(spans: readonly FinishedSpan[]): SpanNode[] {
  const names = new Map(spans.map((span) => [idOf(span.spanContext()), span.name]));
  const roots = nest(spans, (span) => {
    const parent = span.parentSpanContext;
    return {
      id: idOf(span.spanContext()),
      parentId: parent === undefined ? undefined : idOf(parent),
      start: milliseconds(span.startTime),
      name: span.name,
    };
  });

  // Top down with a list, and not by recursion: a chain of spans can be longer than the call stack is deep.
  const trees: SpanNode[] = [];
  const next = roots.toReversed().map((nested) => ({ nested, into: trees }));
  for (let entry = next.pop(); entry !== undefined; entry = next.pop()) {
    const { nested, into } = entry;
    const children: SpanNode[] = [];
    into.push(spanNode(nested.item, nested.orphan, children, names));
    for (const child of nested.children.toReversed()) next.push({ nested: child, into: children });
  }
  return trees;
}

/** When siblings were open, all by the same measure; `undefined` for nodes that `spanTree` has not made. */
export function lifetimesOf(siblings: readonly SpanNode[]): (Lifetime | undefined)[] {
  const known = siblings.map((node) => lifetimes.get(node));
  const observed = known.every((each) => each?.observed !== undefined);
  return known.map((each) => (observed ? each?.observed : each?.timed));
}

// --- internal ---

/** Beside the nodes and not in them, where a comparison would see it. */
const lifetimes = new WeakMap<
  SpanNode,
  { readonly timed: Lifetime; readonly observed: Lifetime | undefined }
>();

function spanNode(
  span: FinishedSpan,
  orphan: boolean,
  children: SpanNode[],
  names: ReadonlyMap<string, string>,
): SpanNode {
  const { message } = span.status;
  const node: SpanNode = {
    name: span.name,
    kind: KIND_NAMES[span.kind] ?? "INTERNAL",
    status: STATUS_NAMES[span.status.code] ?? "UNSET",
    ...(message !== undefined && message !== "" && { statusMessage: message }),
    attributes: { ...span.attributes },
    events: span.events.map((event) => ({ name: event.name, attributes: { ...event.attributes } })),
    ...(span.links.length > 0 && { links: span.links.map((link) => plainLink(link, names)) }),
    ...(orphan && { remoteParent: true }),
    children,
  };
  const start = milliseconds(span.startTime);
  const timed = { start, end: Math.max(start, milliseconds(span.endTime)) };
  lifetimes.set(node, { timed, observed: observedLifetime(span) });
  return node;
}

function plainLink(
  link: FinishedSpan["links"][number],
  names: ReadonlyMap<string, string>,
): { to?: string; attributes: Attributes } {
  const to = names.get(idOf(link.context));
  return { ...(to !== undefined && { to }), attributes: { ...link.attributes } };
}

function idOf({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): string {
  return `${traceId}-${spanId}`;
}
