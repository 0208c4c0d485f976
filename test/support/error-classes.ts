/**
 * Errors as the packages make them: each is built from the class that the package throws, with what it gives the
 * constructor. Packages that come with LangChain's own are taken from there, so that it is the copy that LangChain uses.
 */
import { createRequire } from "node:module";
import path from "node:path";

import * as bedrock from "@aws-sdk/client-bedrock-runtime";
import { ContextOverflowError } from "@langchain/core/errors";
import { OutputParserException } from "@langchain/core/output_parsers";
import { ToolInputParsingException } from "@langchain/core/tools";
import { EmptyContentError } from "@langchain/google-genai";
import * as langgraph from "@langchain/langgraph";
import * as mcpClient from "@modelcontextprotocol/client";
import { SseError } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import * as cohere from "cohere-ai";
import * as langchain from "langchain";
import * as openai from "openai";
import { z } from "zod";

const require = createRequire(import.meta.url);

/** What a package depends on, or has inside without exporting it. */
function within(owner: string, what: string): Readonly<Record<string, ErrorClass>> {
  const entry = require.resolve(owner);
  return what.startsWith(".")
    ? (require(path.join(path.dirname(entry), what)) as Readonly<Record<string, ErrorClass>>)
    : (createRequire(entry)(what) as Readonly<Record<string, ErrorClass>>);
}

type ErrorClass = new (...args: unknown[]) => Error;

function make(
  classes: Readonly<Record<string, unknown>>,
  name: string,
  ...args: readonly unknown[]
): Error {
  const Class = classes[name] as ErrorClass | undefined;
  if (Class === undefined) throw new Error(`There is no ${name}`);
  return new Class(...args);
}

const anthropic = within("@langchain/anthropic", "@anthropic-ai/sdk");
const groq = within("@langchain/groq", "groq-sdk");
const generativeAi = within("@langchain/google-genai", "@google/generative-ai");
const mistral = within("@langchain/mistralai", "@mistralai/mistralai/models/errors");
const google = within("@langchain/google", "./utils/errors.cjs");

const HTTP_CLASSES: readonly (readonly [status: number, name: string])[] = [
  [400, "BadRequestError"],
  [401, "AuthenticationError"],
  [403, "PermissionDeniedError"],
  [404, "NotFoundError"],
  [409, "ConflictError"],
  [422, "UnprocessableEntityError"],
  [429, "RateLimitError"],
  [500, "InternalServerError"],
];

/** The SDKs of OpenAI, Anthropic and Groq are made by one generator. */
function generated(sdk: string, classes: Readonly<Record<string, unknown>>): [string, Error][] {
  const { APIError } = classes as { APIError: { generate(...args: unknown[]): Error } };
  const body = { error: { message: "no" } };
  return [
    ...HTTP_CLASSES.map(([status, name]): [string, Error] => [
      `${sdk} ${name}`,
      make(classes, name, status, body, "no", new Headers()),
    ]),
    ...[402, 408, 413, 503, 504, 529].map((status): [string, Error] => [
      `${sdk} ${status}`,
      APIError.generate(status, body, "no", new Headers()),
    ]),
    [`${sdk} APIError`, make(classes, "APIError", undefined, undefined, "no", undefined)],
    [`${sdk} APIConnectionError`, make(classes, "APIConnectionError", { message: "no" })],
    [`${sdk} APIConnectionTimeoutError`, make(classes, "APIConnectionTimeoutError")],
  ];
}

function amazon(name: string): [string, Error] {
  return [`bedrock ${name}`, make(bedrock, name, { message: "no", $metadata: {} })];
}

function zodError(): Error {
  const { error } = z.object({ city: z.string() }).safeParse({ city: 1 });
  if (error === undefined) throw new Error("It is no string");
  return error;
}

