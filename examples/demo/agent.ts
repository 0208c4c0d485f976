import type { ChatAnthropic } from "@langchain/anthropic";
import type { ChatOpenAI } from "@langchain/openai";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { createAgent, tool } from "langchain";
import { z } from "zod";

import { Transcript } from "./transcript.ts";

/** The models of the trip planner. */
export interface Models {
  readonly planner: ChatOpenAI;
  readonly reviewer: ChatAnthropic;
}

/**
 * An ordinary LangChain program: an agent on OpenAI's model answers with the help of two tools, Anthropic's model
 * reviews the answer, both streamed. All there is about telemetry is the span round it, which makes it one trace.
 */
export async function planTrip(models: Models): Promise<void> {
  const transcript = new Transcript(process.stdout);
  await inSpan("plan a trip", async () => {
    const plan = await answer(models.planner, transcript);
    const review = await models.reviewer.stream(`Review this plan in one sentence: ${plan}`);
    for await (const chunk of review) transcript.add("Reviewer", chunk.text);
  }).finally(() => transcript.end());
}

// --- internal ---

const QUESTION = "What is the weather in Lisbon tomorrow, and what is worth seeing there?";

const getWeather = tool(({ city }) => `Tomorrow it is sunny in ${city}, 24 degrees`, {
  name: "get_weather",
  description: "The weather of a city tomorrow",
  schema: z.object({ city: z.string() }),
});

const findSights = tool(({ city }) => `The tile museum of ${city} has a new exhibition`, {
  name: "find_sights",
  description: "What is worth seeing in a city",
  schema: z.object({ city: z.string() }),
});

async function answer(model: ChatOpenAI, transcript: Transcript): Promise<string> {
  const agent = createAgent({
    model,
    tools: [getWeather, findSights],
    systemPrompt: "You plan trips. Look things up before you answer, in two sentences.",
  });
  transcript.add("You", QUESTION);
  let plan = "";
  const input = { messages: [{ role: "user", content: QUESTION }] };
  for await (const [chunk] of await agent.stream(input, { streamMode: "messages" })) {
    if (chunk.type === "tool") {
      transcript.end();
      transcript.add("Tool", `${chunk.name}: ${chunk.text}`);
    } else {
      transcript.add("Planner", chunk.text);
      plan += chunk.text;
    }
  }
  return plan;
}

async function inSpan(name: string, work: () => Promise<void>): Promise<void> {
  await trace.getTracer("trip-planner").startActiveSpan(name, async (span) => {
    try {
      await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
