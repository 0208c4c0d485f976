/**
 * The model providers, faked on the wire: `providers.<id>.create()` makes the real LangChain model, `network` answers its
 * requests with the samples of test/wire, streamed or not as the request asks. Every call is the same one: input 2540, of
 * which cache read 2000 and cache write 500 where the provider can say so, output 60, of which reasoning 25.
 *
 * ```ts
 * beforeAll(() => network.listen());
 * afterEach(() => network.reset());
 * afterAll(() => network.close());
 * ```
 */
import { generateKeyPairSync } from "node:crypto";
import { setImmediate } from "node:timers/promises";

import { ChatAnthropic } from "@langchain/anthropic";
import { ChatBedrockConverse } from "@langchain/aws";
import { ChatCohere } from "@langchain/cohere";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { ChatDeepSeek } from "@langchain/deepseek";
import { ChatGoogle } from "@langchain/google";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatGroq } from "@langchain/groq";
import { ChatMistralAI } from "@langchain/mistralai";
import { ChatOllama } from "@langchain/ollama";
import { AzureChatOpenAI, ChatOpenAI, OpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { ChatXAI } from "@langchain/xai";
import { http, HttpResponse } from "msw";
import type { RequestHandler } from "msw";
import { setupServer } from "msw/node";

import { sampleAnswer, samples, textAnswer, usualAnswer } from "./answers.ts";
import type { ProviderId } from "./answers.ts";
import { converseError, startBedrockServer } from "./bedrock-server.ts";
import type { BedrockServer } from "./bedrock-server.ts";
import { Exchanges } from "./exchanges.ts";
import type { Answer, Hang, ReceivedRequest } from "./exchanges.ts";
import { withRealLoopback } from "./loopback.ts";

export type { ProviderId } from "./answers.ts";

/** Constructor options of the provider's own class; they are laid over the defaults. */
export type ModelOptions = object;

export interface Provider {
  readonly id: ProviderId;
  /** A real LangChain model that does not retry unless `maxRetries` is given. */
  create(options?: ModelOptions): BaseChatModel;
  /** The msw handlers that answer it; none for Bedrock, which has a server of its own. */
  readonly handlers: readonly RequestHandler[];
}

const OLLAMA_PORT = 11434;
const BEDROCK_ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
/** Asked by both Google packages; the key tells which one. */
const GEMINI = /^https:\/\/generativelanguage\.googleapis\.com\//;

/** What `failWith` can be told beside the sample. */
interface FailOptions {
  /** How many requests fail before the samples answer again; all of them by default. */
  readonly times?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

class ProviderNetwork {
  readonly #exchanges = new Exchanges();
  readonly #server = setupServer();
  #restoreSockets: () => void = () => {};
  #bedrock: BedrockServer | undefined;
  #endpoint: string | undefined;

  /** The requests received since the last reset, in order. */
  get requests(): readonly ReceivedRequest[] {
    return this.#exchanges.requests;
  }

  /** The requests that one provider received. */
  requestsOf(provider: ProviderId): readonly ReceivedRequest[] {
    return this.requests.filter((request) => request.provider === provider);
  }

  /** Starts answering. Requests to unknown hosts fail; those to 127.0.0.1 and localhost go through. */
  async listen(): Promise<void> {
    this.#server.use(
      ...Object.values(providers).flatMap(({ handlers }) => handlers),
      ...otherHandlers,
    );
    this.#restoreSockets = withRealLoopback(
      () => this.#server.listen({ onUnhandledFrame: "error" }),
      (port) => port === OLLAMA_PORT,
    );
    this.#bedrock = await startBedrockServer((request) => this.answer("bedrock", request));
    this.#endpoint = process.env[BEDROCK_ENDPOINT];
    process.env[BEDROCK_ENDPOINT] = this.#bedrock.url;
  }

  /** Forgets the requests and every change of behaviour, and releases what hangs. */
  reset(): void {
    this.#exchanges.clear();
  }

  async close(): Promise<void> {
    this.reset();
    this.#restoreSockets();
    this.#server.close();
    if (this.#endpoint === undefined) delete process.env[BEDROCK_ENDPOINT];
    else process.env[BEDROCK_ENDPOINT] = this.#endpoint;
    await this.#bedrock?.close();
  }

  /** Answers with another sample of test/wire; a stream sample answers streaming requests. */
  answerWith(provider: ProviderId, sample: string, times = 1): void {
    this.#exchanges.plan(provider, times, () => sampleAnswer(provider, sample));
  }

  /** Answers with an error sample. */
  failWith(provider: ProviderId, status: number, sample: string, options: FailOptions = {}): void {
    this.#exchanges.plan(provider, options.times ?? Number.POSITIVE_INFINITY, () => {
      const answer =
        provider === "bedrock"
          ? converseError(status, sample)
          : { ...sampleAnswer(provider, sample), status };
      return { ...answer, headers: { ...answer.headers, ...options.headers } };
    });
  }

  /**
   * Answers 429 (Ollama, which has none: 503) to the first `times` requests, then as usual. LangChain's own `maxRetries` waits
   * about a second and retries only where it is told how long to wait; Google's message makes it give up for good.
   */
  rateLimitFirst(provider: ProviderId, times = 1): void {
    const { status, sample } = samples[provider].busy;
    this.failWith(provider, status, sample, { times, headers: { "retry-after": "0" } });
  }

  /** Cuts the connection of the next answer after `frames` frames; 0 cuts it before the response begins. */
  dropAfter(provider: ProviderId, frames: number): void {
    this.#exchanges.drop(provider, frames);
  }

  /** Holds the next `times` answers before frame `at` until they are released; at 0 not even the headers are sent. */
  hang(provider: ProviderId, { at = 0, times = 1 }: { at?: number; times?: number } = {}): Hang {
    return this.#exchanges.hang(provider, at, times);
  }

  /** Used by the handlers: records the request and decides on the answer. */
  answer(provider: ProviderId, request: ReceivedRequest, usual?: () => Answer): Answer {
    return this.#exchanges.answer(request, usual ?? (() => usualAnswer(provider, request)));
  }
}

