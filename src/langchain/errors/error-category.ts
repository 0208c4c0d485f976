import type { ErrorCategory } from "../../operation.ts";
import type { ErrorLayer } from "./error-layer.ts";
import { httpStatus } from "./http-status.ts";

/**
 * Which of the six categories an error belongs to. The rules stand in the order in which they are asked: what an error
 * says of itself goes before what its cause says, and both before a status, which says little.
 */
export function errorCategory(layers: readonly ErrorLayer[]): ErrorCategory {
  for (const rules of [BY_WHAT_IT_SAYS, BY_STATUS, BY_CLASS]) {
    for (const layer of layers) {
      for (const [category, holds] of rules) if (holds(layer)) return category;
    }
  }
  return layers[0]?.isError === true ? "internal_error" : "unknown";
}

/** The request did not get there, or its answer did not come back. */
export function isNetworkError({ names, codes, message }: ErrorLayer): boolean {
  return (
    codes.some((code) => NETWORK_CODES.test(code)) ||
    names.some((name) => NETWORK_NAMES.has(name)) ||
    FETCH_FAILED.has(lastPart(message))
  );
}

// --- internal ---

type Rule = readonly [category: ErrorCategory, holds: (layer: ErrorLayer) => boolean];

const BY_WHAT_IT_SAYS: readonly Rule[] = [
  ["timeout", isTimeout],
  ["rate_limit", isRateLimit],
  ["validation_error", ({ codes }) => codes.some((code) => VALIDATION_CODES.has(code))],
  ["validation_error", ({ names }) => names.some((name) => VALIDATION_NAMES.has(name))],
];

const BY_STATUS: readonly Rule[] = [
  ["validation_error", (layer) => [400, 413, 422].includes(httpStatus(layer) ?? 0)],
  ["provider_error", (layer) => httpStatus(layer) !== undefined],
  ["provider_error", isNetworkError],
  ["provider_error", ({ names }) => names.some((name) => PROVIDER_NAMES.has(name))],
];

const BY_CLASS: readonly Rule[] = [
  ["validation_error", ({ names }) => names.some((name) => WRONG_VALUE.has(name))],
];

/** The MCP SDK's number for "Request timed out". */
const RPC_TIMEOUT = -32001;

function isTimeout(layer: ErrorLayer): boolean {
  const { names, codes, rpcCode } = layer;
  const status = httpStatus(layer);
  return (
    status === 408 ||
    status === 504 ||
    rpcCode === RPC_TIMEOUT ||
    names.some((name) => /time(?:d_?)?out/i.test(name)) ||
    codes.some((code) => /time(?:d_?|_)?out|deadline_exceeded/i.test(code))
  );
}

function isRateLimit(layer: ErrorLayer): boolean {
  return (
    httpStatus(layer) === 429 ||
    layer.names.some((name) => /^RateLimit|^Throttl|^TooManyRequests/.test(name)) ||
    layer.names.some((name) => QUOTA_NAMES.has(name))
  );
}

/** Amazon answers the second with 400. */
const QUOTA_NAMES = new Set(["InsufficientQuotaError", "ServiceQuotaExceededException"]);

/** LangChain's and LangGraph's `lc_error_code`. */
const VALIDATION_CODES = new Set([
  "CONTEXT_OVERFLOW",
  "INVALID_CONCURRENT_GRAPH_UPDATE",
  "INVALID_GRAPH_NODE_RETURN_VALUE",
  "INVALID_PROMPT_INPUT",
  "INVALID_TOOL_RESULTS",
  "MESSAGE_COERCION_FAILURE",
  "MISSING_CHECKPOINTER",
  "MULTIPLE_SUBGRAPHS",
  "OUTPUT_PARSING_FAILURE",
  "UNREACHABLE_NODE",
]);

const VALIDATION_NAMES = new Set([
  // zod, also inside LangChain and the providers' packages
  "ZodError",
  "$ZodError",
  // @langchain/core
  "ContextOverflowError",
  "OutputParserException",
  "ToolInputParsingException",
  // langchain
  "MultipleStructuredOutputsError",
  "MultipleToolsBoundError",
  "PIIDetectionError",
  "StructuredOutputParsingError",
  "ToolInvocationError",
  // @langchain/langgraph
  "EmptyChannelError",
  "EmptyInputError",
  "GraphValidationError",
  "GraphValueError",
  "InvalidUpdateError",
  "MultipleSubgraphError",
  "MultipleSubgraphsError",
  "StateGraphInputError",
  "UnreachableNodeError",
  // @langchain/google
  "ConfigurationError",
  "InvalidInputError",
  "InvalidToolError",
  "MalformedOutputError",
  "PromptBlockedError",
  "ToolCallNotFoundError",
  // @mistralai/mistralai
  "HTTPValidationError",
  "SDKValidationError",
]);

/** What the packages of providers, and of servers of tools and graphs, throw when nothing else is known of it. */
const PROVIDER_NAMES = new Set([
  "APIError",
  "AnthropicError",
  "ApiError",
  "AuthError",
  "BedrockRuntimeServiceException",
  "CohereError",
  "EmptyContentError",
  "GoogleError",
  "GoogleGenerativeAIError",
  "GroqError",
  "HTTPClientError",
  "McpError",
  "MistralError",
  "NoCandidatesError",
  "OAuthClientFlowError",
  "OAuthError",
  "OpenAIError",
  "ProtocolError",
  "RemoteException",
  "RequestError",
  "ResponseError",
  "SdkError",
  "ServiceException",
  "SseError",
  "StreamableHTTPError",
  "UnauthorizedError",
]);

const WRONG_VALUE = new Set(["TypeError", "RangeError", "SyntaxError"]);

const NETWORK_CODES =
  /^(?:ECONN|EHOST|ENET|EPIPE$|ENOTFOUND$|EAI_|UND_ERR_(?:SOCKET|CLOSED|DESTROYED)|ERR_HTTP2_|ERR_STREAM_PREMATURE_CLOSE$|CONNECTION_CLOSED$)/;
const NETWORK_NAMES = new Set(["APIConnectionError", "ConnectionError", "SocketError"]);

/** Of "who was asked: what went wrong". */
function lastPart(message: string): string {
  const end = message.slice(-100);
  return end.slice(end.lastIndexOf(": ") + 1).trimStart();
}

/** What `fetch` says in Node, Chrome, Firefox and Safari. Some packages keep no more of it than these words. */
const FETCH_FAILED = new Set([
  "fetch failed",
  "terminated",
  "Failed to fetch",
  "NetworkError when attempting to fetch resource.",
  "Load failed",
]);
