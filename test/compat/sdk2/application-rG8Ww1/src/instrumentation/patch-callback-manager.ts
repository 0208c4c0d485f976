import { attachments } from "./attachments.ts";
import { autoHandler } from "./auto-handler.ts";
import { replaceMethod } from "./replace-method.ts";

interface Manager {
  readonly handlers: readonly { readonly name: string }[];
  addHandler(handler: object, inherit: boolean): void;
}

/**
 * `CallbackManager._configureSync` is the one place that all runs of all kinds go through to get their callbacks; here
 * our handler joins the application's own.
 */
export function patchCallbackManager(callbackManager: object): void {
  replaceMethod(
    callbackManager,
    "_configureSync",
    (original) =>
      function (this: unknown, inherited: unknown, local: unknown, ...rest: unknown[]) {
        const tracer = attachments().current;
        if (tracer === undefined) return original.call(this, inherited, local, ...rest);
        // Without any callbacks there would be no manager, and with it go tags and metadata: an empty list makes one.
        const manager = original.call(
          this,
          inherited ?? (local ? inherited : []),
          local,
          ...rest,
        ) as Manager | undefined;
        const handler = autoHandler(tracer);
        const given = manager?.handlers.some(({ name }) => name === handler.name);
        if (given === false) manager?.addHandler(handler, true);
        return manager;
      },
  );
}
