import { context, propagation } from "@opentelemetry/api";

import { type Fields, fields } from "../langchain/read.ts";
import { runOf } from "../langchain/run-context.ts";
import { attachments } from "./attachments.ts";

/**
 * Bedrock's client speaks HTTP/2, which no HTTP instrumentation sees: the trace context of the model's run, or of that of
 * the embeddings, is put into its requests here. A client that speaks anything else (a request handler of the application's choice) is left to the
 * HTTP instrumentation, which would write the header a second time.
 *
 * @param model a chat model or embeddings; one without a client of the AWS SDK is left alone
 */
export function patchBedrock(model: object): void {
  const client = fields((model as Fields)["client"]);
  const stack = client["middlewareStack"];
  if (!isStack(stack) || done.has(stack)) return;
  done.add(stack);
  attachments().anyone?.guard.run("attaching to Bedrock's client", () =>
    // "deserialize" is after the signing of every attempt. A signed header could not be rewritten on the way, as proxies
    // do with this one; AWS leaves headers alone that are not signed.
    stack.add(injecting(client), { step: "deserialize", name: NAME, override: true }),
  );
}

// --- internal ---

/** The same for all copies of this package: the last one's replaces the others'. */
const NAME = "langchainOtelTraceContext";

const done = new WeakSet<object>();

type Handler = (args: unknown) => unknown;

interface Stack {
  add(middleware: (next: Handler) => Handler, options: object): void;
}

function isStack(value: unknown): value is Stack {
  return typeof fields(value)["add"] === "function" && "identify" in fields(value);
}

function injecting(client: Fields): (next: Handler) => Handler {
  return (next) => (args) => {
    const tracer = attachments().current;
    tracer?.guard.run("passing the trace context to Bedrock", () => {
      // The client may be shared: what the application itself sends with it is none of our business.
      const kind = runOf(context.active())?.kind;
      if ((kind !== "model" && kind !== "embeddings") || !speaksHttp2(client)) return;
      const { headers } = fields(fields(args)["request"]);
      // One of the application's own has been signed as it is.
      if (typeof headers === "object" && headers !== null && !("traceparent" in headers))
        propagation.inject(context.active(), headers);
    });
    return next(args);
  };
}

function speaksHttp2(client: Fields): boolean {
  const handler = fields(fields(client["config"])["requestHandler"]);
  return fields(handler["metadata"])["handlerProtocol"] === "h2";
}
