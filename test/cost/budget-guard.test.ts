import type { CallbackHandlerMethods } from "@langchain/core/callbacks/base";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { type Runnable, RunnableLambda } from "@langchain/core/runnables";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { diag } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { BudgetExceededError, budgetGuard, type CostTracker } from "../../src/cost/index.ts";
import { createTestTelemetry } from "../../src/testing/index.ts";
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

/** The samples have more tokens than the question. */
const countTokens = (): number => 2540;
const model = (options: object = {}) => providers.openai.create({ maxTokens: 60, ...options });

function config(tracker: CostTracker, more: object = {}) {
  return { callbacks: recording(tracker) as CallbackHandlerMethods[], ...more };
}

/** What remains of a budget for a call whose cost is known: nothing is reserved when it is all. */
function free(tracker: CostTracker, usd: number): boolean {
  try {
    tracker.reserve({ estimate: usd, isBound: true }).release();
    return true;
  } catch {
    return false;
  }
}

describe("a guarded model", () => {
  it("sends no more requests than the budget has money for, of 200 at once", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 10 * CALL_USD });
    const guarded = budgetGuard(model(), tracker, { countTokens });
    const calls = Array.from({ length: 200 }, () => guarded.invoke("hi", config(tracker)));
    const endings = await Promise.allSettled(calls);
    const refused = endings
      .filter((each) => each.status === "rejected")
      .map(({ reason }) => reason);
    expect([network.requests.length, refused.length]).toEqual([10, 190]);
    for (const reason of refused) expect(reason).toBeInstanceOf(BudgetExceededError);
    expect(tracker.checkBudget("*")).toMatchObject({ spent: 10 * CALL_USD, exceeded: true });
  });

  it("goes on when calls that cost less have ended", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 10 * CALL_USD });
    const guarded = budgetGuard(model({ maxTokens: 600 }), tracker, { countTokens });
    let answered = 0;
    for (let round = 0; round < 6; round++) {
      const calls = Array.from({ length: 20 }, () => guarded.invoke("hi", config(tracker)));
      answered += (await Promise.allSettled(calls)).filter(
        ({ status }) => status === "fulfilled",
      ).length;
    }
    expect(answered).toBe(network.requests.length);
    // The last one could have cost 0.00854, more than was left.
    expect(answered).toBe(8);
  });

  it("without a limit for its output may begin alone, and is refused when all is spent", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 1.5 * CALL_USD });
    const guarded = budgetGuard(providers.openai.create(), tracker);
    const both = [guarded.invoke("hi", config(tracker)), guarded.invoke("hi", config(tracker))];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
    ]);
    await guarded.invoke("hi", config(tracker));
    await expect(guarded.invoke("hi", config(tracker))).rejects.toThrow(
      "The budget of all agents is spent: 0.00628 of 0.00471 USD",
    );
    expect(network.requests).toHaveLength(2);
  });

  it.each<[string, (guarded: Runnable, tracker: CostTracker) => Promise<unknown>]>([
    ["an answer", async (guarded, tracker) => guarded.invoke("hi", config(tracker))],
    [
      "a failure",
      async (guarded, tracker) => {
        network.failWith("openai", 500, "openai.error.500.json");
        await expect(guarded.invoke("hi", config(tracker))).rejects.toThrow("500");
      },
    ],
    [
      "an abort",
      async (guarded, tracker) => {
        const [hang, user] = [network.hang("openai"), new AbortController()];
        const asked = guarded.invoke("hi", config(tracker, { signal: user.signal }));
        await hang.reached;
        user.abort();
        await expect(asked).rejects.toThrow(/abort/i);
      },
    ],
    [
      "a stream",
      async (guarded, tracker) => {
        for await (const _ of await guarded.stream("hi", config(tracker)));
      },
    ],
    [
      "a stream that is left",
      async (guarded, tracker) => {
        for await (const _ of await guarded.stream("hi", config(tracker))) break;
      },
    ],
  ])("has nothing reserved after %s", async (_, ending) => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 1 });
    const guarded = budgetGuard(model({ maxTokens: 50_000 }), tracker, { countTokens });
    await ending(guarded as Runnable, tracker);
    expect(free(tracker, 1 - tracker.getTotalCost())).toBe(true);
  });

  it("refuses a stream before its first chunk, and each question of a batch by itself", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 2 * CALL_USD });
    const guarded = budgetGuard(model(), tracker, { countTokens });
    const three = await guarded.batch(["a", "b", "c"], config(tracker), { returnExceptions: true });
    expect(three.map((each) => (each as unknown) instanceof BudgetExceededError)).toEqual([
      false,
      false,
      true,
    ]);
    await expect(guarded.stream("hi", config(tracker))).rejects.toThrow(BudgetExceededError);
    expect(network.requests).toHaveLength(2);
  });

  it("is a part of a chain, where a refusal is an error that was blocked", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: CALL_USD });
    const prompt = ChatPromptTemplate.fromTemplate("{question}");
    const guarded = budgetGuard(model(), tracker, { countTokens });
    const chain = prompt.pipe(guarded);
    const ask = async () => chain.invoke({ question: "hi" }, config(tracker));
    await ask();
    telemetry.reset();
    await expect(ask()).rejects.toThrow(BudgetExceededError);
    const [{ name, status, attributes, events } = {}, ...others] = telemetry.spans();
    expect({ name, status, outcome: attributes?.["langchain.run.outcome"], others }).toEqual({
      name: "chain RunnableSequence",
      status: { code: 2, message: `The budget of all agents is spent: 0.00314 of 0.00314 USD` },
      outcome: "blocked",
      others: [],
    });
    expect(attributes).toMatchObject({
      "error.type": "BudgetExceededError",
      "langchain.error.category": "internal_error",
    });
    expect(events?.map((event) => event.name)).toEqual(["exception"]);
    const errors = (await telemetry.metrics()).find((metric) => metric.name === "langchain.errors");
    expect(errors?.points.map((point) => "value" in point && point.value)).toEqual([1]);
  });

  it("also counts what is bound to it", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: CALL_USD });
    const schema = { title: "answer", type: "object", properties: { text: { type: "string" } } };
    const options = { countTokens: () => 3000 };
    for (const bound of [
      model().withConfig({ tags: ["x"] }),
      model().bindTools?.([{ type: "function", function: { name: "f", parameters: schema } }]),
      model().withStructuredOutput(schema),
    ]) {
      const guarded = budgetGuard(bound as Runnable<string, unknown>, tracker, options);
      await expect(guarded.invoke("hi", config(tracker))).rejects.toThrow("may cost 0.0036");
    }
    expect(network.requests).toEqual([]);
  });

  it("pays from the budget of the agent that is named, of its session and its tenant", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("writer", { maxUsd: 1, per: "run" });
    tracker.setBudget("*", { maxUsd: CALL_USD, sessionId: "s1" });
    tracker.setBudget("*", { maxUsd: CALL_USD, tenant: "acme" });
    const guarded = budgetGuard(model(), tracker, { agentName: "writer", countTokens });
    const as = (metadata: object) => guarded.invoke("hi", config(tracker, { metadata }));
    await as({ session_id: "s1" });
    await expect(as({ session_id: "s1" })).rejects.toThrow(BudgetExceededError);
    await as({ tenant_id: "acme" });
    await expect(as({ tenant_id: "acme" })).rejects.toThrow(BudgetExceededError);
    await as({ session_id: "s2", tenant_id: "other" });
    expect(tracker.getTotalCost({ agentName: "writer" })).toBe(3 * CALL_USD);
    expect(tracker.checkBudget("writer")).toMatchObject({ spent: CALL_USD });
  });

  it("whose price is unknown is asked as long as the budget is not spent", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 0.01 });
    const guarded = budgetGuard(model({ model: "m" }), tracker, { countTokens });
    const unpriced = budgetGuard(providers.ollama.create({ model: "unheard-of" }), tracker);
    await unpriced.invoke("hi", config(tracker));
    await guarded.invoke("hi", config(tracker));
    tracker.record({ provider: "openai", cost: { usd: 0.01 } });
    await expect(unpriced.invoke("hi", config(tracker))).rejects.toThrow(BudgetExceededError);
  });

  it("tells when nobody records its calls, for which nothing stays reserved either", async () => {
    const warn = vi.spyOn(diag, "warn").mockReturnValue();
    const tracker = pricedTracker();
    tracker.setBudget("*", { maxUsd: 1 });
    await budgetGuard(model(), tracker).invoke("hi");
    await budgetGuard(model(), tracker).invoke("hi");
    expect(free(tracker, 1)).toBe(true);
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      "langchain-otel: a model call was not recorded: give the CostTracker to the handler or the instrumentation as its `cost` option, or no budget is ever spent",
    ]);
  });
});

