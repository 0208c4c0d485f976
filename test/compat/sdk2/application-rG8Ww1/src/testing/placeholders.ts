import type { Attributes } from "@opentelemetry/api";

/**
 * A text with what differs from run to run replaced: ids, times, ports of servers on this machine, stack traces.
 */
export function steadyText(text: string): string {
  let steady = text;
  for (const { find, put } of IN_TEXT) steady = steady.replace(find, put);
  return steady;
}

/**
 * The value of an attribute as it is printed: a placeholder such as `<run-id>` for what differs from run to run, else
 * JSON.
 */
export function steadyValue(key: string, attributes: Attributes): string {
  const value = attributes[key];
  const rule = BY_KEY.find(({ keys }) => keys.test(key));
  if (rule !== undefined) return rule.put;
  if (typeof value === "number") {
    const measured = MEASURED.exec(key);
    if (measured !== null)
      return measured.groups?.["milliseconds"] === undefined ? "<seconds>" : "<milliseconds>";
    if (key.endsWith(".port") && isLoopbackPort(key, attributes)) return "<port>";
  }
  if (typeof value === "string" && PEER_ADDRESS.test(key) && LOOPBACK.test(value))
    return "<loopback>";
  const printed = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "string" ? steadyText(each) : each,
  );
  return ONLY_PLACEHOLDER.exec(printed)?.groups?.["placeholder"] ?? printed;
}

// --- internal ---

/** The order matters: a `traceparent` contains ids, a UUID looks like a part of one. */
const IN_TEXT: readonly { readonly find: RegExp; readonly put: string }[] = [
  { find: /(?:\n\s+at [^\n]+)+/g, put: "\n<stack>" },
  { find: /\b00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b/g, put: "<traceparent>" },
  { find: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, put: "<uuid>" },
  { find: /\b[0-9a-f]{32}\b/g, put: "<trace-id>" },
  { find: /\b[0-9a-f]{16}\b/g, put: "<span-id>" },
  { find: /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, put: "<time>" },
  // ::1 without brackets is how Node writes it: connect ECONNREFUSED ::1:41234
  {
    find: /(\b127(?:\.\d{1,3}){3}|\b0\.0\.0\.0|\blocalhost|\[::1\]|(?<![\w:])::1):\d{1,5}\b/g,
    put: "$1:<port>",
  },
];

const BY_KEY: readonly { readonly keys: RegExp; readonly put: string }[] = [
  { keys: /(?:^|[._])run[._]id$/, put: "<run-id>" },
  { keys: /^exception\.stacktrace$/, put: "<stack>" },
  { keys: /(?:^|[._])user_agent(?:\.original)?$/, put: "<user-agent>" },
  { keys: /^(?:telemetry\.\w+|process\.runtime|service|os)\.version$/, put: "<version>" },
  { keys: /^process\.(?:parent_)?pid$/, put: "<pid>" },
  { keys: /^thread\.id$/, put: "<thread-id>" },
];

/** Keys of numbers that a clock has measured. */
const MEASURED =
  /(?:^|[._])(?:duration|latency|elapsed|time_to_first_\w+|time_per_output_\w+)(?:[._](?:s|seconds|(?<milliseconds>ms|milliseconds)))?$/;

/** `localhost` is one address on one machine and another on the next. */
const PEER_ADDRESS = /^(?:client|network\.(?:peer|local))\.address$/;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|0\.0\.0\.0|localhost|\[?::1\]?)$/;
const ONLY_PLACEHOLDER = /^"(?<placeholder><[a-z-]+>)"$/;

function isLoopbackPort(key: string, attributes: Attributes): boolean {
  const peer = key.slice(0, -".port".length);
  return [`${peer}.address`, `${peer}.name`, `${peer}.ip`].some((name) =>
    LOOPBACK.test(String(attributes[name])),
  );
}
