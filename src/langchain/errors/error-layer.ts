import { field, number, text } from "../read.ts";

/**
 * One error of a chain of causes, as far as it can be read. Errors are the application's, and of any make: what is not
 * there, is not of its type, or throws when it is asked for, is absent.
 */
export interface ErrorLayer {
  /** The error itself, for whoever knows more of it. */
  readonly thrown: object;
  /** Its own name, the names of its class and of all classes above, most telling first. May be of any length. */
  readonly names: readonly string[];
  readonly message: string;
  /** What provider, LangChain and Node say in a word, most telling first. */
  readonly codes: readonly string[];
  /** The `type` in the body of an answer: a rough word, and all that there is when a stream breaks. */
  readonly bodyTypes: readonly string[];
  /** A JSON-RPC error's code. */
  readonly rpcCode: number | undefined;
  /** The HTTP status, 400 to 599. */
  readonly status: number | undefined;
  /** LangChain's mark, or that of Amazon's SDK. */
  readonly retryable: boolean | undefined;
  /** Something is known of it that makes it an error, and no other object. */
  readonly isError: boolean;
  /** It says nothing by itself: what it carries is the failure. */
  readonly isWrapper: boolean;
}

/** The error and what has caused it, from the outside in. Empty for what is no object. */
export function layersOf(error: unknown): readonly ErrorLayer[] {
  const seen = new Set<unknown>();
  const layers: ErrorLayer[] = [];
  let next = error;
  while (typeof next === "object" && next !== null && !seen.has(next) && seen.size < MOST_LAYERS) {
    seen.add(next);
    const inner = innerOf(next);
    layers.push(layerOf(next, inner));
    next = inner;
  }
  return layers;
}

// --- internal ---

const MOST_LAYERS = 8;
const MOST_CLASSES = 8;
/** Registered by LangChain, so that all copies of its core agree. */
const RETRYABLE: symbol = Symbol.for("langchain.errors.retryable");

function layerOf(error: object, inner: unknown): ErrorLayer {
  const classes = classesOf(error);
  const message = messageOf(error);
  return {
    thrown: error,
    // A name that somebody gave, else what survives a bundler, else the class: the SDKs of OpenAI and Anthropic leave
    // `name` at "Error".
    names: [
      ...textsOf([
        field(error, "name"),
        field(error, "unminifiable_name"),
        field(field(error, "constructor"), "unminifiable_name"),
      ]),
      ...classes,
    ],
    message,
    codes: codesOf(error),
    bodyTypes: bodyTypesOf(error),
    rpcCode: isRpc(error, classes) ? number(field(error, "code")) : undefined,
    status: statusOf(error),
    retryable: retryableMark(error),
    isError: isError(error, classes),
    isWrapper: isObject(inner) && isError(inner) && isWrapper(error, classes, message),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isError(value: object, classes: readonly string[] = classesOf(value)): boolean {
  return classes.includes("Error") || typeof field(value, "stack") === "string";
}

function messageOf(error: object): string {
  const message = field(error, "message");
  return typeof message === "string" ? message : "";
}

function classesOf(error: object): string[] {
  const names: string[] = [];
  try {
    let prototype: unknown = Object.getPrototypeOf(error);
    for (let level = 0; level < MOST_CLASSES && isObject(prototype); level += 1) {
      const name = text(field(field(prototype, "constructor"), "name"));
      if (name !== undefined && name !== "Object") names.push(name);
      prototype = Object.getPrototypeOf(prototype);
    }
  } catch {
    // A Proxy that refuses to be looked at: it has the classes seen so far.
  }
  return names;
}

function innerOf(error: object): unknown {
  const errors = field(error, "errors");
  const isAggregate = Array.isArray(errors) && classesOf(error).includes("AggregateError");
  return (
    field(error, "cause") ??
    // p-retry's "do not try again"
    field(error, "originalError") ??
    (isAggregate ? field(errors, "0") : undefined) ??
    (isNodeError(error) ? field(error, "error") : undefined)
  );
}

/** LangGraph's, for a node's own error handler. It extends nothing. */
function isNodeError(error: object): boolean {
  return field(field(error, "constructor"), "unminifiable_name") === "NodeError";
}

function isWrapper(error: object, classes: readonly string[], message: string): boolean {
  return (
    // It takes over the name of what it wraps, "Error" included.
    field(error, "~brand") === "MiddlewareError" ||
    isObject(field(error, "originalError")) ||
    (classes.includes("AggregateError") && text(field(error, "code")) === undefined) ||
    (classes.includes("TypeError") && /^(?:fetch failed|terminated)$/.test(message)) ||
    isNodeError(error)
  );
}

function codesOf(error: object): string[] {
  return textsOf([
    field(error, "lc_error_code"),
    grpcCode(error),
    field(error, "code"),
    field(field(error, "error"), "code"),
  ]);
}

/** gRPC numbers its codes; what it throws has details and metadata. https://grpc.io/docs/guides/status-codes/ */
function grpcCode(error: object): string | undefined {
  const isGrpc = typeof field(error, "details") === "string" && isObject(field(error, "metadata"));
  return isGrpc ? GRPC_CODES[number(field(error, "code")) ?? 0] : undefined;
}

const GRPC_CODES: readonly (string | undefined)[] = [
  undefined,
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

function bodyTypesOf(error: object): string[] {
  const body = field(error, "error");
  const types = [
    field(field(body, "error"), "type"),
    field(error, "type"),
    field(body, "status"),
    field(body, "type"),
  ];
  // Anthropic's body says of itself that it is one.
  return textsOf(types).filter((type) => type !== "error");
}

function textsOf(values: readonly unknown[]): string[] {
  return values.map((value) => text(value)).filter((value) => value !== undefined);
}

function isRpc(error: object, classes: readonly string[]): boolean {
  return [field(error, "name"), ...classes].some(
    (name) => name === "McpError" || name === "ProtocolError",
  );
}

function statusOf(error: object): number | undefined {
  const candidates = [
    field(error, "status"),
    field(error, "statusCode"),
    field(error, "status_code"),
    field(field(error, "$metadata"), "httpStatusCode"),
    field(field(error, "response"), "status"),
    // Google's and MCP's transports
    field(error, "code"),
  ];
  for (const each of candidates) {
    const status = typeof each === "string" && each.length === 3 ? Number(each) : number(each);
    if (status !== undefined && Number.isInteger(status) && status >= 400 && status < 600)
      return status;
  }
  return undefined;
}

function retryableMark(error: object): boolean | undefined {
  const mark = field(error, RETRYABLE);
  if (typeof mark === "boolean") return mark;
  return isObject(field(error, "$retryable")) ? true : undefined;
}
