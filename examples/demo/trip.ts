import type { ChatAnthropic } from "@langchain/anthropic";
import type { ChatOpenAI } from "@langchain/openai";
import { SpanStatusCode, trace } from "@opentelemetry/api";

import { Transcript } from "./transcript.ts";
import { tripPlanner } from "./trip-planner.ts";

/** Who works on a trip. */
export interface Models {
  readonly planner: ChatOpenAI;
  readonly expert: ChatAnthropic;
  readonly reviewer: ChatAnthropic;
}

/**
 * An ordinary LangChain program: an agent answers with the help of its tools, a model reviews the answer, both streamed.
 * All there is about telemetry is the span round it, which makes it one trace.
 */
export async function planTrip(models: Models): Promise<void> {
  const transcript = new Transcript(process.stdout);
  await inSpan("plan a trip", async () => {
    const plan = await answer(models, transcript);
    const review = await models.reviewer.stream(`Review this plan in one sentence: ${plan}`);
    for await (const chunk of review) transcript.add("Reviewer", chunk.text);
  }).finally(() => transcript.end());
}

// --- internal ---

const QUESTION = "What is the weather in Lisbon tomorrow, and what is worth seeing there?";

async function answer({ planner, expert }: Models, transcript: Transcript): Promise<string> {
  const agent = tripPlanner(planner, expert);
  transcript.add("You", QUESTION);
  let plan = "";
  const input = { messages: [{ role: "user", content: QUESTION }] };
  for await (const [chunk, metadata] of await agent.stream(input, { streamMode: "messages" })) {
    // The sub-agent's messages come along; what it answers is the result of the tool that asked it.
    if (metadata["lc_agent_name"] !== agent.options.name) continue;
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
