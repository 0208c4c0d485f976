import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  copyBelow,
  copyWith,
  launch,
  type Launch,
  type Place,
  repository,
  run,
  WITHOUT_SDK,
} from "../support/application.ts";
import { lineages, OtlpReceiver } from "../support/otlp-receiver.ts";

/** A caller that traces: what it sends along with its request. */
const CALLER = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await OtlpReceiver.listen();
});

afterEach(() => receiver.close());

function exporting(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    ...env,
  };
}

interface Answer {
  readonly content: string;
  readonly byFetch: string;
  readonly byRequest: string;
}

/** Starts an application that is a server, and asks it once. */
async function ask(
  place: Place,
  how: Launch,
): Promise<{ answer: Answer; stderr: string; code: number | null }> {
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
  ] as const)(
    "traces $script with $preload, from the first request on",
    async ({ script, preload }) => {
      const { answer, stderr, code } = await ask(place, { script, preload, env: exporting() });

      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      expect(lineages(receiver.spans)).toEqual(WHOLE);
      expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(
        new Set([CALLER.trace]),
      );

      const root = receiver.spans.find(({ parentSpanId }) => parentSpanId === CALLER.span);
      expect(root?.kind).toBe(2);
      const calls = receiver.spans.filter(
        ({ kind, parentSpanId }) => kind === 3 && parentSpanId === root?.spanId,
      );
      const sent = calls
        .filter(({ name }) => name === "GET")
        .map(({ spanId }) => `00-${CALLER.trace}-${spanId}-01`);
      expect([answer.byFetch, answer.byRequest].sort()).toEqual(sent.sort());
      expect(answer.content).toBe("Hello");
    },
  );

  test("sends the metrics of model calls and of HTTP to the same receiver", async () => {
    await ask(place, { script: "server.mjs", preload: "--import", env: exporting() });

    const names = new Set(receiver.metrics.map(({ name }) => name));
    expect([...names].sort()).toEqual([
      "gen_ai.client.operation.duration",
      "http.client.request.duration",
      "http.server.request.duration",
      "langchain.llm.calls",
    ]);
  });

  test("starts the SDK for a handler that the application has made itself, too", async () => {
    const handler = place.register.replace(/register(\.[tj]s)$/, "langchain/handler$1");
    const env = exporting({ HANDLER: handler });
    const { stdout, stderr } = await run(place, {
      script: "hands-over.mjs",
      preload: "--import",
      env,
    });

    expect({ stdout, stderr }).toEqual({ stdout: "Hello\n", stderr: "" });
    expect(
      receiver.spans.map(({ name, attributes }) => [name, attributes["gen_ai.agent.name"]]),
    ).toEqual([["gen_ai.chat", "mine"]]);
  });

  test.each([
    { script: "server-with-own-sdk.mjs", preload: "--import" },
    { script: "server-with-own-sdk.cjs", preload: "--require" },
  ] as const)(
    "leaves the SDK to the application that starts one, in $script",
    async ({ script, preload }) => {
      const { stderr, code } = await ask(place, { script, preload, env: exporting() });

      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      expect(lineages(receiver.spans)).toEqual(WHOLE);
      expect(new Set(receiver.spans.map(({ resource }) => resource["service.name"]))).toEqual(
        new Set(["own"]),
      );
      expect(new Set(receiver.metrics.map(({ name }) => name))).toContain(
        "http.server.request.duration",
      );
    },
  );

  test.each([
    { script: "server-with-own-sdk.mjs", preload: "--import" },
    { script: "server-with-own-sdk.cjs", preload: "--require" },
  ] as const)(
    "doubles no HTTP span of an application that instruments HTTP itself, in $script",
    async ({ script, preload }) => {
      const { answer, stderr } = await ask(place, {
        script,
        preload,
        env: exporting({ OWN_HTTP: "1" }),
      });

      expect(stderr).toBe("");
      // In ESM the application's own instrumentation does not reach `request`, a named import; that is not made up for.
      const reachesRequest = script.endsWith(".cjs");
      expect(lineages(receiver.spans)).toEqual(
        reachesRequest
          ? WHOLE
          : ["SERVER GET", ...WHOLE.filter((_, index) => index !== 2 && index !== 4)],
      );
      const ofHttp = receiver.spans.filter(({ name }) => name === "GET");
      expect(ofHttp.map(({ attributes }) => attributes["own"])).toEqual(ofHttp.map(() => true));
      expect(answer.byFetch).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    },
  );

  test("gives way to startTelemetry() in the application's first lines", async () => {
    const { stderr } = await ask(place, {
      script: "takes-over.mjs",
      preload: "--import",
      env: exporting(),
    });

    expect(stderr).toBe("");
    expect(lineages(receiver.spans)).toEqual(WHOLE);
    expect(new Set(receiver.spans.map(({ resource }) => resource["service.name"]))).toEqual(
      new Set(["taken-over"]),
    );
    const model = receiver.spans.filter(({ name }) => name === "gen_ai.chat");
    expect(model.map(({ attributes }) => attributes["taken"])).toEqual([true]);
  });

  test("says that the options of a startTelemetry() after the first span come too late", async () => {
    const late = { script: "starts-late.mjs", preload: "--import", env: exporting() } as const;
    const { stderr } = await run(place, late);

    expect(stderr).toBe(
      "langchain-otel: startTelemetry() was called when langchain-otel/register had started telemetry already, " +
        "with the first span; the options of this call have no effect. Call it in the application's first lines\n",
    );
  });

  test("does once what it is asked to do twice", async () => {
    const flags = ["--require", place.register];
    await ask(place, { script: "server.mjs", preload: "--import", flags, env: exporting() });

    expect(lineages(receiver.spans)).toEqual(WHOLE);
  });

  test("does once what two copies of the package are asked to do", async () => {
    const below = place.folder.includes("compat") ? "test/compat/sdk2" : "test/compat";
    const other = await copyBelow(below);
    const flags = ["--import", other.register];
    await ask(place, { script: "server.mjs", preload: "--import", flags, env: exporting() });
    await other.dispose();

    expect(lineages(receiver.spans)).toEqual(WHOLE);
  });

  test("traces a fetch that is the first thing of all", async () => {
    const env = exporting({ TARGET: `${receiver.url}/target` });
    await run(place, { script: "fetches.mjs", preload: "--import", env });

    expect(lineages(receiver.spans)).toEqual(["CLIENT GET"]);
    const target = receiver.requests.find(({ path }) => path === "/target");
    const [span] = receiver.spans;
    expect(target?.headers["traceparent"]).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  });

  test("counts no request of its own to the receiver", async () => {
    await run(place, { script: "flushes.mjs", preload: "--import", env: exporting() });

    expect(lineages(receiver.spans)).toEqual(["CLIENT gen_ai.chat"]);
    const names = ["gen_ai.client.operation.duration", "langchain.llm.calls"];
    expect(receiver.metrics.map(({ name }) => name)).toEqual([...names, ...names]);
  });

  test("names an application that has no name given after its package.json", async () => {
    await run(place, { script: "asks.mjs", preload: "--import", env: exporting() });

    const name = place.folder.includes("compat") ? "copied-application" : "langchain-otel";
    expect(receiver.spans.map(({ resource }) => resource["service.name"])).toEqual([name]);
  });

  test("says once that the port is that of the other protocol", async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4317", OTEL_LOG_LEVEL: "warn" };
    const { stderr } = await run(place, {
      script: "asks.mjs",
      preload: "--import",
      env: { ...env, OTEL_EXPORTER_OTLP_TIMEOUT: "1" },
    });

    expect(stderr.match(/port 4317 of the endpoint/g)).toHaveLength(1);
    // Neither is the logger that says so replaced by the SDK, which would be said too.
    expect(stderr).not.toContain("logger");
  });
});

