import { badOption } from "../options.ts";

/** What `serviceNameFor` puts together. */
export interface ServiceNameParts {
  /** The product, such as `acme`. */
  readonly prefix: string;
  /** `"agent"`, or `"channel"` for a process that connects agents with a chat, Slack, … */
  readonly kind: "agent" | "channel";
  /** The agent's or the channel's name, the same for all its processes: never the id of a run, a user or a session. */
  readonly name: string;
}

/**
 * The `service.name` of one process of many that belong together, the same at every start:
 *
 *     serviceNameFor({ prefix: "acme", kind: "agent", name: "weather agent" }); // "acme-weather-agent"
 *     serviceNameFor({ prefix: "acme", kind: "channel", name: "slack" });       // "acme-channel-slack"
 *
 * White space and other characters that need quoting in a query become `-`.
 * @throws TypeError for an empty prefix or name, another kind, or a name that is an id: back ends keep one series of
 * every metric for each service name.
 */
export function serviceNameFor({ prefix, kind, name }: ServiceNameParts): string {
  if (kind !== "agent" && kind !== "channel") throw badOption("kind", '"agent" or "channel"', kind);
  const parts = [
    part("prefix", prefix),
    ...(kind === "channel" ? ["channel"] : []),
    part("name", name),
  ];
  return parts.join("-");
}

// --- internal ---

const LONGEST = 100;
const UUID = /[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}/i;

function part(option: "prefix" | "name", value: unknown): string {
  const expected = `a name of at most ${LONGEST} characters, with at least one letter or digit`;
  if (typeof value !== "string" || value.length > LONGEST) throw badOption(option, expected, value);
  if (UUID.test(value))
    throw badOption(option, "a name that does not change from run to run", value);
  const clean = value.replaceAll(/[^\p{L}\p{N}._]+/gu, "-").replaceAll(/^[-._]+|[-._]+$/g, "");
  if (clean === "") throw badOption(option, expected, value);
  return clean;
}
