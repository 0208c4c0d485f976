import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import { contentFault } from "./content-schemas.ts";
import { registryOf, type RegisteredAttribute, type Requirements } from "./registry.ts";
import type { Rule, Violation } from "./violation.ts";

/** Values as spans, metrics and events have them. */
export type Values = Readonly<Record<string, unknown>>;

/** What the attributes belong to. */
export interface Owner {
  readonly version: SemconvVersion;
  readonly of: string;
  readonly span?: string;
  /** What the conventions list for it. */
  readonly requirements: Requirements;
  /** Where the conventions list all: any other name is too much. */
  readonly complete?: boolean;
  /** Content is written as it is and not as JSON. */
  readonly structured?: boolean;
}

/** Names, types, values, levels and conditions. */
export function checkAttributes(owner: Owner, values: Values): Violation[] {
  const found: Violation[] = [];
  const report = (rule: Rule, attribute: string, detail: string): void => {
    const { version, of, span } = owner;
    const name = span === undefined ? {} : { span };
    found.push({ version, rule, of, ...name, attribute, detail, values });
  };
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const registered = attributeOf(owner.version, name);
    const [rule, detail] = nameFault(owner, name, registered) ?? [];
    if (rule !== undefined) report(rule, name, detail ?? "");
    if (registered === undefined) continue;
    const type = typeFault(owner, name, registered, value);
    if (type !== undefined) report(...type);
    const listed = FORBIDDEN[name]?.(value, values);
    if (listed !== undefined) report("condition", name, listed);
  }
  for (const [name, { level, when }] of Object.entries(owner.requirements)) {
    if (values[name] !== undefined) continue;
    if (level === "required") report("required", name, "is missing");
    if (level === "recommended" && when === undefined) report("recommended", name, "is missing");
    if (level === "conditionally_required" && isDue(name, when, values))
      report("condition", name, `is missing: ${when ?? ""}`);
  }
  return found;
}

// --- internal ---

const NAMESPACES = /^(?:gen_ai|mcp|openai|aws\.bedrock)\./;

/** Here a value of one's own says nothing to anybody. In other lists it may stand for what is not in them yet. */
const CLOSED: ReadonlySet<string> = new Set([
  "gen_ai.operation.name",
  "gen_ai.token.type",
  "gen_ai.token.modality",
  "gen_ai.output.type",
  "gen_ai.response.status",
  "openai.api.type",
  "network.transport",
]);

function attributeOf(version: SemconvVersion, name: string): RegisteredAttribute | undefined {
  const { attributes } = registryOf(version);
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const [key, template] =
    Object.entries(attributes).find(
      ([each, { type }]) => type.startsWith("template") && name.startsWith(`${each}.`),
    ) ?? [];
  return key === undefined || template === undefined
    ? undefined
    : { type: template.type.slice("template[".length, -1) };
}

function nameFault(
  { version, requirements, complete }: Owner,
  name: string,
  registered: RegisteredAttribute | undefined,
): [Rule, string] | undefined {
  // Names that one version has deprecated are no better in the next.
  const instead = registered?.deprecated ?? registryOf("1.41").attributes[name]?.deprecated;
  if (instead !== undefined) return ["deprecated", `use ${instead}`];
  if (registered === undefined && NAMESPACES.test(name))
    return ["unknown", `is no attribute of ${registryOf(version).source}`];
  const isListed = Object.keys(requirements).some(
    (each) => each === name || (registered !== undefined && name.startsWith(`${each}.`)),
  );
  if (!isListed && (complete === true || NAMESPACES.test(name)))
    return ["unlisted", "is not listed for it"];
  return undefined;
}

function typeFault(
  { version, structured }: Owner,
  name: string,
  { type, values }: RegisteredAttribute,
  value: unknown,
): [Rule, string, string] | undefined {
  if (type === "any") {
    const fault = anyFault(version, name, value, structured === true);
    return fault === undefined ? undefined : ["content", name, fault];
  }
  if (!TYPES[type]?.(value)) return ["type", name, `${JSON.stringify(value)} is no ${type}`];
  if (values === undefined || values.includes(value as string)) return undefined;
  if (CLOSED.has(name)) return ["enum", name, `"${String(value)}" is none of ${values.join(", ")}`];
  const meant = values.find((each) => letters(each) === letters(value));
  return meant === undefined
    ? undefined
    : ["enum", name, `"${String(value)}" should be "${meant}"`];
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  int: (value) => Number.isSafeInteger(value),
  double: (value) => typeof value === "number" && Number.isFinite(value),
  "string[]": (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
};

/** Content: on spans as JSON, since their attributes have no structure. */
function anyFault(
  version: SemconvVersion,
  name: string,
  value: unknown,
  structured: boolean,
): string | undefined {
  if (structured) return contentFault(version, name, value);
  if (typeof value !== "string") return "is no JSON text";
  try {
    return contentFault(version, name, JSON.parse(value));
  } catch {
    return "is no JSON";
  }
}

function letters(value: unknown): string {
  return String(value)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
}

/** Conditions that can be decided from the attributes themselves. */
const DUE: Readonly<Record<string, (values: Values) => boolean>> = {
  "server.port": (values) => values["server.address"] !== undefined,
  // Of a method that the conventions do not know nobody can tell whether it is a request.
  "jsonrpc.request.id": ({ "mcp.method.name": method }) =>
    registryOf("1.41").attributes["mcp.method.name"]?.values?.includes(String(method)) === true &&
    !String(method).startsWith("notifications/"),
  "gen_ai.tool.name": ({ "mcp.method.name": method }) => method === "tools/call",
  "gen_ai.prompt.name": ({ "mcp.method.name": method }) => method === "prompts/get",
  "mcp.resource.uri": ({ "mcp.method.name": method }) =>
    /^resources\/(?:read|subscribe|unsubscribe)$/.test(String(method)),
  "exception.type": (values) => values["exception.message"] === undefined,
  "exception.message": (values) => values["exception.type"] === undefined,
};

function isDue(name: string, when = "", values: Values): boolean {
  if (when.includes("443")) return false; // Only ports that are not the usual one.
  return DUE[name]?.(values) === true;
}

/** What says nothing, or the wrong thing. */
const FORBIDDEN: Readonly<Record<string, (value: unknown, values: Values) => string | undefined>> =
  {
    "gen_ai.request.choice.count": (value) => (value === 1 ? "is only told when not 1" : undefined),
    "gen_ai.request.stream": (value) => (value === false ? "is only told when true" : undefined),
    "gen_ai.conversation.compacted": (value) =>
      value === false ? "is only told when true" : undefined,
    "openai.request.service_tier": (value) =>
      value === "auto" ? "is only told when not auto" : undefined,
    "gen_ai.prompt.version": (_, values) =>
      values["gen_ai.prompt.name"] === undefined ? "is of no prompt" : undefined,
    "gen_ai.operation.name": (value, { "mcp.method.name": method }) =>
      method !== undefined && (method === "tools/call") !== (value === "execute_tool")
        ? "is execute_tool for tools/call, and absent otherwise"
        : undefined,
  };
