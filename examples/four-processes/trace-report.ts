import type { CollectedSpan } from "./collector.ts";

/** Prints the spans as trees: whose child each is, in which process, and how long it took. */
export function printTrace(spans: readonly CollectedSpan[]): void {
  for (const root of spans.filter((span) => parentOf(span, spans) === undefined)) {
    console.log(`Trace ${root.traceId}`);
    printBelow([root], spans, "");
  }
}

/** What is missing for it to be one trace of these services. Nothing, when it is. */
export function faultsOf(
  spans: readonly CollectedSpan[],
  services: readonly string[],
): readonly string[] {
  const faults: string[] = [];
  const traces = new Set(spans.map(({ traceId }) => traceId));
  if (traces.size !== 1) faults.push(`There are ${traces.size} traces and not one.`);
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  if (roots.length !== 1) faults.push(`There are ${roots.length} spans without a parent.`);
  for (const span of spans) {
    if (span.parentSpanId !== undefined && parentOf(span, spans) === undefined)
      faults.push(`The parent of ${span.service}'s ${span.name} is missing.`);
  }
  const seen = new Set(spans.map(({ service }) => service));
  for (const service of services)
    if (!seen.has(service)) faults.push(`There is no span of ${service}.`);
  return faults;
}

// --- internal ---

function parentOf(
  { traceId, parentSpanId }: CollectedSpan,
  spans: readonly CollectedSpan[],
): CollectedSpan | undefined {
  return spans.find((each) => each.traceId === traceId && each.spanId === parentSpanId);
}

function printBelow(
  siblings: readonly CollectedSpan[],
  spans: readonly CollectedSpan[],
  indent: string,
): void {
  const ordered = siblings.toSorted((a, b) => Number(a.start - b.start));
  for (const span of ordered) {
    const ms = (Number(span.end - span.start) / 1e6).toFixed(0);
    const mark = span.isError ? " ERROR" : "";
    const what = `${indent}${span.name} (${span.kind}, ${ms} ms)${mark}`;
    console.log(`${span.service.padEnd(12)}${what}`);
    const children = spans.filter((each) => parentOf(each, spans) === span);
    printBelow(children, spans, `${indent}  `);
  }
}
