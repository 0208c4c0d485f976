import type { ChatAnthropic } from "@langchain/anthropic";
import type { ChatOpenAI } from "@langchain/openai";
import { createAgent, type ReactAgent, tool } from "langchain";
import { z } from "zod";

import { CityGuide } from "./city-guide.ts";
import { weatherExpert } from "./weather-expert.ts";

/** The agent that is asked: one of its tools asks a retriever, the other one another agent. */
export function tripPlanner(model: ChatOpenAI, expertModel: ChatAnthropic): ReactAgent {
  return createAgent({
    name: "trip_planner",
    model,
    tools: [findSights(new CityGuide()), askWeatherExpert(weatherExpert(expertModel))],
    systemPrompt: "You plan trips. Look things up before you answer, in three sentences.",
  });
}

// --- internal ---

const CITY = z.object({ city: z.string() });

function findSights(guide: CityGuide) {
  return tool(
    async ({ city }, config) => {
      const pages = await guide.invoke(`sights of ${city}`, config);
      return pages.map(({ pageContent }) => pageContent).join(" ");
    },
    { name: "find_sights", description: "What is worth seeing in a city", schema: CITY },
  );
}

function askWeatherExpert(expert: ReactAgent) {
  return tool(
    async ({ city }) => {
      const question = `What is the forecast for ${city} tomorrow?`;
      const { messages } = await expert.invoke({ messages: [{ role: "user", content: question }] });
      return messages.at(-1)?.text ?? "";
    },
    {
      name: "ask_weather_expert",
      description: "Asks an expert for the weather of a city tomorrow",
      schema: CITY,
    },
  );
}
