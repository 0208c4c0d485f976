import {
  type Attributes,
  createNoopMeter,
  type Meter,
  type MeterProvider,
  type MetricOptions,
} from "@opentelemetry/api";

import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import { checkAttributes } from "./check-attributes.ts";
import { type RegisteredMetric, registryOf, type Requirements } from "./registry.ts";
import type { Rule, Violation } from "./violation.ts";

/** A meter that keeps nothing: it compares instruments and what they measure with the registry. */
export function checkingMeterProvider(
  version: SemconvVersion,
  report: (violation: Violation) => void,
): MeterProvider {
  const meter: Meter = {
    ...noop(),
    createHistogram(name, options) {
      const check = checkInstrument(version, "histogram", name, options, report);
      return { record: check };
    },
    createCounter(name, options) {
      return { add: checkInstrument(version, "counter", name, options, report) };
    },
    createUpDownCounter(name, options) {
      return { add: checkInstrument(version, "updowncounter", name, options, report) };
    },
    createGauge(name, options) {
      return { record: checkInstrument(version, "gauge", name, options, report) };
    },
  };
  return { getMeter: () => meter };
}

// --- internal ---

const OURS_TO_NAME = /^(?!gen_ai\.|mcp\.|openai\.)/;

/** Its methods, which stand on its prototype. */
function noop(): Meter {
  const meter = createNoopMeter();
  return {
    createGauge: () => meter.createGauge(""),
    createHistogram: () => meter.createHistogram(""),
    createCounter: () => meter.createCounter(""),
    createUpDownCounter: () => meter.createUpDownCounter(""),
    createObservableGauge: () => meter.createObservableGauge(""),
    createObservableCounter: () => meter.createObservableCounter(""),
    createObservableUpDownCounter: () => meter.createObservableUpDownCounter(""),
    addBatchObservableCallback: () => {},
    removeBatchObservableCallback: () => {},
  };
}

/** Checks the instrument and answers what checks its points. */
function checkInstrument(
  version: SemconvVersion,
  instrument: string,
  of: string,
  options: MetricOptions = {},
  report: (violation: Violation) => void,
): (value: number, attributes?: Attributes) => void {
  const { metrics, source } = registryOf(version);
  const registered = Object.hasOwn(metrics, of) ? metrics[of] : undefined;
  const say = (rule: Rule, detail: string, values: Attributes = {}): void =>
    report({ version, rule, of, detail, values });
  if (registered !== undefined) checkDefinition(registered, instrument, options, say);
  const isUnknown = registered === undefined && !OURS_TO_NAME.test(of);
  return (value, attributes = {}) => {
    if (isUnknown) say("unknown", `is no metric of ${source}`, attributes);
    if (registered?.type === "int" && !Number.isSafeInteger(value))
      say("type", `${value} is no whole number`, attributes);
    // Our own metrics use the conventions' attributes as they see fit.
    const requirements = registered?.attributes ?? attributesOf(version, attributes);
    const complete = registered !== undefined;
    for (const each of checkAttributes({ version, of, requirements, complete }, attributes))
      report(each);
  };
}

function checkDefinition(
  registered: RegisteredMetric,
  instrument: string,
  { unit, advice }: MetricOptions,
  say: (rule: Rule, detail: string) => void,
): void {
  if (instrument !== registered.instrument)
    say("instrument", `is a ${instrument} and not a ${registered.instrument}`);
  if (unit !== registered.unit) say("unit", `is ${String(unit)} and not ${registered.unit}`);
  const buckets = advice?.explicitBucketBoundaries?.join();
  if (buckets !== registered.buckets?.join())
    say("buckets", `are ${buckets} and not ${registered.buckets?.join()}`);
}

function attributesOf(version: SemconvVersion, attributes: Attributes): Requirements {
  return Object.fromEntries(
    Object.keys(attributes)
      .filter((name) => Object.hasOwn(registryOf(version).attributes, name))
      .map((name) => [name, { level: "opt_in" as const }]),
  );
}
