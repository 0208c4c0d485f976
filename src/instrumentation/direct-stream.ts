import { type Context, context, createContextKey } from "@opentelemetry/api";

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
  options: unknown,
  make: () => unknown,
): unknown {
  const parent = context.active();
  const given = fields(parent.getValue(KEY));
  let run: ModelRun | undefined;
  const seen = { id: undefined as unknown, finish: {} as Fields };
  async function* read(): AsyncGenerator<unknown, unknown, unknown> {
    run = start(tracer, model, fields(options), given, parent);
    return yield* context.with(run?.context ?? parent, make) as AsyncGenerator<
      unknown,
      unknown,
      unknown
    >;
  }
  return bindGenerator(read(), () => run?.context ?? parent, {
    value: (event) => {
      const { event: kind, id } = fields(event);
      if (kind === "message-start") seen.id = id;
      if (kind === "message-finish") seen.finish = fields(event);
      run?.eventByStream(event);
    },
    done: () => run?.end(resultOf(seen)),
    failed: (error) => run?.fail(error),
    left: () => run?.leave(),
  });
}

// --- internal ---

function start(
  tracer: RunTracer,
  model: object,
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
  const run = tracer.modelStart({
    operation: "chat",
    runId: crypto.randomUUID(),
    direct: true,
    serialized: ask("toJSON"),
    extraParams: { options, invocation_params: ask("invocationParams") },
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

/** In the form in which LangChain reports the end of a run. */
function resultOf({ id, finish }: { id: unknown; finish: Fields }): unknown {
  const metadata = { finish_reason: finish["reason"], ...fields(finish["responseMetadata"]) };
  return {
    generations: [
      [{ message: { id, usage_metadata: finish["usage"], response_metadata: metadata } }],
    ],
  };
}
