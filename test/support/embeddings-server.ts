import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The embeddings APIs of all providers, on this machine, told apart by their paths. A vector has three numbers; a text is 7
 * tokens for whoever counts. The shapes follow the types of the providers' own SDKs.
 */
export interface EmbeddingsServer {
  readonly url: string;
  /** Paths of the requests, in order. */
  readonly requests: string[];
  /** After `served` more requests, one is refused with this status. */
  refuse(status: number, served?: number): void;
  /** Answers have no usage from now on. */
  withoutUsage(): void;
  reset(): void;
  close(): Promise<void>;
}

export async function startEmbeddingsServer(): Promise<EmbeddingsServer> {
  const requests: string[] = [];
  let refusal: { status: number; served: number } | undefined;
  let counts = true;
  const server = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url ?? "", "http://local").pathname);
      const body = await read(request);
      requests.push(path);
      if (refusal !== undefined && refusal.served-- === 0) {
        const { status } = refusal;
        refusal = undefined;
        return json(response, status, { error: { message: "refused" }, message: "refused" });
      }
      json(response, 200, answer(path, body, counts));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    refuse: (status, served = 0) => (refusal = { status, served }),
    withoutUsage: () => (counts = false),
    reset() {
      requests.length = 0;
      refusal = undefined;
      counts = true;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// --- internal ---

interface Body {
  readonly model?: string;
  readonly input?: string | string[];
  readonly inputs?: string | string[];
  readonly texts?: string[];
  readonly requests?: unknown[];
}

const VECTOR = [0.01, -0.02, 0.03];

function answer(path: string, body: Body, counts: boolean): unknown {
  const { model } = body;
  const asked = body.input ?? body.inputs ?? body.texts ?? body.requests ?? "";
  const texts = Array.isArray(asked) ? asked : [asked];
  const vectors = texts.map(() => VECTOR);
  const tokens = texts.length * 7;
  const counted = (usage: object): object => (counts ? usage : {});
  if (path.endsWith(":embedContent")) {
    return {
      embedding: { values: VECTOR },
      ...counted({ usageMetadata: { promptTokenCount: 7 } }),
    };
  }
  if (path.endsWith(":batchEmbedContents")) {
    return {
      embeddings: vectors.map((values) => ({ values })),
      ...counted({ usageMetadata: { promptTokenCount: tokens } }),
    };
  }
  if (path.startsWith("/model/"))
    return { embedding: VECTOR, ...counted({ inputTextTokenCount: 7 }) };
  if (path === "/api/embed") {
    return { model, embeddings: vectors, ...counted({ prompt_eval_count: tokens }) };
  }
  if (path === "/v1/embed") {
    const meta = {
      api_version: { version: "1" },
      ...counted({ billed_units: { input_tokens: tokens } }),
    };
    return {
      response_type: "embeddings_by_type",
      id: "e1",
      texts,
      embeddings: { float: vectors },
      meta,
    };
  }
  return {
    object: "list",
    id: "e1",
    model: `${model ?? "unknown"}-v1`,
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    ...counted({ usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens } }),
  };
}

async function read(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Body;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
