import type { Definition, Group, Model, Use } from "./model.ts";
import { BUCKETS, CORE } from "./supplement.ts";

/** How much an attribute is asked for. */
interface Requirement {
  readonly level: string;
  /** The condition, in words. */
  readonly when?: string;
  /** It has to be there when the span starts. */
  readonly atStart?: true;
}

/** An attribute by itself. */
interface Attribute {
  readonly type: string;
  readonly values?: readonly unknown[];
  readonly deprecated?: string;
}

/** The model with every group written out, and of its prose only what can be checked. */
export function flatten({ definitions, groups }: Model): object {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const requirements = (group: Group): Record<string, Requirement> =>
    Object.fromEntries([...usesOf(group, byId)].map(([key, use]) => [key, requirement(use)]));
  const table = (kind: Group["kind"], entry: (group: Group) => object): object =>
    Object.fromEntries(
      groups
        .filter(
          (group) => group.kind === kind && !group.deprecated && providerOf(group) === undefined,
        )
        .map((group) => [group.id, { ...entry(group), attributes: requirements(group) }]),
    );
  const attributes = new Map(definitions.map((each) => [each.key, attribute(each)]));
  const operations = attributes.get("gen_ai.operation.name")?.values ?? [];
  for (const group of groups)
    for (const key of usesOf(group, byId).keys()) {
      const core = CORE[key];
      if (core !== undefined) attributes.set(key, core);
      else if (!attributes.has(key)) throw new Error(`${group.id}: ${key} is defined nowhere`);
    }
  return {
    attributes: Object.fromEntries(attributes),
    spans: table("span", ({ id, spanKind, prose }) => ({
      kind: spanKind,
      operations: operations.filter((operation) => isOf(String(operation), id)),
      name: nameOf(prose),
    })),
    inference: Object.fromEntries(
      groups.flatMap((group) => {
        const provider = providerOf(group);
        return provider === undefined ? [] : [[provider, requirements(group)]];
      }),
    ),
    metrics: table("metric", ({ id, instrument, unit, valueType = "double" }) => ({
      instrument,
      unit,
      type: valueType,
      buckets: instrument === "histogram" ? bucketsOf(id) : undefined,
    })),
    events: table("event", ({ prose }) => ({ severity: severityOf(prose) })),
  };
}

// --- internal ---

/** A group's attributes, the inherited ones first, so that its own word is the last. */
function usesOf(group: Group, byId: ReadonlyMap<string, Group>): Map<string, Use> {
  const uses = new Map<string, Use>();
  const take = (id: string): void => {
    const from = byId.get(id.replace(/^span\./, ""));
    if (from === undefined) throw new Error(`${group.id}: there is no ${id}`);
    for (const [key, use] of usesOf(from, byId)) uses.set(key, use);
  };
  if (group.base !== undefined) take(group.base);
  for (const use of group.uses) {
    if (use.ref_group !== undefined) take(use.ref_group);
    if (use.ref !== undefined) uses.set(use.ref, { ...uses.get(use.ref), ...use });
  }
  return uses;
}

function requirement({ requirement_level: level, sampling_relevant: atStart }: Use): Requirement {
  const [name = "recommended", when] =
    typeof level === "object" ? (Object.entries(level)[0] ?? []) : [level];
  return {
    level: name,
    ...(when === undefined ? {} : { when: when.trim().replaceAll(/\s+/g, " ") }),
    ...(atStart === true ? { atStart } : {}),
  };
}

function attribute({ type, deprecated }: Definition): Attribute {
  const instead = deprecated?.renamed_to ?? "nothing";
  return {
    ...(typeof type === "string"
      ? { type }
      : {
          type: "string",
          values: [
            ...new Set(
              type.members
                .filter((member) => member.deprecated === undefined)
                .map(({ value }) => value),
            ),
          ],
        }),
    ...(deprecated === undefined ? {} : { deprecated: instead }),
  };
}

/** Of the kinds of spans only inference and memory have several operations; the others have the one in their name. */
function isOf(operation: string, spanId: string): boolean {
  if (spanId.startsWith("mcp.")) return false;
  if (spanId.includes("inference"))
    return ["chat", "generate_content", "text_completion"].includes(operation);
  if (spanId.includes("memory")) return operation.includes("memory");
  return spanId.split(".").includes(operation);
}

/** The provider whose own inference spans the group describes. */
function providerOf({ id, prose }: Group): string | undefined {
  if (id.includes("fetch_response")) return undefined;
  if (/^(?:aws|azure|openai|anthropic)\b/.test(id)) {
    return (
      /`gen_ai\.provider\.name` MUST be set to `"(.+?)"`/.exec(prose)?.[1] ??
      (id.startsWith("aws.bedrock") ? "aws.bedrock" : undefined)
    );
  }
  return undefined;
}

function nameOf(prose: string): string {
  const name = /\*\*Span name\*\* SHOULD (?:be|follow the format) `(.+?)`/.exec(prose)?.[1];
  if (name === undefined) throw new Error(`There is no span name in: ${prose}`);
  return name;
}

function severityOf(prose: string): number | undefined {
  const number = /severity number (\d+)/.exec(prose.replaceAll(/\s+/g, " "))?.[1];
  return number === undefined ? undefined : Number(number);
}

function bucketsOf(metric: string): readonly number[] {
  const buckets = BUCKETS.find(([names]) => names.test(metric))?.[1];
  if (buckets === undefined) throw new Error(`The buckets of ${metric} are not known`);
  return buckets;
}
