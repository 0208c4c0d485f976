import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { copyBelow, launch, type Launch, type Place, repository, run } from "../support/application.ts";
import { lineages, OtlpReceiver } from "../support/otlp-receiver.ts";

/** A caller that traces: what it sends along with its request. */
const CALLER = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await OtlpReceiver.listen();
});

afterEach(() => receiver.close());

function exporting(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", ...env };
}

interface Answer {
  readonly content: string;
  readonly byFetch: string;
  readonly byRequest: string;
}

/** Starts an application that is a server, and asks it once. */
async function ask(place: Place, how: Launch): Promise<{ answer: Answer; stderr: string; code: number | null }> {
  const application = launch(place, how);
  const [, port] = await application.said(/port (\d+)/);
  const response = await fetch(`http://127.0.0.1:${port}/ask`, {
    headers: { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` },
  });
  const answer = (await response.json()) as Answer;
  const { stderr, code } = await application.ended;
  return { answer, stderr, code };
}

/** The spans of one asked server, when each of its requests is a span of the server and of the client. */
const WHOLE = [
  "SERVER GET",
  "SERVER GET > CLIENT GET",
  "SERVER GET > CLIENT GET",
  "SERVER GET > CLIENT GET > SERVER GET",
  "SERVER GET > CLIENT GET > SERVER GET",
  "SERVER GET > CLIENT gen_ai.chat",
];

describe.each([
  { line: "SDK 3", place: repository },
  { line: "SDK 2", place: () => copyBelow("test/compat/sdk2") },
])("register with $line", ({ place: make }) => {
  let place: Place;

  beforeAll(async () => {
    place = await make();
  });

  afterAll(() => place.dispose());

  test.each([
    { script: "server.mjs", preload: "--import" },
    { script: "server.mjs", preload: "--require" },
    { script: "server.cjs", preload: "--import" },
    { script: "server.cjs", preload: "--require" },
  ] as const)("traces $script with $preload, from the first request on", async ({ script, preload }) => {
    const { answer, stderr, code } = await ask(place, { script, preload, env: exporting() });

    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(lineages(receiver.spans)).toEqual(WHOLE);
    expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set([CALLER.trace]));

    const root = receiver.spans.find(({ parentSpanId }) => parentSpanId === CALLER.span);
    expect(root?.kind).toBe(2);
    const calls = receiver.spans.filter(({ kind, parentSpanId }) => kind === 3 && parentSpanId === root?.spanId);
    const sent = calls.filter(({ name }) => name === "GET").map(({ spanId }) => `00-${CALLER.trace}-${spanId}-01`);
    expect([answer.byFetch, answer.byRequest].sort()).toEqual(sent.sort());
    expect(answer.content).toBe("Hello");
  });

  test("sends the metrics of model calls and of HTTP to the same receiver", async () => {
    await ask(place, { script: "server.mjs", preload: "--import", env: exporting() });

    const names = new Set(receiver.metrics.map(({ name }) => name));
    expect([...names].sort()).toEqual([
      "gen_ai.client.operation.duration",
      "http.client.request.duration",
      "http.server.request.duration",
    ]);
  });

  test.each([
    { script: "server-with-own-sdk.mjs", preload: "--import" },
    { script: "server-with-own-sdk.cjs", preload: "--require" },
  ] as const)("leaves the SDK to the application that starts one, in $script", async ({ script, preload }) => {
    const { stderr, code } = await ask(place, { script, preload, env: exporting() });

    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(lineages(receiver.spans)).toEqual(WHOLE);
    expect(new Set(receiver.spans.map(({ resource }) => resource["service.name"]))).toEqual(new Set(["own"]));
    expect(new Set(receiver.metrics.map(({ name }) => name))).toContain("http.server.request.duration");
  });

  test.each([
    { script: "server-with-own-sdk.mjs", preload: "--import" },
    { script: "server-with-own-sdk.cjs", preload: "--require" },
  ] as const)("doubles no HTTP span of an application that instruments HTTP itself, in $script", async ({ script, preload }) => {
    const { answer, stderr } = await ask(place, { script, preload, env: exporting({ OWN_HTTP: "1" }) });

    expect(stderr).toBe("");
    // In ESM the application's own instrumentation does not reach `request`, a named import; that is not made up for.
    const reachesRequest = script.endsWith(".cjs");
    expect(lineages(receiver.spans)).toEqual(
      reachesRequest ? WHOLE : ["SERVER GET", ...WHOLE.filter((_, index) => index !== 2 && index !== 4)],
    );
    expect(answer.byFetch).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
  });
});
