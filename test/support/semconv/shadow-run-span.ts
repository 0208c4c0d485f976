import { type Span, trace } from "@opentelemetry/api";
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";

import type { ContentPolicy, WrittenContent } from "../../../src/content/content-policy.ts";
import { genAiDialect } from "../../../src/dialects/gen-ai.ts";
import type { RunRequest } from "../../../src/operation.ts";
import { genAiNames, type SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import type { ContentTelemetry } from "../../../src/telemetry/content-writer.ts";
import { LogSource } from "../../../src/telemetry/log-source.ts";
import { ProviderSource } from "../../../src/telemetry/provider-source.ts";
import type { RunSpan } from "../../../src/telemetry/run-span.ts";
import type { RunTelemetry } from "../../../src/telemetry/run-telemetry.ts";
import { type SpanCapture, withCapture } from "../../../src/telemetry/span-capture.ts";
import { type CheckedEvent, checkEvent } from "./check-event.ts";
import { checkingProcessor } from "./checking-processor.ts";
import { found } from "./findings.ts";
import { withShadows } from "./shadows.ts";

type Args = ConstructorParameters<typeof RunSpan>;

/** A RunSpan with two shadows, one for each version of the conventions, which write to providers that only check. */
export function shadowedRunSpan(
  Original: new (...args: Args) => RunSpan,
): new (...args: Args) => RunSpan {
  return withShadows(Original, {
    silent: ["elapsed"],
    split([out, request, parent, ...rest]) {
      const content = out.content === undefined ? undefined : overheard(out.content);
      return {
        own: [
          content === undefined ? out : { ...out, content: content.own },
          request,
          parent,
          ...rest,
        ],
        shadows: outputs.map(({ version, telemetry, logs }) => [
          {
            ...out,
            ...telemetry,
            exceptionLogs: version === "next" ? logs : undefined,
            content: content && { ...content.shadow, logs },
          },
          request,
          withCapture(parent, NOBODY),
          ...rest,
        ]),
      };
    },
    made(span, [, request, parent]) {
      const own = trace.getSpan(span.context);
      if (own !== undefined && own !== trace.getSpan(parent)) requests.set(own, request);
    },
  });
}

// --- internal ---

/** Whoever captures a run's span does not want its shadows. */
const NOBODY: SpanCapture = {
  isOpen: false,
  startSpan: (tracer, name, options, parent) => tracer.startSpan(name, options, parent),
};

/** What the spans of the runs themselves are of, so that a shadow knows what it is below. */
const requests = new WeakMap<Span, RunRequest>();

const outputs = (["1.41", "next"] as const).map((version) => ({
  version,
  telemetry: telemetryOf(version),
  logs: new LogSource({
    getLogger: () => ({
      emit: (event: CheckedEvent) => checkEvent(version, event).forEach((each) => found(each)),
    }),
  }),
}));

/** Metrics have shadows of their own. */
function telemetryOf(version: SemconvVersion): Partial<RunTelemetry> {
  const isTool = (above: Span | undefined): boolean =>
    above !== undefined && requests.get(above)?.kind === "tool";
  const tracerProvider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [checkingProcessor(version, isTool)],
  });
  return {
    source: new ProviderSource({ tracerProvider }),
    metrics: undefined,
    dialects: [genAiDialect(genAiNames(version))],
    tracing: true,
    spanNames: "semconv",
  };
}

/** Content is read, redacted and uploaded once, for the span itself; its shadows write what it has written. */
function overheard(content: ContentTelemetry): Record<"own" | "shadow", ContentTelemetry> {
  let said: WrittenContent = {};
  const { policy } = content;
  const own = {
    reading: policy.reading,
    written: (...args: Parameters<ContentPolicy["written"]>) => (said = policy.written(...args)),
  };
  const shadow = { reading: policy.reading, written: () => said };
  return {
    own: { ...content, policy: own as unknown as ContentPolicy },
    shadow: { ...content, policy: shadow as unknown as ContentPolicy, redacted: () => {} },
  };
}
