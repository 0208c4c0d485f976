import type { CallbackHandlerMethods } from "@langchain/core/callbacks/base";
import { tool } from "@langchain/core/tools";
import { createAgent, initChatModel, modelRetryMiddleware } from "langchain";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import {
  BudgetExceededError,
  budgetMiddleware,
  type BudgetMiddlewareOptions,
  type CostTracker,
} from "../../src/cost/index.ts";
import { createTestTelemetry, spanTree } from "../../src/testing/index.ts";
import { network, providers } from "../support/providers.ts";
import { CALL_USD, pricedTracker, recording } from "./recording.ts";

const telemetry = createTestTelemetry();
beforeAll(() => network.listen());
afterEach(() => {
  network.reset();
  telemetry.reset();
});
afterAll(async () => {
  await network.close();
  await telemetry.shutdown();
});

const countTokens = (): number => 2540;
const HI = { messages: [{ role: "user", content: "hi" }] };
const weather = tool(() => "sunny", {
  name: "get_weather",
  description: "Tells the weather",
  schema: { type: "object", properties: { city: { type: "string" } } },
});

function agentOf(tracker: CostTracker, options?: BudgetMiddlewareOptions, more: object = {}) {
  return createAgent({
    model: providers.openai.create({ maxTokens: 60 }),
    tools: [weather],
    name: "support-agent",
    middleware: [budgetMiddleware(tracker, options)],
    ...more,
  });
}

function config(tracker: CostTracker, more: object = {}) {
  return { callbacks: recording(tracker) as CallbackHandlerMethods[], ...more };
}

describe("an agent with budgetMiddleware", () => {
  it("is refused before anything is sent, when its budget is spent", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("support-agent", { maxUsd: CALL_USD });
    const agent = agentOf(tracker, { countTokens });
    await agent.invoke(HI, config(tracker));
    telemetry.reset();

    const refused = await agent.invoke(HI, config(tracker)).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(BudgetExceededError);
    expect(BudgetExceededError.from(refused)).toMatchObject({
      agentName: "support-agent",
      budget: CALL_USD,
      spent: CALL_USD,
      remaining: 0,
    });
    expect(network.requests).toHaveLength(1);
    expect(
      telemetry.spans().map(({ name, status, attributes }) => ({
        name,
        status: status.code,
        outcome: attributes["langchain.run.outcome"],
        type: attributes["error.type"],
      })),
    ).toEqual(
      ["node model_request", "invoke_agent support-agent"].map((name) => ({
        name,
        status: 2,
        outcome: "blocked",
        type: "BudgetExceededError",
      })),
    );
    const runs = (await telemetry.metrics()).find(({ name }) => name === "langchain.agent.runs");
    expect(runs?.points.map(({ attributes }) => attributes["status"])).toEqual(["blocked"]);
  });

  it("never overshoots, of 50 runs at once", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 7.5 * CALL_USD });
    const agent = agentOf(tracker, { countTokens });
    const runs = Array.from({ length: 50 }, () => agent.invoke(HI, config(tracker)));
    const endings = await Promise.allSettled(runs);
    expect(endings.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
    expect(network.requests).toHaveLength(7);
    expect(tracker.checkBudget("*")).toMatchObject({ spent: 7 * CALL_USD, exceeded: false });
  });

  it("is stopped in the midst of a run that is too long, and starts the next", async () => {
    const tracker = pricedTracker();
    // One call that asks for a tool, which costs less than any, and no second that might cost more.
    tracker.setBudget("support-agent", { maxUsd: 0.0033, per: "run" });
    const agent = agentOf(tracker, { countTokens });
    for (let run = 1; run <= 2; run++) {
      network.answerWith("openai", "openai.chat.tool_calls.json");
      await expect(agent.invoke(HI, config(tracker))).rejects.toThrow("per run");
      expect(network.requests).toHaveLength(1);
      network.reset();
    }
    expect(tracker.checkBudget("support-agent")).toMatchObject({ spent: 0.000251 });
  });

  it("pays from the session's budget, or that of the agent that is named", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("support-agent", { maxUsd: CALL_USD, sessionId: "t1" });
    const agent = agentOf(tracker, { countTokens });
    const session = (id: string) => config(tracker, { configurable: { thread_id: id } });
    await agent.invoke(HI, session("t1"));
    await expect(agent.invoke(HI, session("t1"))).rejects.toThrow(BudgetExceededError);
    await agent.invoke(HI, session("t2"));

    const named = agentOf(tracker, { countTokens, agentName: "team" });
    await named.invoke(HI, session("t1"));
    expect(tracker.getUsageSummary({ agentName: "team" }).numCalls).toBe(1);
    expect(tracker.getUsageSummary({ agentName: "support-agent" }).numCalls).toBe(2);
  });

  it("has nothing reserved for calls that failed, and asks again for each attempt", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: CALL_USD });
    network.failWith("openai", 500, "openai.error.500.json", { times: 2 });
    const agent = agentOf(tracker, undefined, {
      middleware: [
        modelRetryMiddleware({ maxRetries: 3, initialDelayMs: 0, jitter: false }),
        budgetMiddleware(tracker, { countTokens }),
      ],
    });
    await agent.invoke(HI, config(tracker));
    expect(network.requests).toHaveLength(3);
    expect(tracker.getUsageSummary()).toMatchObject({ numCalls: 1, totalCost: CALL_USD });
  });

  it("estimates by what would be sent: the prompt, the messages and the tools", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 0.0001 });
    const agent = agentOf(tracker, undefined, { systemPrompt: "x".repeat(1000) });
    const refused = await agent.invoke(HI, config(tracker)).catch((error: unknown) => error);
    // 60 tokens out are 0.0006; prompt, question and tool come to 1,175 bytes and three additions of 16.
    const estimate = BudgetExceededError.from(refused)?.estimate;
    expect(estimate).toBeGreaterThan(0.0006 + 1e-6 * 1048);
    expect(estimate).toBeLessThan(0.0006 + 1e-6 * 1400);
    expect(network.requests).toEqual([]);
  });

  it("also knows a model that is named by a string", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 0.0001 });
    const model = await initChatModel("gpt-5.4-mini", {
      modelProvider: "openai",
      apiKey: "none",
      maxTokens: 60,
    });
    const agent = agentOf(tracker, { countTokens }, { model });
    await expect(agent.invoke(HI, config(tracker))).rejects.toThrow("may cost 0.00314");
  });

  it("answers as it would without it", async () => {
    const tracker = pricedTracker();
    const [plain, watched] = [
      agentOf(tracker, undefined, { middleware: [] }),
      agentOf(tracker, { maxOutputTokens: 10 }),
    ];
    const answers = [];
    for (const agent of [plain, watched]) {
      network.answerWith("openai", "openai.chat.tool_calls.json");
      const { messages } = await agent.invoke(HI, config(tracker));
      answers.push(messages.map(({ type, text }) => [type, text]));
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toHaveLength(4);
    const trees = spanTree(telemetry.spans()).map((tree) => JSON.stringify(tree, names));
    expect(new Set(trees).size).toBe(1);
  });
});

const names = ["name", "children"];
