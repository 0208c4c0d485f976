/** An agent for the LangGraph dev server. There is no line about telemetry in it: see README.md here. */
import { ChatOpenAI } from "@langchain/openai";
import { createAgent, tool } from "langchain";
import { z } from "zod";

const getWeather = tool(({ city }) => `It is sunny in ${city}, 24 degrees`, {
  name: "get_weather",
  description: "The weather of a city",
  schema: z.object({ city: z.string() }),
});

export const graph = createAgent({
  model: new ChatOpenAI({ model: "gpt-5.4-mini" }),
  tools: [getWeather],
});