/** Stands between the models of this file and the network. */
export const network: ProviderNetwork = new ProviderNetwork();

export const providers: Readonly<Record<ProviderId, Provider>> = {
  openai: {
    id: "openai",
    create: (options = {}) =>
      new ChatOpenAI({
        model: "gpt-5.4-mini",
        apiKey: dummyKey("openai"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("openai", "https://api.openai.com/v1/chat/completions")],
  },
  "openai-responses": {
    id: "openai-responses",
    create: (options = {}) =>
      new ChatOpenAI({
        model: "gpt-5.4-mini",
        useResponsesApi: true,
        apiKey: dummyKey("openai-responses"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("openai-responses", "https://api.openai.com/v1/responses")],
  },
  azure: {
    id: "azure",
    create: (options = {}) =>
      new AzureChatOpenAI({
        azureOpenAIApiKey: dummyKey("azure"),
        azureOpenAIApiInstanceName: "wire",
        azureOpenAIApiDeploymentName: "gpt-41-prod",
        azureOpenAIApiVersion: "2025-04-01-preview",
        maxRetries: 0,
        ...options,
      }),
    handlers: [
      handler(
        "azure",
        "https://wire.openai.azure.com/openai/deployments/:deployment/chat/completions",
      ),
    ],
  },
  anthropic: {
    id: "anthropic",
    create: (options = {}) =>
      new ChatAnthropic({
        model: "claude-sonnet-4-5",
        apiKey: dummyKey("anthropic"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("anthropic", "https://api.anthropic.com/v1/messages")],
  },
  google: {
    id: "google",
    create: (options = {}) =>
      new ChatGoogle({
        model: "gemini-2.5-flash",
        apiKey: dummyKey("google"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("google", GEMINI)],
  },
  "google-vertex": {
    id: "google-vertex",
    create: (options = {}) =>
      new ChatGoogle({
        model: "gemini-2.5-flash",
        location: "europe-west4",
        maxRetries: 0,
        ...serviceAccount(),
        ...options,
      }),
    handlers: [
      handler("google-vertex", /^https:\/\/([a-z0-9-]+-)?aiplatform\.googleapis\.com\//),
      http.post("https://oauth2.googleapis.com/token", () =>
        HttpResponse.json({ access_token: "wire", token_type: "Bearer", expires_in: 3599 }),
      ),
    ],
  },
  "google-genai": {
    id: "google-genai",
    create: (options = {}) =>
      new ChatGoogleGenerativeAI({
        model: "gemini-2.5-flash",
        apiKey: dummyKey("google-genai"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("google-genai", GEMINI)],
  },
  bedrock: {
    id: "bedrock",
    create: (options = {}) =>
      new ChatBedrockConverse({
        model: "anthropic.claude-sonnet-4-5-20250929-v1:0",
        region: "us-east-1",
        credentials: { accessKeyId: dummyKey("bedrock"), secretAccessKey: dummyKey("bedrock") },
        maxRetries: 0,
        // The AWS SDK retries too, unseen by LangChain.
        clientOptions: { maxAttempts: 1 },
        ...options,
      }),
    handlers: [],
  },
  cohere: {
    id: "cohere",
    create: (options = {}) =>
      new ChatCohere({
        model: "command-a-03-2025",
        apiKey: dummyKey("cohere"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("cohere", "https://api.cohere.com/v1/chat")],
  },
  mistral: {
    id: "mistral",
    create: (options = {}) =>
      new ChatMistralAI({
        model: "mistral-medium-latest",
        apiKey: dummyKey("mistral"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("mistral", "https://api.mistral.ai/v1/chat/completions")],
  },
  groq: {
    id: "groq",
    create: (options = {}) =>
      new ChatGroq({
        model: "openai/gpt-oss-120b",
        apiKey: dummyKey("groq"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("groq", "https://api.groq.com/openai/v1/chat/completions")],
  },
  ollama: {
    id: "ollama",
    create: (options = {}) => new ChatOllama({ model: "qwen3:8b", maxRetries: 0, ...options }),
    handlers: [handler("ollama", `http://127.0.0.1:${OLLAMA_PORT}/api/chat`)],
  },
  xai: {
    id: "xai",
    create: (options = {}) =>
      new ChatXAI({ model: "grok-4", apiKey: dummyKey("xai"), maxRetries: 0, ...options }),
    handlers: [handler("xai", "https://api.x.ai/v1/chat/completions")],
  },
  deepseek: {
    id: "deepseek",
    create: (options = {}) =>
      new ChatDeepSeek({
        model: "deepseek-reasoner",
        apiKey: dummyKey("deepseek"),
        maxRetries: 0,
        ...options,
      }),
    handlers: [handler("deepseek", "https://api.deepseek.com/chat/completions")],
  },
};

/** OpenAI's text model (`/v1/completions`): input 2540, output 60, without details. */
export function createTextModel(options: ModelOptions = {}): OpenAI {
  return new OpenAI({
    model: "gpt-3.5-turbo-instruct",
    apiKey: dummyKey("openai"),
    maxRetries: 0,
    ...options,
  });
}

/** OpenAI's embeddings: 7 input tokens. */
export function createEmbeddings(options: ModelOptions = {}): OpenAIEmbeddings {
  return new OpenAIEmbeddings({
    model: "text-embedding-3-small",
    apiKey: dummyKey("openai"),
    maxRetries: 0,
    ...options,
  });
}

// --- internal ---

const otherHandlers: readonly RequestHandler[] = [
  http.post("https://api.openai.com/v1/completions", async ({ request }) => {
    const received = await receive("openai", request);
    return respond(
      network.answer("openai", received, () => textAnswer(received)),
      received,
    );
  }),
  http.post("https://api.openai.com/v1/embeddings", async ({ request }) => {
    const received = await receive("openai", request);
    return respond(
      network.answer("openai", received, () => sampleAnswer("openai", "openai.embeddings.json")),
      received,
    );
  }),
  // `streaming: true` with `invoke` makes @langchain/openai count tokens itself, for which it fetches a vocabulary; in this
  // one each byte is a token.
  http.get("https://tiktoken.pages.dev/*", () => HttpResponse.json(BYTE_VOCABULARY)),
];

const BYTE_VOCABULARY = {
  pat_str: "[^]",
  special_tokens: {},
  bpe_ranks: [
    "!",
    0,
    ...Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]).toString("base64")),
  ].join(" "),
};

/** A key that nobody could mistake for a real one; Google's also says which package is asking. */
function dummyKey(provider: ProviderId): string {
  return ["sk", "test", provider].join("-");
}

let privateKey: string | undefined;

/** Google's access token needs a key that can sign; it is made once and only when it is needed. */
function serviceAccount(): object {
  privateKey ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  }) as string;
  const credentials = {
    type: "service_account",
    project_id: "wire-project",
    private_key_id: "wire",
    private_key: privateKey,
    client_email: "wire@wire-project.iam.gserviceaccount.com",
    client_id: "1",
    token_uri: "https://oauth2.googleapis.com/token",
  };
  // The declared parameters do not have `credentials`, though the class reads it.
  return { credentials };
}

function handler(provider: ProviderId, url: string | RegExp): RequestHandler {
  return http.post(url, async ({ request }) => {
    const key = request.headers.get("x-goog-api-key");
    if (url === GEMINI && key !== dummyKey(provider)) return undefined;
    const received = await receive(provider, request);
    return respond(network.answer(provider, received), received);
  });
}

async function receive(provider: ProviderId, request: Request): Promise<ReceivedRequest> {
  const received: ReceivedRequest = {
    provider,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: JSON.parse(await request.clone().text()) as unknown,
    aborted: false,
  };
  request.signal.addEventListener("abort", () => (received.aborted = true));
  return received;
}

async function respond(answer: Answer, received: ReceivedRequest): Promise<Response> {
  const { pause, frames, dropAfter } = answer;
  if (pause?.at === 0) {
    pause.reached();
    await pause.until;
  }
  if (dropAfter === 0) return HttpResponse.error();
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (next === dropAfter) {
        // A broken connection takes with it what was sent and not yet read, so the client may read first.
        await setImmediate();
        controller.error(new Error("the other side closed"));
        return;
      }
      const frame = frames[next];
      if (frame === undefined) {
        controller.close();
        return;
      }
      if (pause !== undefined && next > 0 && next === pause.at) {
        await setImmediate();
        pause.reached();
        await pause.until;
      }
      next += 1;
      controller.enqueue(frame);
    },
    cancel() {
      received.aborted = true;
    },
  });
  // A body without a length ends when the connection does: a broken one could not be told from a complete one.
  return new HttpResponse(body, {
    status: answer.status,
    headers: { ...answer.headers, "transfer-encoding": "chunked" },
  });
}