describe("the end of a process", () => {
  const place = repository();
  const endless = {
    OTEL_BSP_EXPORT_TIMEOUT: "3600000",
    OTEL_EXPORTER_OTLP_TIMEOUT: "3600000",
    OTEL_METRICS_EXPORTER: "none",
  };
  /** No batch is sent before its time, so that what comes was sent at the end. */
  const patient = { OTEL_BSP_SCHEDULE_DELAY: "3600000" };

  test.each(["SIGTERM", "SIGINT"] as const)(
    "by %s is delayed for the last spans, and is by that signal",
    async (signal) => {
      const application = launch(place, {
        script: "waits.mjs",
        preload: "--import",
        env: exporting(patient),
      });
      await application.said(/waiting/);
      application.kill(signal);

      expect(await application.ended).toEqual({
        code: null,
        signal,
        stdout: "waiting\n",
        stderr: "",
      });
      expect(lineages(receiver.spans)).toEqual(["CLIENT gen_ai.chat"]);
    },
  );

  test("is left to the application that listens to the signal", async () => {
    const env = exporting({ ...patient, LISTENS: "1" });
    const application = launch(place, { script: "waits.mjs", preload: "--import", env });
    await application.said(/waiting/);
    application.kill("SIGTERM");

    expect(await application.ended).toEqual({
      code: 7,
      signal: null,
      stdout: "waiting\nheard\n",
      stderr: "",
    });
    expect(lineages(receiver.spans)).toEqual(["CLIENT gen_ai.chat"]);
  });

  test("is not held up by a library that raises the signal when it is alone in listening to it", async () => {
    const env = exporting({ ...patient, COUNTS: "1" });
    const application = launch(place, { script: "waits.mjs", preload: "--import", env });
    await application.said(/waiting/);
    application.kill("SIGTERM");

    expect(await application.ended).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  test("comes at once with a second signal", async () => {
    const silent = await SilentReceiver.listen();
    const env = exporting({
      ...patient,
      OTEL_EXPORTER_OTLP_ENDPOINT: silent.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: "3600000",
    });
    const application = launch(place, { script: "waits.mjs", preload: "--import", env });
    await application.said(/waiting/);
    application.kill("SIGTERM");
    await silent.asked;
    application.kill("SIGINT");

    // Not by SIGTERM, which is raised again only after the flush.
    expect(await application.ended).toMatchObject({ code: null, signal: "SIGINT" });
    await silent.close();
  });

  test("comes even when the receiver never answers", async () => {
    const silent = await SilentReceiver.listen();
    const env = exporting({
      ...patient,
      ...endless,
      OTEL_EXPORTER_OTLP_ENDPOINT: silent.url,
      OTEL_METRICS_EXPORTER: "none",
    });
    const application = launch(place, { script: "waits.mjs", preload: "--import", env });
    await application.said(/waiting/);
    application.kill("SIGTERM");

    expect(await application.ended).toMatchObject({ code: null, signal: "SIGTERM" });
    await silent.close();
  });

  test("comes even when the receiver never answers, and nothing but the last spans is left to do", async () => {
    const silent = await SilentReceiver.listen();
    const env = exporting({ ...endless, OTEL_EXPORTER_OTLP_ENDPOINT: silent.url });
    const ending = await run(place, { script: "asks.mjs", preload: "--import", env });

    expect(ending).toMatchObject({ code: 0, signal: null, stdout: "Hello\n" });
    await silent.close();
  });

  test("by process.exit() loses nothing after forceFlush()", async () => {
    const { code } = await run(place, {
      script: "exits.mjs",
      preload: "--import",
      env: exporting(patient),
    });

    expect(code).toBe(3);
    expect(lineages(receiver.spans)).toEqual(["CLIENT gen_ai.chat"]);
  });
});

describe("register, switched off", () => {
  const place = repository();
  const own = ["is-off", "package-manager", "register"];

  /** What was loaded, by name without extension, besides the application itself. */
  async function loaded(
    how: Launch,
  ): Promise<{ names: string[]; isPatched: boolean; sockets: string[]; stderr: string }> {
    const recorder = ["--require", `${place.fixtures}/loaded.cjs`];
    const { stdout, stderr } = await run(place, { ...how, flags: recorder });
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
      loaded: string[];
      isPatched: boolean;
      sockets: string[];
    };
    const names = [...new Set(last.loaded.map((file) => file.replace(/\.[cm]?[jt]s$/, "")))].sort();
    return { names, isPatched: last.isPatched, sockets: last.sockets, stderr };
  }

  test.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
    { OTEL_SDK_DISABLED: "true" },
    { OTEL_SDK_DISABLED: "TRUE" },
    { LANGCHAIN_OTEL_DISABLED: "true" },
  ])("loads and patches nothing with %o", async (env) => {
    for (const preload of ["--import", "--require"] as const) {
      expect(await loaded({ script: "nothing.mjs", preload, env })).toEqual({
        names: [...own, "nothing"].sort(),
        isPatched: false,
        sockets: [],
        stderr: "",
      });
    }
  });

  test.each([
    "npm-cli.js",
    "npx-cli.js",
    "npm",
    "pnpm.cjs",
    "yarn.js",
    "yarn-4.9.1.cjs",
    "corepack.js",
  ])("leaves %s alone", async (name) => {
    const folder = await mkdtemp(join(tmpdir(), "manager-"));
    const script = join(folder, name);
    await writeFile(script, "");
    const { names, isPatched } = await loaded({ script, preload: "--import" });
    await rm(folder, { recursive: true });

    expect({ names, isPatched }).toEqual({
      names: [...own, name.replace(/\.c?js$/, "")].sort(),
      isPatched: false,
    });
  });

  test("is patched otherwise, but has no SDK loaded before the first span", async () => {
    const { names, isPatched, stderr } = await loaded({
      script: "nothing.mjs",
      preload: "--import",
    });

    expect({ isPatched, stderr }).toEqual({ isPatched: true, stderr: "" });
    expect(names).toContain("http-gate");
    expect(names).not.toContain("sdk");
  });
});

