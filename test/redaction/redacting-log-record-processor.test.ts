import { diag, type DiagLogger, DiagLogLevel } from "@opentelemetry/api";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import { afterEach, describe, expect, expectTypeOf, it } from "vitest";

import { RedactingLogRecordProcessor } from "../../src/processors/index.ts";
import { keyAt } from "./planted-keys.ts";

const KEY = keyAt(1);
const MARK = "[redacted:key]";
const NAMED = "[redacted:credential]";

afterEach(() => diag.disable());

/** What is exported of a record. */
function exported(record: object): { body: unknown; severityText: unknown; attributes: unknown } {
  const exporter = new InMemoryLogRecordExporter();
  const processors = [
    new RedactingLogRecordProcessor() as LogRecordProcessor,
    new SimpleLogRecordProcessor({ exporter }),
  ];
  new LoggerProvider({ processors }).getLogger("app").emit(record);
  const [only] = exporter.getFinishedLogRecords();
  if (only === undefined) throw new Error("Nothing was exported");
  const { body, severityText, attributes } = only;
  return { body, severityText, attributes };
}

describe("a log record", () => {
  it("has no keys, in texts, in members of any depth, under telling names and in bytes", () => {
    const body = {
      said: [{ deep: `It is ${KEY}` }, null, 1],
      headers: { authorization: "opaque", list: ["x-api-key", "0f1e2d3c"] },
      [KEY]: true,
      bytes: new TextEncoder().encode(KEY),
    };
    const record = { body, severityText: KEY, attributes: { "app.said": KEY, kept: [1, 2] } };
    expect(exported(record)).toEqual({
      body: {
        said: [{ deep: `It is ${MARK}` }, null, 1],
        headers: { authorization: NAMED, list: ["x-api-key", NAMED] },
        [MARK]: true,
        bytes: "[redacted:encoded]",
      },
      severityText: MARK,
      attributes: { "app.said": MARK, kept: [1, 2] },
    });
    // What the application holds is its own.
    expect(record.body.said[0]).toEqual({ deep: `It is ${KEY}` });
  });

  it("is as it was where there are none", () => {
    const record = {
      body: { said: ["Good day", 1n, new Uint8Array([1, 2])] },
      severityText: "INFO",
      attributes: { "app.said": "Good day" },
    };
    expect(exported(record)).toEqual(record);
  });

  it("that has no end in itself is cut", () => {
    const cyclic: Record<string, unknown> = { said: KEY };
    cyclic["a"] = cyclic;
    cyclic["b"] = cyclic;
    const record = { body: cyclic, attributes: {} };
    new RedactingLogRecordProcessor().onEmit(record);
    expect(JSON.stringify(record.body).slice(0, 100)).toContain(MARK);
    expect(JSON.stringify(record.body)).not.toContain(KEY);
  });

  it("that cannot be changed is complained of, and nothing breaks", () => {
    const said: string[] = [];
    const hear = (...parts: unknown[]) => void said.push(parts.map(String).join(" "));
    const logger: DiagLogger = { error: hear, warn: hear, info: hear, debug: hear, verbose: hear };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    const processor = new RedactingLogRecordProcessor();
    for (let times = 0; times < 3; times += 1) {
      processor.onEmit(Object.freeze({ body: KEY, attributes: Object.freeze({ a: KEY }) }));
    }
    expect(said).toEqual([expect.stringContaining("RedactingLogRecordProcessor failed")]);
    expect(said.join()).not.toContain(KEY);
  });
});

it("is a LogRecordProcessor that wants no records for itself", async () => {
  const processor = new RedactingLogRecordProcessor();
  expectTypeOf(processor.forceFlush).toExtend<LogRecordProcessor["forceFlush"]>();
  expect(processor.enabled()).toBe(false);
  await processor.forceFlush();
  await processor.shutdown();
});
