import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { TelemetryOptions } from "../../src/sdk/index.ts";
import {
  copyBelow,
  copyWith,
  type Ending,
  launch,
  type Place,
  repository,
  run,
  WITHOUT_SDK,
} from "../support/application.ts";
import { lineages, OtlpReceiver, type OtlpRequest } from "../support/otlp-receiver.ts";

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await OtlpReceiver.listen();
});

afterEach(() => receiver.close());

/** By the service that it came from. */
function byService({
  name,
  resource,
}: {
  name: string;
  resource: Readonly<Record<string, unknown>>;
}): string {
  return `${String(resource["service.name"])}: ${name}`;
}

function ofBoth(names: readonly string[]): string[] {
  return ["first", "second"].flatMap((service) => names.map((name) => `${service}: ${name}`));
}

/** Runs an application that starts telemetry with these options, one after the other. */
function starting(
  place: Place,
  options: readonly TelemetryOptions[],
  env: Record<string, string> = {},
): Promise<Ending> {
  return run(place, { script: "starts.mjs", env: { OPTIONS: JSON.stringify(options), ...env } });
}

function kinds(requests: readonly OtlpRequest[]): string[] {
  return requests.map(({ path, headers }) => `${path} ${headers["content-type"]}`).sort();
}

describe.each([
  { line: "SDK 3", place: repository },
  { line: "SDK 2", place: () => copyBelow("test/compat/sdk2") },
])("startTelemetry with $line", ({ place: make }) => {
  let place: Place;

  beforeAll(async () => {
    place = await make();
  });

  afterAll(() => place.dispose());

  test("starts, returns what runs to a second call, and can be started again after a shutdown", async () => {
    const options = ["first", "second"].map(
      (serviceName) => ({ serviceName, endpoint: receiver.url, protocol: "http/json" }) as const,
    );
    const { stdout, stderr } = await starting(place, options, { TARGET: `${receiver.url}/target` });

    expect({ notes: JSON.parse(stdout), stderr }).toEqual({
      notes: [{ isSame: true }, { isSame: true }],
      stderr: "",
    });
    const spans = ["GET", "gen_ai.chat", "own"];
    expect(receiver.spans.map(byService).sort()).toEqual(ofBoth(spans));
    const metrics = [
      "gen_ai.client.operation.duration",
      "http.client.request.duration",
      "langchain.llm.calls",
    ];
    expect(receiver.metrics.map(byService).sort()).toEqual(ofBoth(metrics));
  });

  test("sends all signals to where the endpoint says, in whichever form it is given", async () => {
    const forms = ["", "/", "/v1/traces", "/v1/metrics/", "/otlp", "/otlp/v1/traces"];
    await starting(
      place,
      forms.map((form) => ({ endpoint: receiver.url + form })),
    );

    expect(kinds(receiver.requests)).toEqual([
      ...Array(2).fill("/otlp/v1/metrics application/x-protobuf"),
      ...Array(2).fill("/otlp/v1/traces application/x-protobuf"),
      ...Array(4).fill("/v1/metrics application/x-protobuf"),
      ...Array(4).fill("/v1/traces application/x-protobuf"),
    ]);
  });

  test("lets the call win over the environment, and the environment over the defaults", async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/environment`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: "x-from=environment",
      OTEL_SERVICE_NAME: "environment",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=environment,team=blue",
      OTEL_METRICS_EXPORTER: "none",
    };
    const call = {
      serviceName: "call",
      environment: "call",
      endpoint: `${receiver.url}/call`,
      headers: { "x-from": "call, = and all" },
    };
    await starting(place, [call, {}], env);

    expect(receiver.requests.map(({ path, headers }) => [path, headers["x-from"]])).toEqual([
      ["/call/v1/traces", "call, = and all"],
      ["/environment/v1/traces", "environment"],
    ]);
    const resources = receiver.spans
      .filter(({ name }) => name === "own")
      .map(({ resource }) => [
        resource["service.name"],
        resource["deployment.environment.name"],
        resource["team"],
      ]);
    expect(resources).toEqual([
      ["call", "call", "blue"],
      ["environment", "environment", "blue"],
    ]);
  });

  test("keeps the environment's name where no attribute of the environment is read", async () => {
    const env = {
      OTEL_NODE_RESOURCE_DETECTORS: "none",
      OTEL_SERVICE_NAME: "shop",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    };
    await starting(place, [{ environment: "production", endpoint: receiver.url }], env);

    const { resource } = receiver.spans[0] ?? {};
    expect([resource?.["service.name"], resource?.["deployment.environment.name"]]).toEqual([
      "shop",
      "production",
    ]);
  });

  test("keeps the share of the traces that it is told to", async () => {
    const options = { endpoint: receiver.url, protocol: "http/json" } as const;
    await starting(
      place,
      [
        { ...options, sampleRate: 0 },
        { ...options, sampleRate: 1 },
      ],
      { OTEL_TRACES_SAMPLER: "always_off" },
    );

    expect(lineages(receiver.spans)).toEqual(["CLIENT gen_ai.chat", "INTERNAL own"]);
    // Metrics are of all calls, sampled or not.
    expect(receiver.metrics.filter(({ name }) => name === "langchain.llm.calls")).toHaveLength(2);
  });

  test("prints each trace beside sending it", async () => {
    const options = { endpoint: receiver.url, protocol: "http/json", console: true } as const;
    const { stdout, stderr } = await starting(place, [options]);

    expect(stderr).toBe("");
    expect(stdout).toContain("gen_ai.chat");
    for (const { traceId } of receiver.spans) expect(stdout).toContain(traceId);
    expect(lineages(receiver.spans)).toEqual(["CLIENT gen_ai.chat", "INTERNAL own"]);
  });

  test("prints without sending where no exporter is wanted", async () => {
    const { stdout } = await starting(place, [{ endpoint: receiver.url, console: true }], {
      OTEL_TRACES_EXPORTER: "none",
    });

    expect(stdout).toContain("gen_ai.chat");
    expect(kinds(receiver.requests)).toEqual(["/v1/metrics application/x-protobuf"]);
  });

  test("speaks gRPC", async () => {
    const { url, paths, close } = await grpcReceiver();
    const { stderr } = await starting(place, [
      { endpoint: url, protocol: "grpc" },
      { endpoint: url, protocol: "grpc", console: true },
    ]);
    await close();

    expect(stderr).toBe("");
    expect([...new Set(paths)].sort()).toEqual([
      "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
      "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    ]);
  });

  test("uses the SDK of an application that has one, and leaves it running", async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    };
    const application = launch(place, { script: "starts-beside.mjs", env });
    await application.said(/flushed/);
    const { code, stderr } = await application.ended;

    expect(code).toBe(0);
    expect(stderr.trim().split("\n")).toEqual([
      "langchain-otel: startTelemetry() found an OpenTelemetry SDK that is running and uses it as it is; " +
        "serviceName, endpoint and the like of this call have no effect",
    ]);
    // The second call came after our shutdown.
    expect(receiver.spans.map(byService)).toEqual(["own: gen_ai.chat"]);
  });

  test("throws for options that are wrong, off or not", async () => {
    const wrong = { sampleRate: 2, enabled: false };
    const unknown = { servicename: "shop" } as TelemetryOptions;
    const { stdout } = await starting(place, [wrong, unknown]);

    expect(JSON.parse(stdout)).toEqual([
      "TypeError: Expected the `sampleRate` option to be a number from 0 to 1, got 2 (number)",
      expect.stringMatching(
        /^TypeError: There is no option `servicename`\. The options are .*, serviceName, /,
      ),
    ]);
  });

  test.each([
    { options: { enabled: false }, env: {} },
    { options: {}, env: { OTEL_SDK_DISABLED: "true" } },
    { options: {}, env: { OTEL_EXPORTER_OTLP_ENDPOINT: "" } },
  ])("loads and sends nothing with $options and $env", async ({ options, env }) => {
    const flags = ["--require", `${place.fixtures}/loaded.cjs`];
    const launched = {
      script: "starts.mjs",
      flags,
      env: { OPTIONS: JSON.stringify([options]), ...env },
    };
    const { stdout, stderr } = await run(place, launched);
    const { loaded, isPatched, sockets } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
      loaded: string[];
      isPatched: boolean;
      sockets: string[];
    };

    expect({ stderr, isPatched, sockets }).toEqual({ stderr: "", isPatched: false, sockets: [] });
    expect(loaded.filter((file) => /^(?:sdk|exporter)\./.test(file))).toEqual([]);
  });

  test("is on with an endpoint of its own where the environment's is empty", async () => {
    await starting(place, [{ endpoint: receiver.url, protocol: "http/json" }], {
      OTEL_EXPORTER_OTLP_ENDPOINT: "",
    });

    expect(lineages(receiver.spans)).toEqual(["CLIENT gen_ai.chat", "INTERNAL own"]);
  });
});

describe("startTelemetry without a fitting SDK", () => {
  const SDK = "@opentelemetry/sdk-node";
  const OLD_API = "test/compat/sdk2/node_modules/@opentelemetry/api";

  /** A package that says it is the SDK and does not load. */
  async function brokenSdk(place: Place): Promise<void> {
    const folder = join(place.folder, "node_modules", SDK);
    await mkdir(folder, { recursive: true });
    const manifest = {
      name: SDK,
      version: "0.301.0",
      main: "main.cjs",
      peerDependencies: { "@opentelemetry/api": ">=1.10.0 <1.11.0" },
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "main.cjs"), 'throw new Error("broken\\nin two lines");');
  }

  test.each([
    {
      fault: "none is installed",
      make: () => copyWith(WITHOUT_SDK),
      message: "@opentelemetry/sdk-node is not installed. Run: npm i @opentelemetry/sdk-node",
    },
    {
      fault: "none is installed beside an API that only SDK 2 takes",
      make: () => copyWith({ ...WITHOUT_SDK, "@opentelemetry/api": OLD_API }),
      message: "@opentelemetry/sdk-node is not installed. Run: npm i @opentelemetry/sdk-node@0.223",
    },
    {
      fault: "it does not load",
      make: () => copyWith(WITHOUT_SDK),
      prepare: brokenSdk,
      message: "@opentelemetry/sdk-node 0.301.0 does not load: broken",
    },
    {
      fault: "it needs a newer API",
      make: () => copyWith({ ...WITHOUT_SDK, "@opentelemetry/api": OLD_API }),
      prepare: brokenSdk,
      message:
        "@opentelemetry/sdk-node 0.301.0 needs @opentelemetry/api >=1.10.0 <1.11.0, and finds 1.9.1. " +
        "Run: npm i @opentelemetry/api@1.10",
    },
    {
      fault: "it has an older API than ours",
      make: () => copyWith({ ...WITHOUT_SDK, [SDK]: `test/compat/sdk2/node_modules/${SDK}` }),
      message:
        "it is installed beside @opentelemetry/api 1.10.0, and @opentelemetry/sdk-node beside 1.9.1, " +
        "which a newer one does not see. Run: npm i @opentelemetry/api@1.9.1",
    },
  ])("throws and leaves nothing behind when $fault", async ({ make, prepare, message }) => {
    const place = await make();
    await prepare?.(place);
    const { stdout, stderr, code } = await starting(place, [{}, {}]);
    await place.dispose();

    const error = `Error: langchain-otel cannot start telemetry: ${message}`;
    expect({ notes: JSON.parse(stdout), stderr, code }).toEqual({
      notes: [error, error],
      stderr: "",
      code: 0,
    });
  });
});

/** Takes OTLP over gRPC and answers with empty messages. */
async function grpcReceiver(): Promise<{
  url: string;
  paths: string[];
  close: () => Promise<void>;
}> {
  const paths: string[] = [];
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.resume();
    stream.on("end", () => {
      paths.push(String(headers[":path"]));
      stream.respond(
        { ":status": 200, "content-type": "application/grpc" },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.alloc(5));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
