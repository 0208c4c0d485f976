import { describe, expect, it } from "vitest";

import { type SpanNode, spanTree } from "../../src/testing/index.ts";
import { finishedSpan } from "../console/finished-span.ts";

const PLAIN = { kind: "INTERNAL", status: "UNSET", attributes: {}, events: [] } as const;

/** Only names: `root(child child)`. */
function names(nodes: readonly SpanNode[]): string {
  return nodes
    .map((node) => node.name + (node.children.length > 0 ? `(${names(node.children)})` : ""))
    .join(" ");
}

describe("a tree of spans", () => {
  it("has all of a span that is the same in every run", () => {
    const span = finishedSpan({
      name: "gen_ai.chat",
      kind: 2,
      error: "boom",
      attributes: { a: 1 },
      events: [
        { name: "exception", time: [1, 2], attributes: { "exception.type": "Error" } },
        { name: "bare", time: [1, 2] },
      ],
      links: [
        {
          context: finishedSpan({ name: "other", id: "2" }).spanContext(),
          attributes: { why: "retry" },
        },
        { context: finishedSpan({ name: "elsewhere", id: "3" }).spanContext() },
      ],
    });
    expect(spanTree([span, finishedSpan({ name: "other", id: "2", from: 1 })])).toEqual([
      {
        name: "gen_ai.chat",
        kind: "CLIENT",
        status: "ERROR",
        statusMessage: "boom",
        attributes: { a: 1 },
        events: [
          { name: "exception", attributes: { "exception.type": "Error" } },
          { name: "bare", attributes: {} },
        ],
        links: [{ to: "other", attributes: { why: "retry" } }, { attributes: {} }],
        children: [],
      },
      { ...PLAIN, name: "other", children: [] },
    ]);
  });

  it("is in order of start, then of name, whatever order the spans came in", () => {
    const spans = [
      finishedSpan({ name: "late", id: "2", parent: "1", from: 9 }),
      finishedSpan({ name: "b", id: "3", parent: "1", from: 5 }),
      finishedSpan({ name: "a", id: "4", parent: "1", from: 5 }),
      finishedSpan({ name: "first", id: "5", parent: "1", from: 1 }),
      finishedSpan({ name: "root", id: "1" }),
    ];
    expect(names(spanTree(spans))).toBe("root(first a b late)");
    expect(names(spanTree(spans.toReversed()))).toBe("root(first a b late)");
  });

  it("marks a span whose parent is not there", () => {
    expect(spanTree([finishedSpan({ name: "orphan", id: "2", parent: "1" })])).toEqual([
      { ...PLAIN, name: "orphan", remoteParent: true, children: [] },
    ]);
  });

  it("knows parents of its own trace only", () => {
    const spans = [
      finishedSpan({ name: "other trace", id: "1", trace: "b" }),
      finishedSpan({ name: "child", id: "2", parent: "1", trace: "a", from: 1 }),
    ];
    expect(names(spanTree(spans))).toBe("other trace child");
  });

  it("keeps a span that comes twice twice", () => {
    const twice = finishedSpan({ name: "twice", id: "2", parent: "1" });
    const spans = [
      finishedSpan({ name: "root" }),
      twice,
      twice,
      finishedSpan({ name: "child", id: "3", parent: "2" }),
    ];
    expect(names(spanTree(spans))).toBe("root(twice(child) twice)");
  });

  it("cuts a circle of parents open at its first span", () => {
    const spans = [
      finishedSpan({ name: "a", id: "1", parent: "3", from: 1 }),
      finishedSpan({ name: "b", id: "2", parent: "1", from: 2 }),
      finishedSpan({ name: "c", id: "3", parent: "2", from: 3 }),
      finishedSpan({ name: "self", id: "4", parent: "4", from: 4 }),
    ];
    const tree = spanTree(spans);
    expect([names(tree), tree.map((node) => node.remoteParent)]).toEqual([
      "a(b(c)) self",
      [true, true],
    ]);
  });

  it("can be a chain of 20,000 spans", () => {
    const spans = Array.from({ length: 20_000 }, (_, at) =>
      finishedSpan({ name: "s", id: `${at + 1}`, ...(at > 0 && { parent: `${at}` }) }),
    );
    let depth = 0;
    for (let [node] = spanTree(spans); node !== undefined; [node] = node.children) depth += 1;
    expect(depth).toBe(20_000);
  });
});
