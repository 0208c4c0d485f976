/** An agent whose tools are in another process, reached by the Model Context Protocol. */
import { fileURLToPath } from "node:url";

import { loadMcpTools } from "@langchain/mcp-adapters";
import { ChatOpenAI } from "@langchain/openai";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { createAgent } from "langchain";
import { instrumentMcp } from "langchain-otel/propagation";

import { connectToNats } from "./nats.ts";
import { onStop, serve } from "./service.ts";

const client = instrumentMcp(new Client({ name: "specialist", version: "1.0.0" }));
const env = Object.fromEntries(
  Object.entries({ ...process.env, OTEL_SERVICE_NAME: "tools" }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  ),
);

/** Connects with the first question, so that it is part of that question's trace. */
async function connect() {
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [
        "--import",
        import.meta.resolve("langchain-otel/register"),
        fileURLToPath(new URL("tools.ts", import.meta.url)),
      ],
      env,
    }),
  );
  return createAgent({
    name: "specialist",
    model: new ChatOpenAI({ model: "gpt-5.4-mini", maxRetries: 1 }),
    tools: await loadMcpTools("tools", client),
    systemPrompt: "You know places. Look things up before you answer.",
  });
}

let connected: ReturnType<typeof connect> | undefined;
async function answer(question: string): Promise<string> {
  const agent = await (connected ??= connect());
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: question }] });
  return messages.at(-1)?.text ?? "";
}

const nats = await connectToNats();
nats?.answer(answer);
onStop(async () => {
  await nats?.close();
  await client.close();
});
await serve(answer);
