import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { tokensAtMost, toolTokensAtMost } from "../../src/cost/tokens-at-most.ts";

describe("the most tokens of an input", () => {
  it.each([
    ["", 0],
    ["hello", 5],
    ["é", 2],
    ["日本", 6],
    ["👍", 6],
    ["\ud83d", 3],
  ])("are the bytes, or more, of a text: %j", (text, tokens) => {
    expect(tokensAtMost(text)).toBe(tokens);
  });

  it("are those of all messages, with what stands round each", () => {
    const calls = [{ id: "1", name: "f", args: { city: "Paris" } }];
    const written = JSON.stringify([{ ...calls[0], type: "tool_call" }]).length;
    const [human, ai] = [
      new HumanMessage("hello"),
      new AIMessage({ content: "", tool_calls: calls }),
    ];
    expect(tokensAtMost([human])).toBe(5 + 16 + "{}".length);
    expect(tokensAtMost([ai])).toBeGreaterThanOrEqual(16 + written - '"type":"tool_call",'.length);
    expect(tokensAtMost([new SystemMessage("x".repeat(1000)), human])).toBe(1016 + 21 + 4);
  });

  it("are those of a prompt, as a chain hands it on", async () => {
    const prompt = await ChatPromptTemplate.fromTemplate("say {word}").invoke({ word: "hello" });
    expect(tokensAtMost(prompt)).toBeGreaterThan("say hello".length);
    expect(tokensAtMost(prompt)).toBeLessThan(100);
  });

  it("are ten thousand for an image or a file, however many bytes it has", () => {
    const url = `data:image/png;base64,${"A".repeat(1e6)}`;
    const content = [
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url } },
    ];
    expect(tokensAtMost([new HumanMessage({ content })])).toBeLessThan(10_100);
    expect(tokensAtMost([new HumanMessage({ content })])).toBeGreaterThan(10_000);
  });

  it("are found of whatever it is", () => {
    const circle: { content?: unknown } = {};
    circle.content = circle;
    for (const input of [circle, null, undefined, 7, { value: 1n }, [[[[[[[[[[[]]]]]]]]]]]]) {
      expect(tokensAtMost(input)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("the most tokens of tools", () => {
  it("are those of their names, descriptions and schemas", () => {
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const plain = { name: "f", description: "ff", schema };
    const zod = { name: "f", schema: z.object({ city: z.string() }) };
    const given = { type: "function", function: { name: "f", parameters: schema } };
    expect(toolTokensAtMost([plain])).toBe(JSON.stringify(schema).length + 16 + 3 + 4);
    expect(toolTokensAtMost([zod])).toBeGreaterThan(2000);
    expect(toolTokensAtMost([given])).toBe(JSON.stringify(given).length + 16);
    expect(toolTokensAtMost(undefined)).toBe(0);
  });
});
