/**
 * Shows: a budget. An agent may spend three hundredths of a cent; when that is spent, its next call is not made, and
 * nothing is sent. What was spent is in a file, so that it holds for the next run of the program too.
 *
 *     node examples/offline.ts node examples/budget.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { LangChainInstrumentation } from "langchain-otel";
import {
  BudgetExceededError,
  budgetMiddleware,
  CostTracker,
  sqliteStore,
} from "langchain-otel/cost";

// A folder of this run only, so that the example prints the same each time. Yours would be a file that stays.
const folder = mkdtempSync(path.join(tmpdir(), "budget-"));
const tracker = new CostTracker({
  store: sqliteStore(path.join(folder, "spent.db")),
  // Only for models that have no published price, or another one for you. USD per million tokens.
  prices: { openai: { "gpt-5.4-mini": { input: 0.1, cacheRead: 0.01, output: 1 } } },
});
tracker.setBudget("guide", { maxUsd: 0.0003, per: "day" });
tracker.onThreshold(0.8, ({ agentName, spent, budget }) => {
  console.log(`${agentName} has spent ${spent} of ${budget} USD`);
});

// Tells the tracker what each call has cost, …
await new LangChainInstrumentation({ cost: tracker }).ready;

// … and this asks it before each call.
const agent = createAgent({
  name: "guide",
  model: new ChatOpenAI({ model: "gpt-5.4-mini", maxTokens: 50 }),
  tools: [],
  middleware: [budgetMiddleware(tracker)],
});

try {
  for (const country of ["France", "France", "France"]) {
    const question = `What is the capital of ${country}?`;
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: question }] });
    console.log(messages.at(-1)?.text);
  }
} catch (error) {
  const refused = BudgetExceededError.from(error);
  if (refused === undefined) throw error;
  console.log(refused.message);
}

const { numCalls, totalTokens, byModel } = tracker.getUsageSummary({ agentName: "guide" });
console.log({ numCalls, totalTokens, byModel });
console.log(tracker.checkBudget("guide"));

tracker.close();
rmSync(folder, { recursive: true });
