import { fileURLToPath } from "node:url";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { LangChainInstrumentation } from "../../../src/instrumentation/instrumentation.ts";
import { type Application, launch, repository, run } from "../../support/application.ts";
import { OtlpReceiver } from "../../support/otlp-receiver.ts";

let receiver: OtlpReceiver;

beforeAll(async () => {
  receiver = await OtlpReceiver.listen();
});
afterEach(() => {
  receiver.requests.length = 0;
});
afterAll(() => receiver.close());

const script = fileURLToPath(new URL("programs/half-read.mjs", import.meta.url));

function start(how: string): Application {
  return launch(repository(), {
    script,
    env: {
      HOW: how,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    },
  });
}

function outcomes(): unknown[] {
  return receiver.spans.map(({ name, attributes }) => [
    name,
    attributes["langchain.run.outcome"] ?? "ok",
  ]);
}

describe("a stream that is half read when the process ends is abandoned, and sent,", () => {
  it.each(["nothing more to do", "shutdown"])("with %s", async (how) => {
    expect(await start(how).ended).toMatchObject({ code: 0, stderr: "" });
    expect(outcomes()).toEqual([["gen_ai.chat", "abandoned"]]);
  });

  it("with a signal", async () => {
    const application = start("signal");
    await application.said(/reading/);
    application.kill("SIGTERM");
    expect(await application.ended).toMatchObject({ signal: "SIGTERM", stderr: "" });
    expect(outcomes()).toEqual([["gen_ai.chat", "abandoned"]]);
  });
});

describe("with an SDK of the application's own", () => {
  it("a stream that is half read is abandoned before the application flushes", async () => {
    const place = repository();
    const { code, stdout, stderr } = await run(place, {
      script: fileURLToPath(new URL("programs/half-read-own-sdk.mjs", import.meta.url)),
      env: { ENTRY: place.sdk.replace("/sdk/", "/") },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([["gen_ai.chat", "abandoned"]]);
  });

  it("nothing waits for the end of the process when the last instrumentation is gone", () => {
    const before = process.listenerCount("beforeExit");
    const [first, second] = [new LangChainInstrumentation(), new LangChainInstrumentation()];
    expect(process.listenerCount("beforeExit")).toBe(before + 1);
    first.disable();
    expect(process.listenerCount("beforeExit")).toBe(before + 1);
    second.disable();
    expect(process.listenerCount("beforeExit")).toBe(before);
  });
});

describe("a stream that goes on is not ended", () => {
  it("by a flush", async () => {
    expect(await start("flush").ended).toMatchObject({ code: 0, stderr: "" });
    expect(outcomes()).toEqual([["gen_ai.chat", "ok"]]);
  });

  it("by a signal that the application answers to", async () => {
    const application = start("signal-listened");
    await application.said(/reading/);
    application.kill("SIGTERM");
    expect(await application.ended).toMatchObject({ code: 0, stderr: "" });
    expect(outcomes()).toEqual([["gen_ai.chat", "ok"]]);
  });
});
