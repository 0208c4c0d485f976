/**
 * Shows: telemetry without a line of code. This is a plain LangChain program; all is in how it is started:
 *
 *     node --import langchain-otel/register examples/zero-code.mjs
 *
 * It sends to http://localhost:4318 unless OTEL_EXPORTER_OTLP_ENDPOINT says otherwise. To see the spans in the terminal,
 * with no receiver, no key and no network:
 *
 *     OTEL_TRACES_EXPORTER=console OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none \
 *       node examples/offline.ts node --import langchain-otel/register examples/zero-code.mjs
 */
import { ChatAnthropic } from "@langchain/anthropic";

const model = new ChatAnthropic({ model: "claude-sonnet-4-5" });
const answer = await model.invoke("What is the capital of France?");
console.log(answer.text);