/** As @langchain/core's AsyncCaller renames what must not be tried again. */
function renamed(name: string): Error {
  return Object.assign(
    new openai.RateLimitError(429, { code: "insufficient_quota" }, "no", new Headers()),
    { name, [Symbol.for("langchain.errors.retryable")]: false },
  );
}

function httpMeta(status: number): object {
  const response = new Response("{}", { status });
  return { response, request: new Request("http://127.0.0.1"), body: "{}" };
}

const openaiBody = { code: "rate_limit_exceeded", message: "no" };

/** By a name of their own: the package, and the class. */
export const errorsOfPackages: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...generated("openai", openai),
  ["openai with a code", new openai.RateLimitError(429, openaiBody, "no", new Headers())],
  ["openai OpenAIError", new openai.OpenAIError("no key")],
  ["openai OAuthError", make(openai, "OAuthError", 401, { error: "invalid_grant" }, new Headers())],
  ...generated("anthropic", anthropic),
  ["anthropic AnthropicError", make(anthropic, "AnthropicError", "no key")],
  ...["overloaded_error", "rate_limit_error", "api_error", "invalid_request_error"].map(
    (type): [string, Error] => [
      `anthropic stream ${type}`,
      make(
        anthropic,
        "APIError",
        undefined,
        { type: "error", error: { type } },
        "no",
        new Headers(),
      ),
    ],
  ),
  ...generated("groq", groq),
  ...[400, 401, 403, 404, 429, 500, 503].map((status): [string, Error] => [
    `google-genai ${status}`,
    make(generativeAi, "GoogleGenerativeAIFetchError", "no", status, "No", []),
  ]),
  ["google-genai GoogleGenerativeAIError", make(generativeAi, "GoogleGenerativeAIError", "no")],
  [
    "google-genai GoogleGenerativeAIResponseError",
    make(generativeAi, "GoogleGenerativeAIResponseError", "no", {}),
  ],
  [
    "google-genai GoogleGenerativeAIRequestInputError",
    make(generativeAi, "GoogleGenerativeAIRequestInputError", "no"),
  ],
  ["google-genai EmptyContentError", new EmptyContentError()],
  ...[400, 401, 429, 503, 504].map((statusCode): [string, Error] => [
    `google RequestError ${statusCode}`,
    make(google, "RequestError", { message: "no", statusCode }),
  ]),
  ["google AuthError", make(google, "AuthError", { message: "no", statusCode: 401 })],
  ["google NoCandidatesError", make(google, "NoCandidatesError")],
  ["google PromptBlockedError", make(google, "PromptBlockedError", { blockReason: "SAFETY" })],
  ["google InvalidInputError", make(google, "InvalidInputError", "no")],
  ["google InvalidToolError", make(google, "InvalidToolError", {})],
  ["google ToolCallNotFoundError", make(google, "ToolCallNotFoundError", "call_1")],
  ["google MalformedOutputError", make(google, "MalformedOutputError", { message: "no" })],
  ["google ConfigurationError", make(google, "ConfigurationError", "no")],
  ...[
    "AccessDeniedException",
    "ConflictException",
    "InternalServerException",
    "ModelErrorException",
    "ModelNotReadyException",
    "ModelStreamErrorException",
    "ModelTimeoutException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "ServiceUnavailableException",
    "ThrottlingException",
    "ValidationException",
  ].map(amazon),
  [
    "bedrock of no class",
    make(bedrock, "BedrockRuntimeServiceException", {
      name: "ExpiredTokenException",
      $fault: "client",
      message: "no",
      $metadata: { httpStatusCode: 403 },
    }),
  ],
  ["cohere 429", make(cohere, "CohereError", { message: "no", statusCode: 429 })],
  ["cohere without an answer", make(cohere, "CohereError", { message: "no" })],
  ["cohere CohereTimeoutError", make(cohere, "CohereTimeoutError", "no")],
  ["mistral 401", make(mistral, "SDKError", "no", httpMeta(401))],
  ["mistral 422", make(mistral, "HTTPValidationError", { message: "no" }, httpMeta(422))],
  ["mistral ConnectionError", make(mistral, "ConnectionError", "no")],
  ["mistral RequestTimeoutError", make(mistral, "RequestTimeoutError", "no")],
  ["core ContextOverflowError", ContextOverflowError.fromError(new Error("too long"))],
  ["core OutputParserException", new OutputParserException("no")],
  ["core ToolInputParsingException", new ToolInputParsingException("no")],
  ...["InsufficientQuotaError", "RateLimitQuotaExhaustedError"].map((name): [string, Error] => [
    `core ${name}`,
    renamed(name),
  ]),
  [
    "core MODEL_AUTHENTICATION",
    Object.assign(new Error("no"), { lc_error_code: "MODEL_AUTHENTICATION" }),
  ],
  ["core MODEL_NOT_FOUND", Object.assign(new Error("no"), { lc_error_code: "MODEL_NOT_FOUND" })],
  ["core MODEL_RATE_LIMIT", Object.assign(new Error("no"), { lc_error_code: "MODEL_RATE_LIMIT" })],
  [
    "aws MODEL_STREAM_TIMEOUT",
    Object.assign(new Error("no"), { lc_error_code: "MODEL_STREAM_TIMEOUT" }),
  ],
  ["langchain MultipleToolsBoundError", make(langchain, "MultipleToolsBoundError")],
  [
    "langchain MultipleStructuredOutputsError",
    make(langchain, "MultipleStructuredOutputsError", []),
  ],
  [
    "langchain StructuredOutputParsingError",
    make(langchain, "StructuredOutputParsingError", "city", []),
  ],
  [
    "langchain ToolInvocationError",
    make(langchain, "ToolInvocationError", new Error("no"), { name: "city", args: {} }),
  ],
  ["langchain PIIDetectionError", make(langchain, "PIIDetectionError", "email", [])],
  [
    "langchain ToolCallLimitExceededError",
    make(langchain, "ToolCallLimitExceededError", 1, 1, undefined, 1),
  ],
  [
    "langchain MiddlewareError of another",
    langchain.MiddlewareError.wrap(
      new openai.AuthenticationError(401, {}, "no", new Headers()),
      "m",
    ),
  ],
  ["langchain MiddlewareError of a string", langchain.MiddlewareError.wrap("no", "audit")],
  [
    "langgraph GraphRecursionError",
    new langgraph.GraphRecursionError("no", { lc_error_code: "GRAPH_RECURSION_LIMIT" }),
  ],
  ...[
    "EmptyChannelError",
    "EmptyInputError",
    "GraphValueError",
    "InvalidUpdateError",
    "MultipleSubgraphsError",
    "RemoteException",
    "StateGraphInputError",
    "UnreachableNodeError",
  ].map((name): [string, Error] => [`langgraph ${name}`, make(langgraph, name, "no")]),
  [
    "langgraph NodeTimeoutError",
    new langgraph.NodeTimeoutError({ node: "n", elapsed: 1, kind: "run", runTimeout: 1 }),
  ],
  ["langgraph NodeError", new langgraph.NodeError("n", new RangeError("no"))],
  ["zod ZodError", zodError()],
  ["mcp McpError", new McpError(ErrorCode.InternalError, "no")],
  ["mcp McpError of a time-out", new McpError(ErrorCode.RequestTimeout, "Request timed out")],
  ["mcp StreamableHTTPError", new StreamableHTTPError(503, "no")],
  ["mcp SseError", new SseError(401, "no", {} as never)],
  ["mcp 2 ProtocolError", make(mcpClient, "ProtocolError", -32603, "no")],
  ["mcp 2 SdkError of a time-out", make(mcpClient, "SdkError", "REQUEST_TIMEOUT", "no")],
  ["mcp 2 SdkError of a lost connection", make(mcpClient, "SdkError", "CONNECTION_CLOSED", "no")],
]);
