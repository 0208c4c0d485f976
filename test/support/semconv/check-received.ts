import type { ReceivedSpan } from "../otlp-receiver.ts";
import { checkSpan } from "./check-span.ts";
import type { Violation } from "./violation.ts";

/** Compares our spans among those of other processes, which are as they are by default. */
export function checkReceived(spans: readonly ReceivedSpan[]): Violation[] {
  const operations = new Map(
    spans.map(({ spanId, attributes }) => [spanId, attributes["gen_ai.operation.name"]]),
  );
  return spans
    .filter(({ scope }) => scope === "langchain-otel")
    .flatMap(({ name, kind, status, attributes, parentSpanId = "" }) =>
      checkSpan("1.41", {
        name,
        // One more than in the API, where 0 is not "unspecified".
        kind: kind - 1,
        status: { code: status },
        attributes,
        parentOperation: operations.get(parentSpanId),
      }),
    );
}
