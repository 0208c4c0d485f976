import { withoutSecrets } from "../../content/secrets.ts";
import type { ErrorLayer } from "./error-layer.ts";

/**
 * The value of `error.type`: the most telling name of few. A class, else a code of the provider's, else an HTTP status;
 * of the outermost error that has one. `_OTHER` when there is none.
 */
export function errorType(layers: readonly ErrorLayer[]): string {
  const carrying = layers.some((layer) => !layer.isWrapper);
  const telling = carrying ? layers.filter((layer) => !layer.isWrapper) : layers;
  for (const layer of telling) {
    const type = typeOf(layer);
    if (type !== undefined) return type;
  }
  for (const { names } of telling) {
    const weak = names.find((name) => name !== "Error" && SAYS_LITTLE.has(name));
    if (weak !== undefined) return weak;
  }
  return telling[0]?.isError === true ? "Error" : "_OTHER";
}

/** The class of what was thrown, whatever it carries inside. */
export function exceptionType(layers: readonly ErrorLayer[]): string {
  const [thrown] = layers;
  const name = thrown?.names.find((each) => !EMPTY.test(each) && isClassName(each));
  return name ?? (thrown?.isError === true ? "Error" : "_OTHER");
}

// --- internal ---

/** An own name that is as good as none: "error" of PostgreSQL's. */
const EMPTY = /^(?:error|exception)$/i;

/** Classes that one package has for every failure: its code or status says more. */
const SAYS_LITTLE = new Set([
  "Error",
  "Object",
  "APIError",
  "AnthropicError",
  "ApiError",
  "BedrockRuntimeServiceException",
  "CohereError",
  "GoogleError",
  "GoogleGenerativeAIError",
  "GoogleGenerativeAIFetchError",
  "GroqError",
  "HTTPClientError",
  "HTTPError",
  "LangChainError",
  "McpError",
  "MistralError",
  "OpenAIError",
  "ProtocolError",
  "RequestError",
  "Response",
  "ResponseError",
  "SDKError",
  "SdkError",
  "SdkHttpError",
  "ServiceException",
  "SseError",
  "StreamableHTTPError",
  "UnexpectedClientError",
]);

/** A bundler's names are shorter. */
const SHORTEST_CLASS = 4;
const SHORTEST_CODE = 3;
const LONGEST = 100;

function typeOf(layer: ErrorLayer): string | undefined {
  const { names, codes, rpcCode, status, bodyTypes } = layer;
  return (
    // Above a class that says little there is none that says more.
    upTo(names, (name) => SAYS_LITTLE.has(name)).find(isClassName) ??
    codes.find(isCode) ??
    rpcTimeout(layer) ??
    rpcCode?.toString() ??
    status?.toString() ??
    bodyTypes.find(isCode)
  );
}

/** The MCP SDK waits no longer, by its own clock or by the signal's. Servers give the number other meanings. */
function rpcTimeout({ rpcCode, message }: ErrorLayer): string | undefined {
  return rpcCode === -32001 && RPC_TIMEOUT.test(message) ? "TimeoutError" : undefined;
}

const RPC_TIMEOUT =
  /^MCP error -32001: (?:Request timed out$|Maximum total timeout exceeded$|TimeoutError: )/;

/** Own names "Error" and "error" are where the search begins, and not where it ends. */
function upTo(names: readonly string[], isEnd: (name: string) => boolean): readonly string[] {
  const from = names[0] !== undefined && EMPTY.test(names[0]) ? 1 : 0;
  const end = names.findIndex((name, at) => at >= from && (isEnd(name) || EMPTY.test(name)));
  return names.slice(from, end === -1 ? undefined : end);
}

function isClassName(name: string): boolean {
  return name.length >= SHORTEST_CLASS && isOneOfFew(name);
}

function isCode(code: string): boolean {
  return code.length >= SHORTEST_CODE && CODE.test(code) && isOneOfFew(code);
}

/** Words, and what databases number: `ERR_HTTP2_ERROR`, `P2002`, `23505`. No id of a request, and nobody's name. */
const CODE = /^(?:[A-Za-z]+\d{0,4}(?:[_.][A-Za-z]+\d{0,2})*|\d{3,5})$/;

/** A name can carry what it was given: a message, an id, a key. */
function isOneOfFew(name: string): boolean {
  return (
    name.length <= LONGEST &&
    /^[\w.:-]+$/.test(name) &&
    // The SDK's word for what is over its limit.
    name !== "__cardinality_overflow__" &&
    !/\d{6,}|(?=[a-f]*\d)[\da-f]{12,}/i.test(name) &&
    withoutSecrets(name) === name
  );
}
