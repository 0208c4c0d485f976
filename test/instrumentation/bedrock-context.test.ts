import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockEmbeddings, ChatBedrockConverse } from "@langchain/aws";
import { context, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../src/instrumentation/instrumentation.ts";
import { createTestTelemetry, type TestTelemetry } from "../../src/testing/index.ts";
import { startBedrockServer } from "../support/bedrock-server.ts";
import { network, providers } from "../support/providers.ts";

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;

beforeAll(async () => {
  telemetry = createTestTelemetry();
  await network.listen();
});
beforeEach(async () => {
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
});
afterEach(() => {
  instrumentation.disable();
  network.reset();
  telemetry.reset();
});
afterAll(async () => {
  await network.close();
  telemetry.shutdown();
});

/** Of the requests that came, in order. */
function traceparents(): (string | undefined)[] {
  return network.requestsOf("bedrock").map(({ headers }) => headers["traceparent"]);
}

/** Of the model spans, in the order in which they started. */
function modelSpans(spanName = "gen_ai.chat"): string[] {
  return telemetry
    .spans()
    .filter(({ name }) => name === spanName)
    .map((span) => {
      const { traceId, spanId } = span.spanContext();
      return `00-${traceId}-${spanId}-01`;
    });
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

function client(options: object = {}): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: "us-east-1",
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    maxAttempts: 1,
    ...options,
  });
}

it("is the model span's in an invoked call", async () => {
  await providers.bedrock.create().invoke("hi");
  expect(traceparents()).toEqual(modelSpans());
  expect(traceparents()).toHaveLength(1);
});

it("is the model span's in a streamed call", async () => {
  await drain(await providers.bedrock.create().stream("hi"));
  expect(traceparents()).toEqual(modelSpans());
  expect(traceparents()).toHaveLength(1);
});

it("is the model span's in a direct event stream", async () => {
  const model = providers.bedrock.create();
  await drain(model.streamEvents("hi", { version: "v3" as "v2" }));
  expect(traceparents()).toEqual(modelSpans());
  expect(traceparents()).toHaveLength(1);
});

it("is each call's own when calls share a client and are under way together", async () => {
  const model = providers.bedrock.create();
  await Promise.all(["a", "b", "c", "d"].map((question) => model.invoke(question)));
  expect(traceparents().toSorted()).toEqual(modelSpans().toSorted());
  expect(new Set(traceparents()).size).toBe(4);
});

it("is the same for every attempt of the client's own", async () => {
  network.rateLimitFirst("bedrock");
  await new ChatBedrockConverse({
    model: "m",
    region: "us-east-1",
    client: client({ maxAttempts: 2 }),
  }).invoke("hi");
  const [span] = modelSpans();
  expect(traceparents()).toEqual([span, span]);
});

it("is not signed, so that a proxy may write its own", async () => {
  await providers.bedrock.create().invoke("hi");
  const [request] = network.requestsOf("bedrock");
  const signed = /SignedHeaders=([^,]+)/.exec(request?.headers["authorization"] ?? "")?.[1];
  expect(signed?.split(";")).toContain("x-amz-date");
  expect(signed?.split(";")).not.toContain("traceparent");
});

it("is in requests of a client of the application's own, used by several models", async () => {
  const shared = client();
  for (const name of ["a", "b"]) {
    await new ChatBedrockConverse({ model: name, region: "us-east-1", client: shared }).invoke(
      "hi",
    );
  }
  expect(traceparents()).toEqual(modelSpans());
  expect(shared.middlewareStack.identify().filter((name) => name.startsWith("langchain"))).toEqual([
    "langchainOtelTraceContext - deserialize",
  ]);
});

it("is the embeddings span's in every request of a call for embeddings", async () => {
  const seen: (string | undefined)[] = [];
  const server = await startBedrockServer(({ headers }) => {
    seen.push(headers["traceparent"]);
    const body = JSON.stringify({ embedding: [1], inputTextTokenCount: 7 });
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      frames: [Buffer.from(body)],
    };
  });
  const embeddings = new BedrockEmbeddings({ client: client({ endpoint: server.url }) });
  instrumentation.manuallyInstrument({ BedrockEmbeddings });
  try {
    expect(await embeddings.embedDocuments(["one", "two"])).toEqual([[1], [1]]);
    expect(await embeddings.embedQuery("three")).toEqual([1]);
  } finally {
    embeddings.client.destroy();
    await server.close();
  }
  const [documents, query] = modelSpans("embeddings amazon.titan-embed-text-v1");
  expect(seen).toEqual([documents, documents, query]);
  expect(telemetry.tree().map(({ attributes }) => attributes["gen_ai.usage.input_tokens"])).toEqual(
    [14, 7],
  );
});

it("leaves the application's own requests with that client, and its own header, alone", async () => {
  const shared = client();
  const model = (options: object): ChatBedrockConverse =>
    new ChatBedrockConverse({ model: "m", region: "us-east-1", client: shared, ...options });
  await model({}).invoke("hi");
  const own = new ConverseCommand({
    modelId: "m",
    messages: [{ role: "user", content: [{ text: "hi" }] }],
  });
  await trace.getTracer("app").startActiveSpan("work", async (span) => {
    await shared.send(own);
    span.end();
  });
  await model({ defaultHeaders: { traceparent: "mine" } }).invoke("hi");
  expect(traceparents()).toEqual([modelSpans()[0], undefined, "mine"]);
});

it("is written once, by the HTTP instrumentation, where the client speaks HTTP/1", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers["traceparent"] as string | undefined);
    response.writeHead(400).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const undici = new UndiciInstrumentation();
  try {
    const requestHandler = new FetchHttpHandler();
    const own = client({ requestHandler, endpoint: `http://127.0.0.1:${port}` });
    const model = new ChatBedrockConverse({
      model: "m",
      region: "us-east-1",
      client: own,
      maxRetries: 0,
    });
    await expect(model.invoke("hi")).rejects.toThrow();
  } finally {
    undici.disable();
    server.close();
  }
  const request = telemetry.spans().find(({ name }) => name === "POST");
  const { traceId, spanId } = request!.spanContext();
  expect(seen).toEqual([`00-${traceId}-${spanId}-01`]);
});

it("is not there when tracing is suppressed", async () => {
  await context.with(suppressTracing(context.active()), () =>
    providers.bedrock.create().invoke("hi"),
  );
  expect(traceparents()).toEqual([undefined]);
});

it("is not there any more once the instrumentation is disabled", async () => {
  const model = providers.bedrock.create();
  await model.invoke("hi");
  instrumentation.disable();
  await model.invoke("hi");
  expect(traceparents()).toEqual([modelSpans()[0], undefined]);
});
