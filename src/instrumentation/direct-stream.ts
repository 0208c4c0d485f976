import { type Context, context, createContextKey } from "@opentelemetry/api";

import { chatInput } from "../langchain/content/model-content.ts";
import type { ModelRun } from "../langchain/model-run.ts";
import { type Fields, fields } from "../langchain/read.ts";
import type { RunTracer } from "../langchain/run-tracer.ts";
import { bindGenerator } from "./bind-generator.ts";

const KEY = createContextKey("langchain-otel direct call");

/** Keeps what the caller gave for the stream that is made inside. */
export function withDirectCall<T>(options: Fields, fn: () => T): T {
  return context.with(context.active().setValue(KEY, options), fn);
}

/**
 * `model.streamEvents(…)` of the third kind (v3) and `streamV2` call the provider without any callback. The run that
 * LangChain does not report is made here: it starts when the stream is first read, which is when the request is sent,
 * under the span that was active when the stream was asked for.
 */
export function directStream(
  tracer: RunTracer,
  model: object,
  messages: unknown,
  options: unknown,
  make: () => unknown,
): unknown {
  const parent = context.active();
  const given = fields(parent.getValue(KEY));
  async function* read(): AsyncGenerator<unknown, unknown, unknown> {
    const run = tracer.guard.run("starting a direct stream", () =>
      start(tracer, model, messages, fields(options), given, parent),
    );
    const inside = run?.context ?? parent;
    const seen: Seen = { id: undefined, finish: {} };
    const events = bindGenerator(context.with(inside, make), inside, {
      value: (event) => {
        run?.eventByStream(event);
        tracer.guard.run("reading a stream event", () => note(seen, fields(event)));
      },
      done: () => run?.end(resultOf(seen)),
      failed: (error) => run?.fail(error),
      left: () => run?.leave(),
    });
    return yield* events as AsyncGenerator<unknown, unknown, unknown>;
  }
  return read();
}

// --- internal ---

function start(
  tracer: RunTracer,
  model: object,
  messages: unknown,
  options: Fields,
  given: Fields,
  parent: Context,
): ModelRun | undefined {
  const self = model as Record<string, unknown>;
  const ask = (method: string): unknown => {
    const asked = self[method];
    return typeof asked === "function"
      ? (asked as (options: Fields) => unknown).call(model, options)
      : undefined;
  };
  const extraParams = { options, invocation_params: ask("invocationParams") };
  const run = tracer.modelStart({
    operation: "chat",
    runId: crypto.randomUUID(),
    direct: true,
    content: chatInput([messages], extraParams),
    serialized: ask("toJSON"),
    extraParams,
    tags: given["tags"],
    metadata: {
      ...fields(self["metadata"]),
      ...fields(given["metadata"]),
      ...fields(ask("getLsParams")),
    },
    parent,
    model,
  });
  run?.watch();
  return run;
}

/** What the end of a run is reported from: LangChain puts the message together elsewhere. */
interface Seen {
  id: unknown;
  finish: Fields;
}

function note(seen: Seen, event: Fields): void {
  if (event["event"] === "message-start") seen.id = event["id"];
  if (event["event"] === "message-finish") seen.finish = event;
}

/** In the form in which LangChain reports the end of a run. */
function resultOf({ id, finish }: Seen): unknown {
  const metadata = { finish_reason: finish["reason"], ...fields(finish["responseMetadata"]) };
  return {
    generations: [
      [{ message: { id, usage_metadata: finish["usage"], response_metadata: metadata } }],
    ],
  };
}
