import type { ChatAnthropic } from "@langchain/anthropic";
import { createAgent, type ReactAgent, tool } from "langchain";
import { z } from "zod";

/** The sub-agent: knows about weather and nothing else. */
export function weatherExpert(model: ChatAnthropic): ReactAgent {
  return createAgent({
    name: "weather_expert",
    model,
    tools: [getWeather],
    systemPrompt: "You are a weather expert. Look the weather up, then answer in two sentences.",
  });
}

// --- internal ---

const getWeather = tool(({ city }) => `Tomorrow it is sunny in ${city}, 24 degrees`, {
  name: "get_weather",
  description: "The weather of a city tomorrow",
  schema: z.object({ city: z.string() }),
});