describe("register without an SDK", () => {
  let place: Place;

  beforeAll(async () => {
    place = await copyWith(WITHOUT_SDK);
  });

  afterAll(() => place.dispose());

  test("says in one line what to install, and leaves the application as it is", async () => {
    const ending = await run(place, { script: "asks.mjs", preload: "--import", env: exporting() });

    expect(ending).toEqual({
      code: 0,
      signal: null,
      stdout: "Hello\n",
      stderr:
        "langchain-otel cannot start telemetry: @opentelemetry/sdk-node is not installed. " +
        "Run: npm i @opentelemetry/sdk-node\n",
    });
    expect(receiver.requests).toEqual([]);
  });

  test("says so only once, however many spans there are", async () => {
    const env = exporting({ TIMES: "3" });
    const { stdout, stderr } = await run(place, { script: "asks.mjs", preload: "--import", env });

    expect(stdout).toBe("Hello\n".repeat(3));
    expect(stderr.match(/cannot start telemetry/g)).toHaveLength(1);
  });

  test("says nothing as long as there is no span", async () => {
    const ending = await run(place, {
      script: "nothing.mjs",
      preload: "--import",
      env: exporting(),
    });

    expect(ending).toEqual({ code: 0, signal: null, stdout: "nothing\n", stderr: "" });
  });
});

