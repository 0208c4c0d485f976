import { readFileSync } from "node:fs";
import path from "node:path";

import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";

/** The conventions of one version, as `data/<version>/registry.json` has them. */
export interface Registry {
  readonly source: string;
  readonly attributes: Readonly<Record<string, RegisteredAttribute>>;
  readonly spans: Readonly<Record<string, RegisteredSpan>>;
  /** What spans of inference have beside, by provider. */
  readonly inference: Readonly<Record<string, Requirements>>;
  readonly metrics: Readonly<Record<string, RegisteredMetric>>;
  readonly events: Readonly<Record<string, RegisteredEvent>>;
}

export interface RegisteredAttribute {
  readonly type: string;
  readonly values?: readonly string[];
  /** What to use instead. */
  readonly deprecated?: string;
}

export interface Requirement {
  readonly level: "required" | "conditionally_required" | "recommended" | "opt_in";
  readonly when?: string;
  readonly atStart?: true;
}

export type Requirements = Readonly<Record<string, Requirement>>;

export interface RegisteredSpan {
  readonly kind: "client" | "internal" | "server";
  readonly operations: readonly string[];
  /** A form such as `{gen_ai.operation.name} {gen_ai.request.model}`. */
  readonly name: string;
  readonly attributes: Requirements;
}

export interface RegisteredMetric {
  readonly instrument: string;
  readonly unit: string;
  readonly type: "int" | "double";
  readonly buckets?: readonly number[];
  readonly attributes: Requirements;
}

export interface RegisteredEvent {
  readonly severity?: number;
  readonly attributes: Requirements;
}

/** What spans of inference have to have: those of some providers more than others. */
export function inferenceOf(version: SemconvVersion, provider: unknown): Requirements {
  const { spans, inference } = registryOf(version);
  const all = Object.entries(spans).find(([id]) => id.includes("inference"))?.[1].attributes ?? {};
  const own = Object.hasOwn(inference, String(provider)) ? inference[String(provider)] : {};
  const merged = Object.entries({ ...all, ...own }).map(([name, requirement]) => [
    name,
    // What a provider's own list does not say again still holds.
    { ...all[name], ...requirement },
  ]);
  return Object.fromEntries(merged) as Requirements;
}

const loaded = new Map<SemconvVersion, Registry>();

export function registryOf(version: SemconvVersion): Registry {
  const known = loaded.get(version);
  if (known !== undefined) return known;
  const registry = readData(version, "registry.json") as Registry;
  loaded.set(version, registry);
  return registry;
}

/** A file of that version's data, which has to be there. */
export function readData(version: SemconvVersion, file: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, "data", version, file), "utf8"));
}
