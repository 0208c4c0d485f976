/** The fakes' own behaviour: failing, breaking, hanging and recording. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { network, providers } from "./providers.ts";
import { sse, wire, wireJson } from "./wire.ts";

const ANSWER = "The capital of France is Paris.";

beforeAll(() => network.listen());
afterEach(() => network.reset());
afterAll(() => network.close());

describe("wire samples", () => {
  it("are read as text, as JSON and as frames that make up the text again", () => {
    expect(wireJson("openai.chat.json")).toMatchObject({ id: "chatcmpl-Wire0001" });
    const frames = sse("openai.chat.stream.sse.txt");
    expect(frames).toHaveLength(7);
    expect(frames.join("")).toBe(`${wire("openai.chat.stream.sse.txt").trimEnd()}\n\n`);
    expect(
      sse("own/ollama.chat.stream.ndjson.txt").map(
        (line) => (JSON.parse(line) as { done: boolean }).done,
      ),
    ).toEqual([false, false, false, true]);
  });
});

describe("requests", () => {
  it("are recorded with address, headers and body, in order", async () => {
    await providers.anthropic.create({ maxTokens: 7 }).invoke("hi");
    await drain(providers.bedrock.create({ maxTokens: 8 }));

    const [anthropic, bedrock] = network.requests;
    expect(anthropic).toMatchObject({
      provider: "anthropic",
      url: "https://api.anthropic.com/v1/messages",
      headers: { "x-api-key": "sk-test-anthropic" },
      body: {
        model: "claude-sonnet-4-5",
        max_tokens: 7,
        messages: [{ role: "user", content: "hi" }],
      },
      aborted: false,
    });
    expect(bedrock).toMatchObject({
      provider: "bedrock",
      url: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:\d+\/model\/anthropic\.[^/]+%3A0\/converse-stream$/,
      ) as string,
      headers: { authorization: expect.stringContaining("AWS4-HMAC-SHA256") as string },
      body: { inferenceConfig: { maxTokens: 8 } },
      aborted: false,
    });
    expect(network.requestsOf("bedrock")).toEqual([bedrock]);
  });

  it("are forgotten by a reset", async () => {
    await providers.openai.create().invoke("hi");
    network.reset();
    expect(network.requests).toEqual([]);
  });

  it("to unknown hosts fail, those to this machine go through", async () => {
    const local = createServer((_request, response) => response.end("local"));
    await new Promise<void>((resolve) => local.listen(0, "127.0.0.1", resolve));
    const { port } = local.address() as AddressInfo;
    try {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("local");
      const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
      await expect(fetch("https://unknown.example/")).rejects.toThrow("fetch failed");
      expect(complaint).toHaveBeenCalledOnce();
    } finally {
      local.closeAllConnections();
      await new Promise((resolve) => local.close(resolve));
    }
  });
});

describe("failWith", () => {
  it.each([
    ["openai", 400, "openai.error.400.context.json", "ContextOverflowError"],
    ["azure", 400, "azure.error.400.content_filter.json", "BadRequestError"],
    ["anthropic", 529, "anthropic.error.529.json", "InternalServerError"],
    ["google", 429, "gemini.error.429.json", "RequestError"],
    ["bedrock", 400, "bedrock.error.400.validation.json", "ValidationException"],
    ["bedrock", 429, "bedrock.error.429.throttling.json", "ThrottlingException"],
    ["groq", 429, "own/groq.error.429.json", "RateLimitError"],
    ["ollama", 404, "own/ollama.error.404.json", "ResponseError"],
  ] as const)("makes %s answer %i with %s", async (id, status, sample, name) => {
    network.failWith(id, status, sample);
    const failure = (await providers[id]
      .create()
      .invoke("hi")
      .catch((error: unknown) => error)) as Error;
    expect(failure.constructor.name).toBe(name);
    network.reset();
    expect((await providers[id].create().invoke("hi")).text).toBe(ANSWER);
  });

  it("fails the first requests only when told so, which LangChain's own retry gets over", async () => {
    network.rateLimitFirst("openai", 1);
    expect((await providers.openai.create({ maxRetries: 1 }).invoke("hi")).text).toBe(ANSWER);
    expect(network.requestsOf("openai")).toHaveLength(2);
  });

  it("does not touch other providers", async () => {
    network.failWith("google", 500, "gemini.error.429.json");
    expect((await providers["google-genai"].create().invoke("hi")).text).toBe(ANSWER);
  });
});

describe("answerWith", () => {
  it("answers the next request with another sample", async () => {
    network.answerWith("anthropic", "anthropic.messages.tool_use.json");
    const model = providers.anthropic.create();
    const [first, second] = [await model.invoke("hi"), await model.invoke("hi")];
    expect(first.tool_calls?.map(({ name, args }) => ({ name, args }))).toEqual([
      { name: "get_weather", args: { city: "Paris" } },
    ]);
    expect(second.text).toBe(ANSWER);
  });

  it("answers a stream with a Bedrock guardrail", async () => {
    network.answerWith("bedrock", "bedrock.converseStream.guardrail.events.json");
    expect(await drain(providers.bedrock.create())).toBe(
      "Sorry, the model cannot answer this question.",
    );
  });
});

describe("dropAfter", () => {
  it("cuts a stream in the middle", async () => {
    network.dropAfter("openai", 2);
    const read: string[] = [];
    const failure = await drain(providers.openai.create(), read).catch((error: unknown) => error);
    expect([read, String(failure)]).toEqual([["", "The capital"], "TypeError: terminated"]);
  });

  it("cuts an answer that is not streamed in the middle", async () => {
    network.dropAfter("openai", 1);
    await expect(providers.openai.create().invoke("hi")).rejects.toThrow();
    expect(network.requests).toHaveLength(1);
  });

  it("cuts the connection before the answer", async () => {
    network.dropAfter("bedrock", 0);
    await expect(providers.bedrock.create().invoke("hi")).rejects.toThrow("ECONNRESET");
    network.dropAfter("openai", 0);
    await expect(providers.openai.create().invoke("hi")).rejects.toThrow("Connection error.");
  });

  it("is not noticed by @langchain/aws, which takes what it has for the whole answer", async () => {
    network.dropAfter("bedrock", 2);
    expect(await drain(providers.bedrock.create())).toBe("The capital");
  });
});

describe("hang", () => {
  it.each(["openai", "bedrock"] as const)(
    "holds an answer of %s until it is released",
    async (id) => {
      const hang = network.hang(id);
      let settled = false;
      const call = providers[id]
        .create()
        .invoke("hi")
        .finally(() => (settled = true));
      await hang.reached;
      expect(settled).toBe(false);
      hang.release();
      expect((await call).text).toBe(ANSWER);
    },
  );

  it.each(["openai", "bedrock"] as const)(
    "holds a stream of %s in the middle, so that it can be aborted there",
    async (id) => {
      network.hang(id, { at: 2 });
      const abort = new AbortController();
      const read: string[] = [];
      const failure = await (async () => {
        for await (const chunk of await providers[id]
          .create()
          .stream("hi", { signal: abort.signal })) {
          read.push(chunk.text);
          if (read.join("") === "The capital") abort.abort();
        }
      })().catch((error: unknown) => error);
      expect(String(failure)).toContain("AbortError");
      await expect.poll(() => network.requests.map(({ aborted }) => aborted)).toEqual([true]);
      expect(read.join("")).toBe("The capital");
    },
  );

  it.each(["openai", "bedrock"] as const)("sees %s give up a call that is aborted", async (id) => {
    const hang = network.hang(id);
    const abort = new AbortController();
    const call = providers[id].create().invoke("hi", { signal: abort.signal });
    await hang.reached;
    abort.abort();
    await expect(call).rejects.toThrow(/aborted/);
    await expect.poll(() => network.requests.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("ends with a reset", async () => {
    const hang = network.hang("openai");
    const call = providers.openai.create().invoke("hi");
    await hang.reached;
    network.reset();
    expect((await call).text).toBe(ANSWER);
  });
});

/** Reads a stream to its end and gives its text; `read` keeps the chunks when it breaks. */
async function drain(
  model: ReturnType<(typeof providers)["openai"]["create"]>,
  read: string[] = [],
): Promise<string> {
  for await (const chunk of await model.stream("hi")) read.push(chunk.text);
  return read.join("");
}
