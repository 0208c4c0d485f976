import { context } from "@opentelemetry/api";

import { replaceMethod } from "./replace-method.ts";

/**
 * LangChain's queue starts a waiting request in the async context of the one that has just finished, so that with
 * `maxConcurrency` it would hang under another call's span. Each request keeps the context in which it was asked for.
 */
export function patchAsyncCaller(asyncCaller: { readonly prototype: object }): void {
  const { prototype } = asyncCaller;
  // `call` goes through it, in core 1.x.
  if (Object.hasOwn(prototype, "callWithRetries")) {
    replaceMethod(
      prototype,
      "callWithRetries",
      (original) =>
        function (this: unknown, retries: unknown, request: unknown, ...rest: unknown[]) {
          return original.call(this, retries, bound(request), ...rest);
        },
    );
  } else {
    replaceMethod(
      prototype,
      "call",
      (original) =>
        function (this: unknown, request: unknown, ...rest: unknown[]) {
          return original.call(this, bound(request), ...rest);
        },
    );
  }
}

// --- internal ---

function bound(request: unknown): unknown {
  return typeof request === "function" ? context.bind(context.active(), request) : request;
}
