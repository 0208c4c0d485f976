/**
 * The demo: `npm run demo`. An agent with tools, a retriever and a sub-agent, with real OpenAI and Anthropic clients; what
 * langchain-otel saw of it; and what to do next. Without `--live` a server on this machine plays the providers: no network, no key.
 */
import { parseArgs, styleText } from "node:util";

import { costTable } from "./cost-table.ts";
import { metricsTable } from "./metrics-table.ts";
import { type Cast, castModels, MissingKeyError } from "./models.ts";
import { startDemoTelemetry } from "./telemetry.ts";
import { planTrip } from "./trip.ts";

const USAGE = `Usage: npm run demo [-- --live]

Runs an agent with tools, a retriever and a sub-agent on this machine, and prints
what OpenTelemetry gets to see of it.

  --live   ask the real models, of the providers whose key is set:
           OPENAI_API_KEY (model: OPENAI_MODEL), ANTHROPIC_API_KEY (model: ANTHROPIC_MODEL)
  --help   print this
`;

const EXPLANATION = [
  "invoke_agent is an agent or a sub-agent, node one of its steps, execute_tool a",
  "tool, retrieval a retriever, gen_ai.chat a model call, POST its HTTP request.",
  "Tokens in contains, where there is room for them, cached (read from the prompt",
  "cache) and written (put there). Tokens and cost of an agent are those of all model",
  "calls below it. A wide window has bars too, of what went on when.",
  "",
];

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const flags = readFlags(args);
  if (typeof flags === "string") {
    process.stderr.write(`${flags}\n\n${USAGE}`);
    return 2;
  }
  if (flags.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  let cast: Cast;
  try {
    cast = await castModels({ live: flags.live, env: process.env });
  } catch (error) {
    if (!(error instanceof MissingKeyError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  try {
    return await run(cast);
  } finally {
    await cast.close();
  }
}

async function run(cast: Cast): Promise<number> {
  const telemetry = startDemoTelemetry();
  say("An agent with tools, a retriever and a sub-agent; langchain-otel watches.", "bold");
  for (const note of cast.notes) say(note, "dim");
  process.stdout.write("\n");
  let failure: string | undefined;
  try {
    await planTrip(cast);
  } catch (error) {
    failure = error instanceof Error ? error.message.split("\n")[0] : String(error);
  }
  say("\nWhat langchain-otel saw: one trace, made of spans; each stands below its cause", "bold");
  for (const line of EXPLANATION) say(line, "dim");
  const { spans, metrics } = await telemetry.finish();
  say("What the model calls cost, in US dollars\n", "bold");
  process.stdout.write(`${costTable(spans)}\n`);
  say("The same numbers as metrics, added up for dashboards and alerts\n", "bold");
  process.stdout.write(`${metricsTable(metrics)}\n`);
  if (failure !== undefined) {
    process.stderr.write(`The run failed: ${failure}\n`);
    return 1;
  }
  say("Next: README.md has three ways to attach it to a program of yours.");
  return 0;
}

function readFlags(args: string[]): { live: boolean; help: boolean } | string {
  try {
    const { values } = parseArgs({
      args,
      options: { live: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
    return { live: values.live ?? false, help: values.help ?? false };
  } catch (error) {
    // "Unknown option '--x'. To specify a positional argument starting with …": the first sentence is enough.
    return (error as Error).message.split(". ")[0] ?? "";
  }
}

/** A line; colour only where the terminal has it and `NO_COLOR` is not set. */
function say(line: string, style?: "bold" | "dim"): void {
  process.stdout.write(`${style === undefined ? line : styleText(style, line)}\n`);
}
