import { describe, expect, test } from "vitest";

import { startProviderServer } from "../../examples/demo/provider-server.ts";
import { type Ending, node, steady } from "./program.ts";

const KEY = ["any", "key"].join("-");

function demo(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ending> {
  return node(["examples/demo/main.ts", ...args], { env });
}

/** The demo with a provider of the test's in the place of the real ones. */
async function live(env: Record<string, string>): Promise<Ending> {
  const server = await startProviderServer({ pace: 0 });
  try {
    return await demo(["--live"], {
      OPENAI_BASE_URL: `${server.url}/v1`,
      ANTHROPIC_BASE_URL: server.url,
      ...env,
    });
  } finally {
    await server.close();
  }
}

describe("the demo", () => {
  test("shows the conversation, its trace and its metrics, without colours in a file", async () => {
    const { code, stdout, stderr } = await demo();

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "An agent with tools, a retriever and a sub-agent; langchain-otel watches.
      OpenAI and Anthropic are played by a server on this machine: no network, no key.

      You       What is the weather in Lisbon tomorrow, and what is worth seeing there?
      Tool      find_sights: The tile museum of Lisbon has a new exhibition. The best view of Lisbon is
                the one from the castle.
      Tool      ask_weather_expert: Tomorrow it is sunny in Lisbon, 24 degrees. No rain is in sight.
      Planner   A good choice, Lisbon. The tile museum of Lisbon has a new exhibition. The best view of
                Lisbon is the one from the castle. Tomorrow it is sunny in Lisbon, 24 degrees. No rain is
                in sight. Take a light jacket for the evenings, and book the museum ahead: after eleven
                the queue goes round the block.
      Reviewer  In short: the plan holds, the budget is enough, and only the date of the first step is
                still open.

      What langchain-otel saw: one trace, made of spans; each stands below its cause
      invoke_agent is an agent or a sub-agent, node one of its steps, execute_tool a
      tool, retrieval a retriever, gen_ai.chat a model call, POST its HTTP request.
      Tokens in contains, where there is room for them, cached (read from the prompt
      cache) and written (put there). Tokens and cost of an agent are those of all model
      calls below it. A wide window has bars too, of what went on when.

      Trace <trace id>
      Step                                        Model              Time  Tokens in  out     Cost  Result
      plan a trip                                                    time                           ok
      ├─ invoke_agent trip_planner                                   time      6,087  259  $0.0091  ok
      │  ├─ node model_request                                       time                  $0.0015  ok
      │  │  └─ gen_ai.chat                        gpt-5.4-mini       time      1,473   90  $0.0015  ok
      │  │     └─ POST                                               time                           ok
      │  ├─ node tools                                               time                           ok
      │  │  └─ execute_tool find_sights                              time                           ok
      │  │     └─ retrieval CityGuide                                time                           ok
      │  ├─ node tools                                               time                  $0.0067  ok
      │  │  └─ execute_tool ask_weather_expert                       time                  $0.0067  ok
      │  │     └─ invoke_agent weather_expert                        time      2,984   30  $0.0067  ok
      │  │        ├─ node model_request                              time                  $0.0056  ok
      │  │        │  └─ gen_ai.chat               claude-sonnet-…    time      1,460   13  $0.0056  ok
      │  │        │     └─ POST                                      time                           ok
      │  │        ├─ node tools                                      time                           ok
      │  │        │  └─ execute_tool get_weather                     time                           ok
      │  │        └─ node model_request                              time                  $0.0010  ok
      │  │           └─ gen_ai.chat               claude-sonnet-…    time      1,524   17  $0.0010  ok
      │  │              └─ POST                                      time                           ok
      │  └─ node model_request                                       time                  $0.0009  ok
      │     └─ gen_ai.chat                        gpt-5.4-mini       time      1,630  139  $0.0009  ok
      │        └─ POST                                               time                           ok
      └─ gen_ai.chat                              claude-sonnet-…    time      1,507   25  $0.0060  ok
         └─ POST                                                     time                           ok
      Total of 5 model calls                                                   7,594  284  $0.0150

      What the model calls cost, in US dollars

      by agent
        trip_planner                       $0.002407
        weather_expert                     $0.006656
        none                               $0.005952
      by tool, the agents inside included
        ask_weather_expert                 $0.006656
        find_sights                                -
        get_weather                                -
      total                                $0.015016

      The same numbers as metrics, added up for dashboards and alerts

                                        gpt-5.4-mini  claude-sonnet-4-5
      gen_ai.client.token.usage
        input                                  3,103              4,491
        output                                   229                 55
        cache_read (part of input)             1,408              1,408
        cache_creation (part of input)         1,408              2,816
      gen_ai.client.operation.duration
        calls                                      2                  3
        average                                 time               time
      gen_ai.client.operation.time_to_first_chunk
        average                                 time               time

                                             calls     average
      gen_ai.invoke_agent.duration
        weather_expert                           1        time
        trip_planner                             1        time
      gen_ai.execute_tool.duration
        find_sights                              1        time
        get_weather                              1        time
        ask_weather_expert                       1        time

      Next: README.md has three ways to attach it to a program of yours.
      "
    `);
  });

  test("says that there is a key, and does not use it", async () => {
    const { code, stdout } = await demo([], {
      OPENAI_API_KEY: KEY,
      ANTHROPIC_API_KEY: KEY,
      // Nobody is there.
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
    });

    expect(code).toBe(0);
    expect(stdout.split("\n").slice(1, 3)).toEqual([
      "OpenAI and Anthropic are played by a server on this machine: no network, no key.",
      "OPENAI_API_KEY and ANTHROPIC_API_KEY are set. To ask the real models: npm run demo -- --live",
    ]);
  });

  test("asks the real providers with --live, and the models that the environment names", async () => {
    const { code, stdout, stderr } = await live({
      OPENAI_API_KEY: KEY,
      ANTHROPIC_API_KEY: KEY,
      OPENAI_MODEL: "gpt-of-mine",
      ANTHROPIC_MODEL: "claude-of-mine",
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").slice(1, 4)).toEqual([
      "OpenAI is the real one.",
      "Anthropic is the real one.",
      "",
    ]);
    expect(rows(stdout)).toEqual([
      "│  │  └─ gen_ai.chat gpt-of-mine",
      "│  │        │  └─ gen_ai.chat claude-of-mine",
      "│  │           └─ gen_ai.chat claude-of-mine",
      "│     └─ gen_ai.chat gpt-of-mine",
      "└─ gen_ai.chat claude-of-mine",
    ]);
  });

  test("has the provider played whose key is not set", async () => {
    const { code, stdout } = await live({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_MODEL: "busy" });

    expect(code).toBe(1);
    expect(stdout.split("\n").slice(1, 3)).toEqual([
      "Anthropic is the real one.",
      "OpenAI is played by a server on this machine: OPENAI_API_KEY is not set.",
    ]);
  });

  test("shows what was traced of a run that failed, and why it did", async () => {
    const { code, stdout, stderr } = await live({ OPENAI_API_KEY: KEY, OPENAI_MODEL: "busy" });

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "The run failed: 503 The engine is currently overloaded, please try again later.\n",
    });
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "An agent with tools, a retriever and a sub-agent; langchain-otel watches.
      OpenAI is the real one.
      Anthropic is played by a server on this machine: ANTHROPIC_API_KEY is not set.

      You       What is the weather in Lisbon tomorrow, and what is worth seeing there?

      What langchain-otel saw: one trace, made of spans; each stands below its cause
      invoke_agent is an agent or a sub-agent, node one of its steps, execute_tool a
      tool, retrieval a retriever, gen_ai.chat a model call, POST its HTTP request.
      Tokens in contains, where there is room for them, cached (read from the prompt
      cache) and written (put there). Tokens and cost of an agent are those of all model
      calls below it. A wide window has bars too, of what went on when.

      Trace <trace id>
      Step                          Model    Time  When                  Result
      plan a trip                            time  bar                   error
      └─ invoke_agent trip_planner           time  bar                   error
         │  InternalServerError: 503 The engine is currently overloaded, please try again later.
         └─ node model_request               time  bar                   error
            │  InternalServerError: 503 The engine is currently overloaded, please try again later.
            └─ gen_ai.chat          busy     time  bar                   error
               │  InternalServerError: 503 The engine is currently overloaded, please try again later.
               ├─ POST                       time  bar                   error
               │     503
               └─ POST                       time  bar                   error
                     503
      Total of 1 model call

      What the model calls cost, in US dollars

      by agent
        trip_planner                               -
      total                                        -

      The same numbers as metrics, added up for dashboards and alerts

                                              busy
      gen_ai.client.token.usage
        input                                    -
        output                                   -
        cache_read (part of input)               -
        cache_creation (part of input)           -
      gen_ai.client.operation.duration
        calls                                    1
        average                               time
      gen_ai.client.operation.time_to_first_chunk
        average                                  -

                                             calls     average
      gen_ai.invoke_agent.duration
        trip_planner                             1        time

      "
    `);
  });

  test.each([
    { args: ["--live"], env: {} },
    { args: ["--live"], env: { OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "" } },
  ])("says in one line that --live needs a key", async ({ args, env }) => {
    expect(await demo(args, env)).toEqual({
      code: 2,
      stdout: "",
      stderr: "--live needs OPENAI_API_KEY or ANTHROPIC_API_KEY, neither is set\n",
    });
  });

  test("explains itself", async () => {
    const { code, stdout, stderr } = await demo(["--help"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: npm run demo [-- --live]

      Runs an agent with tools, a retriever and a sub-agent on this machine, and prints
      what OpenTelemetry gets to see of it.

        --live   ask the real models, of the providers whose key is set:
                 OPENAI_API_KEY (model: OPENAI_MODEL), ANTHROPIC_API_KEY (model: ANTHROPIC_MODEL)
        --help   print this
      "
    `);
  });

  test.each([
    { args: ["--lvie"], complaint: "Unknown option '--lvie'" },
    { args: ["live"], complaint: "Unexpected argument 'live'" },
    { args: ["--live=yes"], complaint: "Option '--live' does not take an argument" },
  ])("refuses $args", async ({ args, complaint }) => {
    const { code, stdout, stderr } = await demo(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n").slice(0, 3)).toEqual([
      complaint,
      "",
      "Usage: npm run demo [-- --live]",
    ]);
  });
});

/** Places and models of the model calls. */
function rows(printed: string): string[] {
  return printed
    .split("\n")
    .map((line) => /^(.*[├└]─ gen_ai\.chat) +(\S+)/.exec(line))
    .flatMap((found) => (found === null ? [] : [`${found[1]} ${found[2]}`]));
}
