import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startProviderServer } from "../../examples/demo/provider-server.ts";
import type { CapturedTrace } from "../../src/trace/index.ts";
import { lineages, OtlpReceiver } from "../support/otlp-receiver.ts";
import { node, steady } from "./program.ts";

const EXAMPLES = path.resolve(import.meta.dirname, "../../examples");

/** Without a key and a network. */
const OFFLINE = ["examples/offline.ts", process.execPath];

describe("an example that prints its spans", () => {
  test("callbacks.ts", async () => {
    const { code, stdout, stderr } = await node([...OFFLINE, "examples/callbacks.ts"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "The capital of France is Paris.
      A good choice, Lisbon. Take a light jacket for the evenings, and book the museum ahead: after eleven the queue goes round the block.

      Trace <trace id>
      Step                   Agent       Model           Time  Tokens in  out  written     Cost  Result
      gen_ai.chat            geographer  gpt-5.4-mini    time      1,430   73    1,408  $0.0014  ok
      Total of 1 model call                                        1,430   73    1,408  $0.0014

      Trace <trace id>
      Step                   Agent       Model           Time  Tokens in  out  cached     Cost  Result
      gen_ai.chat            geographer  gpt-5.4-mini    time      1,432   98   1,408  $0.0006  ok
      Total of 1 model call                                        1,432   98   1,408  $0.0006

      "
    `);
  });

  test("register-instrumentations.ts", async () => {
    const { code, stdout, stderr } = await node([
      ...OFFLINE,
      "examples/register-instrumentations.ts",
    ]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "The capital of France is Paris.
      A good choice, Lisbon. Take a light jacket for the evenings, and book the museum ahead: after eleven the queue goes round the block.

      Trace <trace id>
      Step                       Model           Time  Tokens in  out  cached  written     Cost  Result
      quiz                                       time                                            ok
      ├─ chain RunnableSequence                  time                                   $0.0014  ok
      │  └─ gen_ai.chat          gpt-5.4-mini    time      1,430   73            1,408  $0.0014  ok
      │     └─ POST                              time                                            ok
      └─ chain RunnableSequence                  time                                   $0.0006  ok
         └─ gen_ai.chat          gpt-5.4-mini    time      1,432   98   1,408           $0.0006  ok
            └─ POST                              time                                            ok
      Total of 2 model calls                               2,862  171   1,408    1,408  $0.0020

      "
    `);
  });

  test("benign-errors.ts", async () => {
    const { code, stdout, stderr } = await node(["examples/benign-errors.ts"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "Trace <trace id>
      Step                 Time  When                  Result
      a day in the shop    time  bar                   ok
      ├─ graph.approval    time  bar                   ok
      ├─ shop.answer       time  bar                   ok
      ├─ shop.order        time  bar                   ok
      └─ shop.pay          time  bar                   error
            card is not defined

      "
    `);
  });

  test("keep-interesting.ts, three of whose hundred traces are kept", async () => {
    const { code, stdout, stderr } = await node(["examples/keep-interesting.ts"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "Trace <trace id>
      Step               Time  When                  Result
      shop.question      time  bar                   ok
      └─ chain answer    time  bar                   error
            TypeError: stock is not defined

      Trace <trace id>
      Step               Time  When                  Result
      shop.question      time  bar                   ok
      └─ chain answer    time  bar                   ok

      Trace <trace id>
      Step             Time  Result
      shop.question    time  ok

      "
    `);
  });

  test("gates.ts, of which one waits and one blocks", async () => {
    const { code, stdout, stderr } = await node(["examples/gates.ts"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n").filter((line) => !line.includes("checkpoint"));
    expect(lines.slice(0, 7)).toEqual([
      "Done",
      "No: more than 100 euros",
      "gen_ai.evaluation.result {",
      "  'gen_ai.evaluation.name': 'politeness',",
      "  'gen_ai.evaluation.score.value': 0.2,",
      "  'gen_ai.evaluation.score.label': 'curt'",
      "}",
    ]);
    const results = lines.flatMap((line) => {
      const [, name, result] = /(gate [a-z ]+?) {2,}.* (\w+)$/.exec(line.trimEnd()) ?? [];
      return name === undefined ? [] : [`${name}: ${result}`];
    });
    // Those that start in the same millisecond have no order.
    expect(results.toSorted()).toEqual([
      "gate approval: interrupted",
      "gate approval: ok",
      "gate refund policy: blocked",
      "gate refund policy: ok",
      "gate refund policy: ok",
    ]);
  });

  test("plain-code.ts, with LangChain's runs", async () => {
    const { code, stdout, stderr } = await node([...OFFLINE, "examples/plain-code.ts"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(steady(stdout)).toMatchInlineSnapshot(`
      "The capital of France is Paris.
      A good choice, Lisbon. Take a light jacket for the evenings, and book the museum ahead: after eleven the queue goes round the block.

      Trace <trace id>
      Step                     Model           Time  Tokens in  out  cached  written     Cost  Result
      invoke_agent geographer                  time      2,862  171                   $0.0020  ok
      ├─ retrieval notes                       time                                            ok
      │  ├─ cache.get                          time                                            ok
      │  └─ cache.set                          time                                            ok
      ├─ gen_ai.chat           gpt-5.4-mini    time      1,430   73            1,408  $0.0014  ok
      └─ gen_ai.chat           gpt-5.4-mini    time      1,432   98   1,408           $0.0006  ok
      Total of 2 model calls                             2,862  171   1,408    1,408  $0.0020

      "
    `);
  });

  test("capture-trace.ts, as JSON", async () => {
    const { code, stdout, stderr } = await node([...OFFLINE, "examples/capture-trace.ts"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [, answer, printed = "", rest] = /^(.*)\n(\{.*\n\})\n(.*)$/s.exec(stdout) ?? [];
    expect(answer).toBe("The capital of France is Paris.");
    const captured = JSON.parse(printed) as CapturedTrace;
    expect(captured.agent).toBe("geographer");
    expect(captured.spans.map(({ name, parent_span_id: parent }) => [name, parent])).toEqual([
      ["GET /capital", null],
      ["gen_ai.chat", captured.spans[0]?.span_id],
    ]);
    expect(rest?.split("\n")).toEqual([
      `http://localhost:16686/trace/${captured.trace_id}`,
      "Paris: gen_ai.chat",
      "Lisbon: gen_ai.chat",
      "Rome: gen_ai.chat",
      "4 traces are kept",
      "",
    ]);
  });
});

test("budget.ts makes no call when the budget is spent", async () => {
  const { code, stdout, stderr } = await node([...OFFLINE, "examples/budget.ts"]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatchInlineSnapshot(`
    "The capital of France is Paris.
    guide has spent 0.00030528 of 0.0003 USD
    The capital of France is Paris.
    The budget of "guide" is spent: 0.00030528 of 0.0003 USD per day
    {
      numCalls: 2,
      totalTokens: 3006,
      byModel: { 'gpt-5.4-mini': { cost: 0.00030528, calls: 2, tokens: 3006 } }
    }
    {
      hasBudget: true,
      budget: 0.0003,
      spent: 0.00030528,
      remaining: 0,
      exceeded: true
    }
    "
  `);
});

describe("an example that sends its spans", () => {
  let receiver: OtlpReceiver;
  let env: Record<string, string>;
  beforeEach(async () => {
    receiver = await OtlpReceiver.listen();
    env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" };
  });
  afterEach(() => receiver.close());

  /** Input, output, cache read and cache write tokens of each model call. */
  const tokens = () =>
    receiver.spans
      .filter(({ name }) => name === "gen_ai.chat")
      .map(({ attributes }) =>
        [
          "input_tokens",
          "output_tokens",
          "cache_read.input_tokens",
          "cache_creation.input_tokens",
        ].map((name) => attributes[`gen_ai.usage.${name}`]),
      );
  const metricNames = () => [...new Set(receiver.metrics.map(({ name }) => name))].sort();

  test("zero-code.mjs", async () => {
    const register = ["--import", "langchain-otel/register", "examples/zero-code.mjs"];
    const ending = await node([...OFFLINE, ...register], { env });

    expect(ending).toEqual({ code: 0, stdout: "The capital of France is Paris.\n", stderr: "" });
    expect(lineages(receiver.spans)).toEqual([
      "CLIENT gen_ai.chat",
      "CLIENT gen_ai.chat > CLIENT POST",
    ]);
    expect(tokens()).toEqual([[1432, 9, 0, 1408]]);
    expect(metricNames()).toContain("gen_ai.client.token.usage");
    expect(receiver.spans[0]?.resource["service.name"]).toBe("langchain-otel");
  });

  test("zero-code.mjs sends nothing when it is started as any program is", async () => {
    const ending = await node([...OFFLINE, "examples/zero-code.mjs"], { env });

    expect(ending).toEqual({ code: 0, stdout: "The capital of France is Paris.\n", stderr: "" });
    expect(receiver.requests).toEqual([]);
  });

  test("serverless.ts, which has sent all before it is stopped", async () => {
    const ending = await node([...OFFLINE, "examples/serverless.ts"], { env });

    expect(ending).toEqual({ code: 0, stdout: "The capital of France is Paris.\n", stderr: "" });
    expect(lineages(receiver.spans)).toEqual([
      "CLIENT gen_ai.chat",
      "CLIENT gen_ai.chat > CLIENT POST",
    ]);
    expect(tokens()).toEqual([[1430, 73, 0, 1408]]);
    expect(metricNames()).toContain("gen_ai.client.operation.duration");
    expect(receiver.spans[0]?.resource["service.name"]).toBe("capital-function");
  });

  test("serverless.ts answers without a receiver when telemetry is off", async () => {
    const ending = await node([...OFFLINE, "examples/serverless.ts"], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
    });

    expect(ending).toEqual({ code: 0, stdout: "The capital of France is Paris.\n", stderr: "" });
  });

  test("langgraph-dev, whose graph is traced in a process that NODE_OPTIONS reaches", async () => {
    const { graphs } = json("langgraph-dev/langgraph.json") as { graphs: Record<string, string> };
    const [file, name] = graphs["weather"]?.split(":") ?? [];
    const program = `
      import * as module from ${JSON.stringify(file)};
      const messages = [{ role: "user", content: "What is the weather in Lisbon?" }];
      const answer = await module[${JSON.stringify(name)}].invoke({ messages });
      console.log(answer.messages.at(-2).text);
    `;
    const provider = await startProviderServer({ pace: 0 });
    const ending = await node(["--input-type=module", "--eval", program], {
      folder: "examples/langgraph-dev",
      env: {
        ...env,
        NODE_OPTIONS: "--import=langchain-otel/register",
        OPENAI_BASE_URL: `${provider.url}/v1`,
        OPENAI_API_KEY: "none",
      },
    });
    await provider.close();

    expect(ending).toEqual({ code: 0, stdout: "It is sunny in Lisbon, 24 degrees\n", stderr: "" });
    const asks = "INTERNAL invoke_agent > INTERNAL node model_request";
    expect(lineages(receiver.spans)).toEqual([
      "INTERNAL invoke_agent",
      asks,
      asks,
      `${asks} > CLIENT gen_ai.chat`,
      `${asks} > CLIENT gen_ai.chat`,
      `${asks} > CLIENT gen_ai.chat > CLIENT POST`,
      `${asks} > CLIENT gen_ai.chat > CLIENT POST`,
      "INTERNAL invoke_agent > INTERNAL node tools",
      "INTERNAL invoke_agent > INTERNAL node tools > INTERNAL execute_tool get_weather",
    ]);
  });
});

describe("offline.ts", () => {
  test("hands on how the command ended", async () => {
    const { code } = await node([...OFFLINE, "--eval", "process.exit(7)"]);

    expect(code).toBe(7);
  });

  test("says in one line when the command is missing", async () => {
    expect(await node(["examples/offline.ts"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "Usage: node examples/offline.ts <command> [arguments]\n",
    });
  });

  test("says in one line when there is no such command", async () => {
    expect(await node(["examples/offline.ts", "no-such-command"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "examples/offline.ts: spawn no-such-command ENOENT\n",
    });
  });
});

describe("the examples' README", () => {
  const readme = read("README.md");
  const listed = [...readme.matchAll(/^\| `([^`]+)` +\|.*\| `?(.*?)`? +\|$/gm)]
    .map(([, name = "", how = ""]) => ({ name, how }))
    .filter(({ name }) => !name.includes("_"));

  test("lists every example", () => {
    const names = readdirSync(EXAMPLES, { withFileTypes: true })
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => name !== "README.md" && name !== "offline.ts");

    expect(listed.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test.each(listed.filter(({ name }) => !name.endsWith("/")))(
    "starts $name as the file itself says",
    ({ name, how }) => {
      expect(read(name).replaceAll(/ \\\n \*\s+/g, " ")).toContain(how);
    },
  );
});

describe("the Next.js example", () => {
  interface Manifest {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  }
  const manifest = json("nextjs/package.json") as Manifest;
  const root = json("../package.json") as Manifest;

  test("uses the versions that this package is tested with", () => {
    const shared = Object.entries({ ...root.devDependencies, [root.name]: root.version }).filter(
      ([name]) => Object.hasOwn(manifest.dependencies, name),
    );

    expect(shared.length).toBeGreaterThan(5);
    expect(manifest.dependencies).toMatchObject(Object.fromEntries(shared));
  });

  test("has exact versions, and a lock file that is in step with them", () => {
    const lock = json("nextjs/package-lock.json") as { packages: Record<string, Manifest> };
    const { dependencies, devDependencies } = lock.packages[""] ?? {};

    expect({ dependencies, devDependencies }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    });
    for (const version of Object.values({ ...dependencies, ...devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test("leaves all LangChain packages that it uses out of the bundle", () => {
    const config = read("nextjs/external/next.config.ts");
    const names = Object.keys(manifest.dependencies).filter((name) => name.includes("langchain"));

    expect(names.filter((name) => !config.includes(`"${name}"`))).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(path.join(EXAMPLES, file), "utf8");
}

function json(file: string): unknown {
  return JSON.parse(read(file));
}
