import { expect, it } from "vitest";

import { toolDefinitions } from "../../../src/langchain/messages/tool-definitions.ts";

const schema = { type: "object", properties: { at: { type: "number" } } };
const look = { type: "function", name: "look", description: "Looks", parameters: schema };

it.each<[string, object, object[] | undefined]>([
  [
    "OpenAI's chat completions",
    {
      tools: [
        { type: "function", function: { name: "look", description: "Looks", parameters: schema } },
      ],
    },
    [look],
  ],
  ["OpenAI's responses", { tools: [look] }, [look]],
  ["Anthropic", { tools: [{ name: "look", description: "Looks", input_schema: schema }] }, [look]],
  [
    "Google",
    {
      tools: [
        { functionDeclarations: [{ name: "look", description: "Looks", parameters: schema }] },
      ],
    },
    [look],
  ],
  [
    "Google, as a JSON schema",
    {
      tools: [
        {
          functionDeclarations: [
            { name: "look", description: "Looks", parametersJsonSchema: schema },
          ],
        },
      ],
    },
    [look],
  ],
  [
    "OpenAI that take any text",
    { tools: [{ type: "custom", custom: { name: "look", description: "Looks" } }] },
    [{ type: "function", name: "look", description: "Looks" }],
  ],
  [
    "Bedrock",
    {
      toolConfig: {
        tools: [
          { toolSpec: { name: "look", description: "Looks", inputSchema: { json: schema } } },
        ],
      },
    },
    [look],
  ],
  [
    "OpenAI's first functions",
    { functions: [{ name: "look", description: "Looks", parameters: schema }] },
    [look],
  ],
  [
    "a tool that the provider runs",
    {
      tools: [
        { type: "web_search_preview" },
        { type: "computer_20250124", name: "computer" },
        { googleSearch: {} },
      ],
    },
    [
      { type: "web_search_preview", name: "web_search_preview" },
      { type: "computer_20250124", name: "computer" },
      { type: "googleSearch", name: "googleSearch" },
    ],
  ],
  ["a request without tools", {}, undefined],
  ["a request with anything", { tools: [null, 7, "look"] }, undefined],
])("reads the tools of %s", (_, params, expected) => {
  expect(toolDefinitions(params as Record<string, unknown>)).toEqual(expected);
});

it("reads a thousand at most", () => {
  const tools = Array.from({ length: 5000 }, () => ({ name: "a" }));
  expect(toolDefinitions({ tools })).toHaveLength(1000);
});
