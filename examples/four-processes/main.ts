/**
 * Shows: one trace across processes. Four of them answer a question: an HTTP entry, a coordinator agent, a specialist
 * agent and a server of tools.
 *
 *     entry ──HTTP──▶ coordinator ──HTTP or NATS──▶ specialist ──MCP──▶ tools
 *
 *     node examples/four-processes/main.ts           (no key, no network)
 *     node examples/four-processes/main.ts --nats    (needs `nats-server` on the PATH)
 *
 * This program starts them, asks one question, collects the spans that each of them exports on its own, and prints the
 * trace. It ends with 1 when that is not one trace with everything in it, with 2 when it cannot begin.
 */
import { startProviderServer } from "../demo/provider-server.ts";
import { startCollector } from "./collector.ts";
import { startNats } from "./nats.ts";
import { startProcess } from "./process.ts";
import type { RunningProcess } from "./process.ts";
import { faultsOf, printTrace } from "./trace-report.ts";

const QUESTION = "What is the weather in Lisbon tomorrow, and what is worth seeing there?";
const SERVICES = ["entry", "coordinator", "specialist", "tools"];

const flags = process.argv.slice(2);
const unknown = flags.find((flag) => flag !== "--nats");
if (unknown !== undefined) {
  console.error(`Unknown option ${unknown}. Usage: node examples/four-processes/main.ts [--nats]`);
  process.exit(2);
}

const provider = await startProviderServer({ pace: 0.2 });
const collector = await startCollector();
const nats = flags.includes("--nats") ? await startNats() : undefined;
const running: RunningProcess[] = [];

async function start(name: string, peers: Record<string, string> = {}): Promise<string> {
  const started = await startProcess(name, {
    ...peers,
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: "none",
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    ...(nats && { NATS_URL: nats.url }),
  });
  running.push(started);
  return started.url;
}

try {
  // The specialist starts the server of tools itself, which speaks MCP over standard input and output.
  const specialist = await start("specialist");
  const coordinator = await start("coordinator", { SPECIALIST_URL: specialist });
  const entry = await start("entry", { COORDINATOR_URL: coordinator });

  const response = await fetch(entry, { method: "POST", body: QUESTION });
  const answer = await response.text();
  if (!response.ok) throw new Error(`The entry answered ${response.status}: ${answer}`);
  console.log(`You: ${QUESTION}\n\nCoordinator: ${answer}\n`);
} finally {
  // Each sends what it still has when it is told to stop, those first that ask others.
  for (const started of running.toReversed()) await started.stop();
  await Promise.all([provider.close(), collector.close(), nats?.stop()]);
}

const spans = collector.spans();
printTrace(spans);
const faults = faultsOf(spans, SERVICES);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`\nOne trace: ${spans.length} spans of ${SERVICES.length} processes.`);
