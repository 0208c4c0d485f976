import { ChatOpenAI } from "@langchain/openai";
import fc from "fast-check";
import { createAgent } from "langchain";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import { runRegistry } from "../../../src/langchain/run-registry.ts";
import { createTestTelemetry, type TestTelemetry } from "../../../src/testing/index.ts";
import { allEnded, counted, EndCounter, endings } from "../../support/ended-runs.ts";
import { type Fault, type FaultyServer, startFaultyServer } from "./faulty-server.ts";

let telemetry: TestTelemetry;
let instrumentation: LangChainInstrumentation;
let server: FaultyServer;
const counter = new EndCounter();

beforeAll(async () => {
  telemetry = createTestTelemetry({ spanProcessors: [counter] });
  server = await startFaultyServer();
  instrumentation = new LangChainInstrumentation();
  await instrumentation.ready;
});
afterEach(() => {
  telemetry.reset();
  counter.reset();
  logged.length = 0;
});
afterAll(async () => {
  instrumentation.disable();
  await server.close();
  telemetry.shutdown();
});

type How = "invoke" | "stream" | "broken off" | "agent";

let asked = 0;

/** What OpenAI's client would write on the console. */
const logged: string[] = [];
const log = (text: string): void => void logged.push(text);
const logger = { error: log, warn: log, info: log, debug: log };

/** Asks once; what is thrown is the application's and not looked at here. */
async function ask(how: How, fault: Fault): Promise<void> {
  const apiKey = ["sk", "test"].join("-");
  const model = new ChatOpenAI({
    model: "gpt-5.4-mini",
    apiKey,
    maxRetries: fault === "busy once" ? 1 : 0,
    ...(fault === "never begun" && { timeout: 100 }),
    configuration: { baseURL: server.url, logger },
  });
  asked += 1;
  const question = `question ${asked}\n${fault}`;
  try {
    if (how === "invoke") await model.invoke(question);
    else if (how === "stream") for await (const _ of await model.stream(question));
    else if (how === "broken off") for await (const _ of await model.stream(question)) break;
    else {
      const agent = createAgent({ model, tools: [], name: "helper" });
      await agent.invoke({ messages: [{ role: "user", content: question }] });
    }
  } catch {
    // Expected of most.
  }
}

/** How the call ends, and all that is above it. */
const ENDINGS: Readonly<Record<Fault, string>> = {
  none: "ok",
  slow: "ok",
  "never begun": "error TimeoutError",
  "busy once": "ok",
  busy: "error RateLimitError",
  dropped: "error APIConnectionError",
  half: "error SocketError",
  broken: "error InternalServerError",
  malformed: "error SyntaxError",
};

function expected(how: How, fault: Fault): string[] {
  const ending = how === "broken off" && ENDINGS[fault] === "ok" ? "cancelled" : ENDINGS[fault];
  const chat = `gen_ai.chat: ${ending}`;
  if (how !== "agent") return [chat];
  return [chat, `invoke_agent helper: ${ending}`, `node model_request: ${ending}`];
}

function expectedLog(how: How, fault: Fault): string[] {
  const isReadAsStream = how === "stream" && fault === "malformed";
  return isReadAsStream ? ["Could not parse message into JSON:", "From chunk:"] : [];
}

const ways: How[] = ["invoke", "stream", "agent"];
const faults = Object.keys(ENDINGS) as Fault[];

describe.each(faults)("an answer with the fault: %s", (fault) => {
  it.each(ways)("to %s", async (how) => {
    await ask(how, fault);
    await allEnded();
    expect(endings(telemetry)).toEqual(expected(how, fault));
    expect(logged).toEqual(expectedLog(how, fault));
  });
});

it("whatever goes wrong with answers that come at once, each run has its own end", async () => {
  const call = fc.record({
    how: fc.constantFrom<How>(...ways, "broken off"),
    fault: fc.constantFrom(...faults),
  });
  await fc.assert(
    fc
      .asyncProperty(fc.array(call, { minLength: 10, maxLength: 40 }), async (planned) => {
        // What reaches a reader before the connection breaks, nobody knows.
        const calls = planned.filter(
          ({ how, fault }) => how !== "broken off" || (fault !== "half" && fault !== "malformed"),
        );
        await Promise.all(calls.map(({ how, fault }) => ask(how, fault)));
        await allEnded();
        expect(runRegistry().size).toBe(0);
        expect(counter.counts()).toEqual(calls.length === 0 ? [] : [1]);
        expect(endings(telemetry)).toEqual(
          calls.flatMap(({ how, fault }) => expected(how, fault)).toSorted(),
        );
        expect(logged.toSorted()).toEqual(
          calls.flatMap(({ how, fault }) => expectedLog(how, fault)).toSorted(),
        );
        const counts = await counted(telemetry);
        expect(counts["langchain.sessions.active"] ?? 0).toBe(0);
        expect(sum(counts, "langchain.llm.calls")).toBe(calls.length);
        expect(sum(counts, "langchain.agent.runs")).toBe(
          calls.filter(({ how }) => how === "agent").length,
        );
      })
      .afterEach(() => {
        telemetry.reset();
        counter.reset();
        logged.length = 0;
      }),
    // Few, because LangChain waits a second before it tries again. The same plans each time, but in CI, where a seed
    // that fails is printed.
    { numRuns: 10, ...(process.env["CI"] === undefined && { seed: 20_260 }) },
  );
});

function sum(counts: Readonly<Record<string, number>>, metric: string): number {
  return Object.entries(counts)
    .filter(([name]) => name.startsWith(`${metric} `))
    .reduce((total, [, count]) => total + count, 0);
}