describe("beside an SDK with an older API", () => {
  let older: Place;
  let mixed: Place;

  beforeAll(async () => {
    older = await copyBelow("test/compat/sdk2");
    const { register, sdk } = repository();
    mixed = { ...older, register, sdk };
  });

  afterAll(() => older.dispose());

  const message =
    "langchain-otel has no spans: the application's OpenTelemetry SDK uses @opentelemetry/api 1.9.1, and " +
    "langchain-otel a newer one, which does not see it. Run: npm i @opentelemetry/api@1.9.1";

  test("register says that the spans would be lost in silence", async () => {
    const server = { script: "server-with-own-sdk.mjs", preload: "--import" } as const;
    const { answer, stderr } = await ask(mixed, { ...server, env: exporting() });

    expect(answer.content).toBe("Hello");
    expect(stderr).toBe(`${message}\n`);
  });

  test("startTelemetry() throws", async () => {
    const { code, stderr } = await run(mixed, { script: "starts-beside.mjs", env: exporting() });

    expect(code).toBe(1);
    expect(stderr).toContain(`Error: ${message}\n`);
  });
});

/** A receiver that takes requests and never answers. */
class SilentReceiver {
  readonly asked: Promise<void>;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.asked = new Promise((resolve) => server.once("request", () => resolve()));
  }

  static async listen(): Promise<SilentReceiver> {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new SilentReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
