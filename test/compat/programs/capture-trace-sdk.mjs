// The application has an SDK and attaches nothing to LangChain.
import * as openai from "@langchain/openai";
import { captureTrace, gate } from "langchain-otel/trace";

import captures from "./captures.cjs";
import harness from "./harness.cjs";
import * as otel from "./otel.mjs";

const telemetry = harness.startSdk(otel, [], { http: false });
const model = harness.newModel(openai);
const { traces, report } = await captures.captures({ captureTrace, gate }, model, harness.drain);
const idsOf = (span) =>
  `${span.name} ${span.spanContext().spanId} ${span.parentSpanContext?.spanId ?? ""}`;
const own = traces.flatMap(({ spans }) =>
  spans.map((span) => `${span.name} ${span.span_id} ${span.parent_span_id ?? ""}`),
);
const exported = telemetry.spans().map(idsOf);
harness.print({
  ...report,
  same: JSON.stringify(own.toSorted()) === JSON.stringify(exported.toSorted()),
});
