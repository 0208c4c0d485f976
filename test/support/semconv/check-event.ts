import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import { checkAttributes, type Values } from "./check-attributes.ts";
import { inferenceOf, registryOf } from "./registry.ts";
import type { Violation } from "./violation.ts";

/** A log record. Only those with a name are events. */
export interface CheckedEvent {
  readonly eventName?: string | undefined;
  readonly severityNumber?: number | undefined;
  readonly attributes?: Values | undefined;
}

/** Compares an event with the registry; log records that are none of the conventions' events pass. */
export function checkEvent(version: SemconvVersion, event: CheckedEvent): Violation[] {
  const of = event.eventName ?? "";
  if (!/^(?:gen_ai|mcp|openai)\./.test(of)) return [];
  const { events, source } = registryOf(version);
  const registered = Object.hasOwn(events, of) ? events[of] : undefined;
  const values = event.attributes ?? {};
  if (registered === undefined)
    return [{ version, rule: "unknown", of, detail: `is no event of ${source}`, values }];
  const { severity } = registered;
  // A call's details are those of its span, the provider's own ones too.
  const requirements = of.includes(".inference.")
    ? { ...registered.attributes, ...inferenceOf(version, values["gen_ai.provider.name"]) }
    : registered.attributes;
  const found = checkAttributes({ version, of, requirements, structured: true }, values);
  if (severity !== undefined && event.severityNumber !== severity) {
    const detail = `is ${String(event.severityNumber)} and not ${severity}`;
    found.push({ version, rule: "severity", of, detail, values });
  }
  return found;
}