describe("a guarded graph", () => {
  it("is not started when the budget is spent, and its calls count as one run's", async () => {
    const tracker = pricedTracker();
    tracker.setBudget("team", { maxUsd: 2 * CALL_USD });
    tracker.setBudget("team", { maxUsd: 1, per: "run" });
    const asks = async () => {
      const answers = [await model().invoke("a"), await model().invoke("b")];
      return { messages: answers };
    };
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("ask", asks)
      .addEdge("__start__", "ask")
      .compile();
    const guarded = budgetGuard(graph as unknown as Runnable, tracker, { agentName: "team" });
    await guarded.invoke({ messages: [] }, config(tracker));
    expect(tracker.getTotalCost({ agentName: "team" })).toBe(2 * CALL_USD);
    await expect(guarded.invoke({ messages: [] }, config(tracker))).rejects.toThrow(
      BudgetExceededError,
    );
    expect(network.requests).toHaveLength(2);
  });
});

describe("budgetGuard", () => {
  it.each<[unknown[], string]>([
    [[{}, pricedTracker()], "Expected a runnable, got an object"],
    [[RunnableLambda.from(() => 1), {}], "Expected a CostTracker, got an object"],
    [
      [RunnableLambda.from(() => 1), pricedTracker(), { agent: "x" }],
      "There is no option `agent`. The options are agentName, countTokens, maxOutputTokens",
    ],
    [
      [RunnableLambda.from(() => 1), pricedTracker(), { maxOutputTokens: 0 }],
      "Expected the `maxOutputTokens` option to be a whole number above 0, got 0 (number)",
    ],
  ])("of %o is a mistake", (args, message) => {
    expect(() => budgetGuard(...(args as Parameters<typeof budgetGuard>))).toThrow(
      new TypeError(message),
    );
  });
});
