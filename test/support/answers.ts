/** Which sample answers a request, and how a sample becomes an answer on the wire. */
import { converseAnswer } from "./bedrock-server.ts";
import type { Answer, ReceivedRequest } from "./exchanges.ts";
import { sse, wire } from "./wire.ts";

export type ProviderId =
  | "openai"
  | "openai-responses"
  | "azure"
  | "anthropic"
  | "google"
  | "google-vertex"
  | "google-genai"
  | "bedrock"
  | "cohere"
  | "mistral"
  | "groq"
  | "ollama"
  | "xai"
  | "deepseek";

interface Samples {
  readonly invoke: string;
  readonly stream: string;
  /** What the provider says when it has too much to do. */
  readonly busy: { readonly status: number; readonly sample: string };
}

const gemini: Samples = {
  invoke: "gemini.generateContent.json",
  stream: "gemini.streamGenerateContent.sse.txt",
  busy: { status: 429, sample: "gemini.error.429.json" },
};

export const samples: Readonly<Record<ProviderId, Samples>> = {
  openai: {
    invoke: "openai.chat.json",
    stream: "openai.chat.stream.sse.txt",
    busy: { status: 429, sample: "openai.error.429.json" },
  },
  "openai-responses": {
    invoke: "openai.responses.json",
    stream: "openai.responses.stream.sse.txt",
    busy: { status: 429, sample: "openai.error.429.json" },
  },
  azure: {
    invoke: "azure.chat.json",
    stream: "openai.chat.stream.sse.txt",
    busy: { status: 429, sample: "openai.error.429.json" },
  },
  anthropic: {
    invoke: "anthropic.messages.json",
    stream: "anthropic.messages.stream.sse.txt",
    busy: { status: 429, sample: "anthropic.error.429.json" },
  },
  google: gemini,
  "google-vertex": gemini,
  "google-genai": gemini,
  bedrock: {
    invoke: "bedrock.converse.json",
    stream: "bedrock.converseStream.events.json",
    busy: { status: 429, sample: "bedrock.error.429.throttling.json" },
  },
  cohere: {
    invoke: "own/cohere.chat.json",
    stream: "own/cohere.chat.stream.ndjson.txt",
    busy: { status: 429, sample: "own/cohere.error.429.json" },
  },
  mistral: {
    invoke: "own/mistral.chat.json",
    stream: "own/mistral.chat.stream.sse.txt",
    busy: { status: 429, sample: "own/mistral.error.429.json" },
  },
  groq: {
    invoke: "own/groq.chat.json",
    stream: "own/groq.chat.stream.sse.txt",
    busy: { status: 429, sample: "own/groq.error.429.json" },
  },
  ollama: {
    // LangChain streams from Ollama for `invoke` too.
    invoke: "own/ollama.chat.stream.ndjson.txt",
    stream: "own/ollama.chat.stream.ndjson.txt",
    busy: { status: 503, sample: "own/ollama.error.503.json" },
  },
  xai: {
    invoke: "own/xai.chat.json",
    stream: "own/xai.chat.stream.sse.txt",
    busy: { status: 429, sample: "own/xai.error.429.json" },
  },
  deepseek: {
    invoke: "own/deepseek.chat.json",
    stream: "own/deepseek.chat.stream.sse.txt",
    busy: { status: 429, sample: "own/deepseek.error.429.json" },
  },
};

/** The answer to a request when nothing else was planned. */
export function usualAnswer(provider: ProviderId, request: ReceivedRequest): Answer {
  const { invoke, stream } = samples[provider];
  const body = request.body as ChatRequest;
  if (!(body.stream === true || /:streamGenerateContent|\/converse-stream$/.test(request.url))) {
    return body.n === undefined || body.n < 2
      ? sampleAnswer(provider, invoke)
      : jsonAnswer(withChoices(wire(invoke), body.n));
  }
  const answer = sampleAnswer(provider, stream);
  return body.stream_options?.include_usage === true || provider !== "openai"
    ? answer
    : withoutUsage(answer);
}

/** OpenAI's text completions: one choice per prompt, `n` times. */
export function textAnswer(request: ReceivedRequest): Answer {
  const { stream, prompt, n = 1 } = request.body as ChatRequest;
  if (stream === true) return sampleAnswer("openai", "own/openai.completions.stream.sse.txt");
  const prompts = Array.isArray(prompt) ? prompt.length : 1;
  return jsonAnswer(withChoices(wire("own/openai.completions.json"), prompts * n));
}

/** Any sample as an answer with status 200. */
export function sampleAnswer(provider: ProviderId, sample: string): Answer {
  if (provider === "bedrock") return converseAnswer(sample);
  if (sample.endsWith(".json")) return jsonAnswer(wire(sample));
  const type = sample.includes(".ndjson") ? "application/x-ndjson" : "text/event-stream";
  return {
    status: 200,
    headers: { "content-type": type },
    frames: sse(sample).map((frame) => Buffer.from(frame)),
  };
}

// --- internal ---

interface ChatRequest {
  readonly prompt?: unknown;
  readonly stream?: boolean;
  readonly n?: number;
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** In two frames, so that a connection can be cut in the middle. */
function jsonAnswer(text: string): Answer {
  const bytes = Buffer.from(text);
  const half = bytes.length >> 1;
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    frames: [bytes.subarray(0, half), bytes.subarray(half)],
  };
}

function withChoices(sample: string, n: number): string {
  const body = JSON.parse(sample) as { choices: object[] };
  return JSON.stringify({
    ...body,
    choices: Array.from({ length: n }, (_, index) => ({ ...body.choices[0], index })),
  });
}

/** OpenAI counts a stream only when it is asked to. */
function withoutUsage(answer: Answer): Answer {
  return {
    ...answer,
    frames: answer.frames.filter((frame) => !Buffer.from(frame).includes('"choices":[]')),
  };
}
