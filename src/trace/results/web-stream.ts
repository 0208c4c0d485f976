import { context } from "@opentelemetry/api";

import { type Watch, whenForgotten } from "./watch.ts";

/** Whether it is the platform's own stream, which is read in ways that nobody can stand before: by a `Response`. */
export function isWebStream(value: object): value is ReadableStream<unknown> {
  return (
    typeof ReadableStream === "function" &&
    Object.getPrototypeOf(value) === ReadableStream.prototype &&
    !(value as ReadableStream).locked
  );
}

/** Another stream of the same chunks, of the same type. Nothing is read before somebody reads it. */
export function followWebStream(stream: ReadableStream<unknown>, watch: Watch): ReadableStream {
  const source = bytesOf(stream);
  const reader = stream.getReader();
  const pull = async (controller: Sink): Promise<void> => {
    try {
      const { done, value } = await context.with(watch.inside, () => reader.read());
      if (done) {
        watch.done();
        controller.close();
        // A reader that brought its own buffer waits for it.
        controller.byobRequest?.respond(0);
        return;
      }
      watch.value(value);
      controller.enqueue(value);
    } catch (error) {
      watch.failed(error);
      controller.error(error);
    }
  };
  const cancel = (reason: unknown): Promise<void> => {
    watch.left();
    return reader.cancel(reason);
  };
  const followed = new ReadableStream({ ...source, pull, cancel } as object, {
    highWaterMark: 0,
  });
  whenForgotten(followed, watch);
  return followed;
}

// --- internal ---

interface Sink {
  enqueue(chunk: unknown): void;
  close(): void;
  error(error: unknown): void;
  readonly byobRequest?: { respond(bytes: number): void } | null;
}

/** Only a stream of bytes has a reader that brings its own buffer. */
function bytesOf(stream: ReadableStream): { readonly type?: "bytes" } {
  try {
    stream.getReader({ mode: "byob" }).releaseLock();
    return { type: "bytes" };
  } catch {
    return {};
  }
}
