import { SpanKind, SpanStatusCode } from "@opentelemetry/api";

import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import { checkAttributes, type Values } from "./check-attributes.ts";
import { inferenceOf, type RegisteredSpan, registryOf, type Requirements } from "./registry.ts";
import type { Rule, Violation } from "./violation.ts";

/** A span that has ended. */
export interface CheckedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: { readonly code: SpanStatusCode };
  readonly attributes: Values;
  /** What was known when it started; absent where that is not to be seen any more. */
  readonly startAttributes?: Values;
  readonly events?: readonly { readonly name: string; readonly attributes?: Values | undefined }[];
  /** The operation of the span above it. */
  readonly parentOperation?: unknown;
}

/** Compares a span with the registry; spans that the conventions do not know are compared as far as they go. */
export function checkSpan(version: SemconvVersion, span: CheckedSpan): Violation[] {
  const [id, registered] = typeOf(version, span) ?? [];
  const of = String(span.attributes[METHOD] ?? span.attributes[OPERATION] ?? "other");
  const found: Violation[] = [];
  const report = (rule: Rule, detail: string, attribute?: string): void => {
    const more = attribute === undefined ? {} : { attribute };
    found.push({ version, rule, of, span: span.name, ...more, detail, values: span.attributes });
  };
  const operation = span.attributes[OPERATION];
  if (registered === undefined && operation !== undefined)
    report("operation", `${String(operation)} is no operation of that version`);
  if (registered !== undefined) {
    if (KINDS[registered.kind] !== span.kind)
      report("kind", `is ${SpanKind[span.kind]} and not ${registered.kind.toUpperCase()}`);
    const name = nameFor(registered, span.attributes);
    if (name !== span.name) report("name", `should be "${name}"`);
  }
  const requirements = id?.includes("inference")
    ? inferenceOf(version, span.attributes["gen_ai.provider.name"])
    : (registered?.attributes ?? {});
  found.push(...checkAttributes({ version, of, span: span.name, requirements }, span.attributes));
  checkStart(requirements, span, report);
  checkStatus(version, id, span, report);
  if (id === "mcp.client" && span.parentOperation === "execute_tool" && operation !== undefined)
    report("nesting", "a span of the tool's call is above it already");
  return found;
}

// --- internal ---

type Report = (rule: Rule, detail: string, attribute?: string) => void;

const OPERATION = "gen_ai.operation.name";
const METHOD = "mcp.method.name";

const KINDS: Readonly<Record<string, SpanKind>> = {
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
};

/** Which of the registry's spans it is: by its operation, and by its kind where an operation has two. */
function typeOf(
  version: SemconvVersion,
  { attributes, kind }: CheckedSpan,
): [id: string, registered: RegisteredSpan] | undefined {
  const isMcp = attributes[METHOD] !== undefined;
  const candidates = Object.entries(registryOf(version).spans).filter(([id, { operations }]) =>
    isMcp ? id.startsWith("mcp.") : operations.includes(String(attributes[OPERATION])),
  );
  return candidates.find(([, each]) => KINDS[each.kind] === kind) ?? candidates[0];
}

/** The form with its attributes filled in; what it is about is left out where that is not known. */
function nameFor({ name }: RegisteredSpan, attributes: Values): string {
  return name
    .split(" ")
    .map((part) => {
      const key = /^\{(.+)\}$/.exec(part)?.[1];
      if (key === undefined) return part;
      if (key === "target")
        return attributes["gen_ai.tool.name"] ?? attributes["gen_ai.prompt.name"];
      return attributes[key];
    })
    .filter((part) => part !== undefined)
    .join(" ");
}

function checkStart(
  requirements: Requirements,
  { attributes, startAttributes }: CheckedSpan,
  report: Report,
): void {
  if (startAttributes === undefined) return;
  for (const [name, { atStart }] of Object.entries(requirements)) {
    if (atStart === true && attributes[name] !== startAttributes[name])
      report("at-start", "is not there when the span starts", name);
  }
}

/** Codes by which a server tells its client of the client's own mistake. */
const NOT_THE_SERVERS = new Set(["-32700", "-32600", "-32601", "-32602", "-32002"]);

function checkStatus(
  version: SemconvVersion,
  id: string | undefined,
  { status, attributes, events = [] }: CheckedSpan,
  report: Report,
): void {
  const type = attributes["error.type"];
  const failed = status.code === SpanStatusCode.ERROR;
  if (status.code === SpanStatusCode.OK) report("status", "OK is for applications to set");
  if (failed && (type === undefined || type === ""))
    report("status", "is ERROR without a type", "error.type");
  if (!failed && type !== undefined)
    report("status", "is set, and the span is no ERROR", "error.type");
  const code = String(attributes["rpc.response.status_code"]);
  if (version === "next" && id === "mcp.server" && failed && NOT_THE_SERVERS.has(code))
    report("status", `is ERROR for ${code}, which is the client's mistake`);
  for (const event of events) {
    const { "exception.type": thrown, "exception.message": message } = event.attributes ?? {};
    if (event.name === "exception" && thrown === undefined && message === undefined)
      report("required", "an exception has a type or a message", "exception.type");
  }
}
