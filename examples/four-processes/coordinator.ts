/** An agent that asks a specialist, in another process, over HTTP or over NATS. */
import { ChatOpenAI } from "@langchain/openai";
import { createAgent, tool } from "langchain";
import { z } from "zod";

import { connectToNats } from "./nats.ts";
import { ask, onStop, serve, setting } from "./service.ts";

const nats = await connectToNats();
const askSpecialist = tool(
  ({ question }) => nats?.ask(question) ?? ask(setting("SPECIALIST_URL"), question),
  {
    name: "ask_specialist",
    description: "Ask somebody who knows about places and the weather",
    schema: z.object({ question: z.string() }),
  },
);
const agent = createAgent({
  name: "coordinator",
  model: new ChatOpenAI({ model: "gpt-5.4-mini", maxRetries: 1 }),
  tools: [askSpecialist],
  systemPrompt: "You answer by asking a specialist.",
});

onStop(async () => nats?.close());
await serve(async (question) => {
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: question }] });
  return messages.at(-1)?.text ?? "";
});
