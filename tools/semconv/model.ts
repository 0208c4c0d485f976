import { parse } from "yaml";

/** An attribute where it is used: a reference, and what is said of it there. */
export interface Use {
  readonly ref?: string;
  readonly ref_group?: string;
  readonly requirement_level?: string | Readonly<Record<string, string>>;
  readonly sampling_relevant?: boolean;
}

/** An attribute where it is defined. */
export interface Definition {
  readonly key: string;
  readonly type:
    | string
    | { readonly members: readonly { readonly value: unknown; readonly deprecated?: unknown }[] };
  readonly deprecated?: { readonly renamed_to?: string };
}

/** A span, a metric, an event, or a group that they are made of. */
export interface Group {
  readonly id: string;
  readonly kind: "span" | "metric" | "event" | "group" | "refinement";
  readonly uses: readonly Use[];
  /** The prose, where names and severities are told. */
  readonly prose: string;
  readonly spanKind?: string;
  readonly instrument?: string;
  readonly unit?: string;
  readonly valueType?: string;
  /** What it takes its attributes from first. */
  readonly base?: string;
  readonly deprecated: boolean;
}

export interface Model {
  readonly definitions: readonly Definition[];
  readonly groups: readonly Group[];
}

/** Reads both forms of the models: `groups` (to 1.41) and `file_format: definition/2`. */
export function readModel(files: readonly string[]): Model {
  const parsed = files.map((text) => parse(text) as Raw);
  const old = parsed.flatMap((file) => file.groups ?? []);
  const entries = (list: keyof Omit<Raw, "groups">): RawGroup[] =>
    parsed.flatMap((file) => file[list] ?? []);
  return {
    definitions: [
      ...old.flatMap((group) => group.attributes ?? []).filter((each) => each.id !== undefined),
      ...entries("attributes"),
    ].map((each) => ({ ...each, key: each.id ?? each.key }) as unknown as Definition),
    groups: [
      ...old.map((group) => groupOf(group, KINDS[group.type ?? ""] ?? "group")),
      ...entries("attribute_groups").map((group) => groupOf(group, "group")),
      ...entries("spans").map((group) => groupOf(group, "span")),
      ...entries("metrics").map((group) => groupOf(group, "metric")),
      ...entries("events").map((group) => groupOf(group, "event")),
      ...entries("span_refinements").map((group) => groupOf(group, "refinement")),
      ...entries("metric_refinements").map((group) => groupOf(group, "refinement")),
    ],
  };
}

// --- internal ---

interface RawGroup {
  readonly id?: string;
  readonly key?: string;
  readonly type?: string;
  readonly name?: string | { readonly note?: string };
  readonly metric_name?: string;
  readonly ref?: string;
  readonly extends?: string;
  readonly span_kind?: string;
  readonly kind?: string;
  readonly instrument?: string;
  readonly unit?: string;
  readonly brief?: string;
  readonly note?: string;
  readonly deprecated?: unknown;
  readonly annotations?: { readonly code_generation?: { readonly metric_value_type?: string } };
  readonly attributes?: readonly (RawGroup & Use)[];
}

type Raw = Readonly<
  Record<
    | "groups"
    | "attributes"
    | "attribute_groups"
    | "spans"
    | "metrics"
    | "events"
    | "span_refinements"
    | "metric_refinements",
    readonly RawGroup[] | undefined
  >
>;

const KINDS: Readonly<Record<string, Group["kind"]>> = {
  span: "span",
  metric: "metric",
  event: "event",
};

function groupOf(raw: RawGroup, kind: Group["kind"]): Group {
  const name = typeof raw.name === "string" ? raw.name : raw.name?.note;
  const id =
    raw.metric_name ??
    (kind === "metric" || kind === "event" ? (raw.name as string) : undefined) ??
    raw.id?.replace(/^span\./, "") ??
    raw.type ??
    "";
  return {
    id,
    kind,
    uses: raw.attributes ?? [],
    deprecated: raw.deprecated !== undefined,
    prose: [name, raw.brief, raw.note].filter((text) => text !== undefined).join("\n"),
    ...given("spanKind", raw.span_kind ?? raw.kind),
    ...given("instrument", raw.instrument),
    ...given("unit", raw.unit),
    ...given("valueType", raw.annotations?.code_generation?.metric_value_type),
    ...given("base", raw.ref ?? raw.extends?.replace(/^span\./, "")),
  };
}

function given(key: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [key]: value };
}
