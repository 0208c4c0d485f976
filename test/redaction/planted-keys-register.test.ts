import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type Ending, repository, run } from "../support/application.ts";
import { OtlpReceiver } from "../support/otlp-receiver.ts";
import { type IndiscreetServer, startIndiscreetServer } from "./indiscreet-server.ts";
import { keyAt, KEYS } from "./planted-keys.ts";
import { leaks, payloads, saidByServer } from "./sent-payloads.ts";

const script = path.join(import.meta.dirname, "programs", "indiscreet.ts");

let server: IndiscreetServer;
let receiver: OtlpReceiver;

beforeAll(async () => {
  server = await startIndiscreetServer(saidByServer());
});
beforeEach(async () => {
  receiver = await OtlpReceiver.listen();
});
afterEach(() => receiver.close());
afterAll(() => server.close());

const CAPTURE = {
  none: "NO_CONTENT",
  span: "SPAN_ONLY",
  event: "EVENT_ONLY",
  both: "SPAN_AND_EVENT",
} as const;

/** Keys in what every program has: its environment and its command line. */
const SURROUNDINGS = {
  OTEL_RESOURCE_ATTRIBUTES: `team=blue,deploy.key=${encodeURIComponent(keyAt(0))},api_key=${"plain".repeat(3)}`,
  OTEL_BSP_MAX_QUEUE_SIZE: "100000",
};

function expectDone({ stdout, code }: Ending): void {
  expect({ stdout: stdout.trim().split("\n").at(-1), code }).toEqual({ stdout: "done", code: 0 });
}

describe("of thirty keys, wherever a program can put one, none leaves a process", () => {
  it.each(
    (["none", "span", "event", "both"] as const).flatMap((captureContent) =>
      (["", "gen_ai_latest_experimental"] as const).map(
        (optIn) => [captureContent, optIn] as const,
      ),
    ),
  )(
    "that is started with langchain-otel/register, with content %s and opt-in %j",
    async (captureContent, optIn) => {
      const env = {
        ...SURROUNDINGS,
        URL_OF_SERVER: server.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${keyAt(1)}`,
        OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: CAPTURE[captureContent],
        OTEL_SEMCONV_STABILITY_OPT_IN: optIn,
      };
      expectDone(await run(repository(), { script, preload: "--import", env }));

      const sent = payloads(receiver);
      expect(leaks(sent)).toEqual([]);
      // The receiver is told what it is to be told.
      expect(receiver.requests[0]?.headers["authorization"]).toBe(`Bearer ${keyAt(1)}`);
      for (const said of ["url.full", "own", "[redacted:key]", "gen_ai.operation.name"]) {
        expect(sent["traces"]?.includes(said)).toBe(true);
      }
      expect(sent["logs"]?.includes("own.event")).toBe(true);
      expect(sent["metrics"]?.includes("langchain.llm.calls")).toBe(true);
      for (const bytes of Object.values(sent)) expect(bytes.includes("plainplain")).toBe(false);
    },
  );

  it("that calls startTelemetry, with keys in its options and in its command line", async () => {
    const options = {
      endpoint: receiver.url,
      headers: { authorization: `Bearer ${keyAt(2)}`, "x-api-key": keyAt(3) },
      captureContent: "both",
      semconv: "next",
      agentName: `agent ${keyAt(4)}`,
      conversationId: keyAt(5),
      environment: `staging ${keyAt(6)}`,
      serviceName: `service ${keyAt(7)}`,
      attributes: { keys: KEYS.map(({ text }) => text), "app.password": "tiny-word" },
    };
    const flags = [`--conditions=${keyAt(8)}`];
    const env = { ...SURROUNDINGS, URL_OF_SERVER: server.url, OPTIONS: JSON.stringify(options) };
    expectDone(await run(repository(), { script, flags, env }));

    const sent = payloads(receiver);
    expect(leaks(sent)).toEqual([]);
    expect(receiver.requests[0]?.headers["x-api-key"]).toBe(keyAt(3));
    for (const bytes of Object.values(sent)) {
      expect(bytes.includes("service [redacted:key]")).toBe(true);
      expect(bytes.includes("tiny-word")).toBe(false);
    }
  });
});
