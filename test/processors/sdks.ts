import { createRequire } from "node:module";

import {
  type Attributes,
  type Exception,
  type Span,
  type SpanStatus,
  SpanStatusCode,
  type Tracer,
} from "@opentelemetry/api";
import * as sdk3 from "@opentelemetry/sdk-trace";

import type { BenignErrorSpanProcessor } from "../../src/processors/index.ts";

/** What an exporter would send of a span, copied at the moment it was given: a later change is not seen. */
export interface Exported {
  readonly name: string;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
}

/** The same, with its events and links. */
export interface WholeExported extends Exported {
  readonly events: readonly object[];
  readonly links: readonly object[];
}

/** Whatever was thrown; the SDK's type for it is narrower than what errors look like. */
export type Thrown = object | string;

export type Order = "before" | "after";

export interface Sdk {
  readonly name: string;
  /** Whether processors are told that a span is about to end. */
  readonly tellsEnding: boolean;
  /** A real provider with the processors and a real exporting one, in the given order. */
  readonly start: (order: Order, ...processors: readonly object[]) => Running;
  /** … with the processors that are made of it. */
  readonly startWith: (arrange: (exporting: object) => readonly object[]) => Running;
  /** The SDK's own sampling by trace id. */
  readonly ratioSampler: (ratio: number) => RatioSampler;
}

interface RatioSampler {
  /** Answers 0 for "no" and 2 for "yes". */
  shouldSample(context: object, traceId: string): { readonly decision: number };
}

interface Running {
  readonly tracer: (name?: string) => Tracer;
  readonly exported: () => Promise<Exported[]>;
  readonly exportedWhole: () => Promise<WholeExported[]>;
}

/** The SDKs of today's applications: 3.1, the last 2.x, and the first 2.x, which has no `onEnding`. */
export const SDKS: readonly Sdk[] = [
  { name: "SDK 3.1", tellsEnding: true, ...starters(sdk3 as unknown as SdkModule) },
  { name: "SDK 2.12", tellsEnding: true, ...starters(load("sdk2", "@opentelemetry/sdk-trace")) },
  {
    name: "SDK 2.0",
    tellsEnding: false,
    ...starters(load("sdk20", "@opentelemetry/sdk-trace-base"), "positional"),
  },
];

/** One of the SDKs, by its place in the table. */
export const SDK3: Sdk = SDKS[0]!;
export const SDK20: Sdk = SDKS[2]!;

/** What a failing piece of code leaves on its span when it is traced by the book. */
export function fail(span: Span, ...thrown: readonly Thrown[]): Span {
  for (const each of thrown) span.recordException(each as Exception);
  span.setAttribute("error.type", "SomeError");
  return span.setStatus({ code: SpanStatusCode.ERROR, message: "it failed" });
}

/** Starts, fails and ends one span beside the processor and gives what was exported. */
export async function exportedOf(
  processor: BenignErrorSpanProcessor,
  path: { readonly spanName?: string; readonly scope?: string; readonly attributes?: Attributes },
  ...thrown: readonly Thrown[]
): Promise<Exported> {
  const { tracer, exported } = SDK3.start("before", processor);
  fail(
    tracer(path.scope).startSpan(path.spanName ?? "work", { attributes: path.attributes ?? {} }),
    ...thrown,
  ).end();
  const [only, ...rest] = await exported();
  if (only === undefined || rest.length > 0) throw new Error("expected one exported span");
  return only;
}

export const RED: SpanStatus = { code: SpanStatusCode.ERROR, message: "it failed" };
export const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

/** An error of a package that is not installed here, with what `recordException` reads of it. */
export function errorLike(name: string, message: string, code?: string | number): Thrown {
  return { name, message, ...(code === undefined ? {} : { code }) };
}

// --- internal ---

interface SdkModule {
  readonly TracerProvider?: ProviderClass;
  readonly BasicTracerProvider?: ProviderClass;
  readonly SimpleSpanProcessor: new (exporter: object) => object;
  readonly TraceIdRatioBasedSampler: new (ratio: number) => RatioSampler;
}

type ProviderClass = new (options: object) => {
  getTracer(name: string): Tracer;
  forceFlush(): Promise<void>;
};

function load(workspace: string, name: string): SdkModule {
  return createRequire(new URL(`../compat/${workspace}/package.json`, import.meta.url))(
    name,
  ) as SdkModule;
}

function starters(
  sdk: SdkModule,
  exporterIs: "option" | "positional" = "option",
): Pick<Sdk, "start" | "startWith" | "ratioSampler"> {
  const Provider = sdk.TracerProvider ?? sdk.BasicTracerProvider;
  if (Provider === undefined) throw new Error("no provider class in this SDK");
  const startWith: Sdk["startWith"] = (arrange) => {
    const spans: WholeExported[] = [];
    const exporter = {
      export(batch: WholeExported[], done: (result: { code: 0 }) => void): void {
        for (const { name, status, attributes, events, links } of batch) {
          spans.push(structuredClone({ name, status, attributes, events, links }));
        }
        done({ code: 0 });
      },
      shutdown: async () => {},
    };
    const exporting = new sdk.SimpleSpanProcessor(
      exporterIs === "option" ? { exporter } : exporter,
    );
    const provider = new Provider({ spanProcessors: arrange(exporting) });
    return {
      tracer: (name = "app") => provider.getTracer(name),
      exported: async () => {
        await provider.forceFlush();
        return spans.map(({ name, status, attributes }) => ({ name, status, attributes }));
      },
      exportedWhole: async () => {
        await provider.forceFlush();
        return spans;
      },
    };
  };
  return {
    startWith,
    start: (order, ...processors) =>
      startWith((exporting) =>
        order === "before" ? [...processors, exporting] : [exporting, ...processors],
      ),
    ratioSampler: (ratio) => new sdk.TraceIdRatioBasedSampler(ratio),
  };
}
