const KEY = Symbol.for("langchain-otel.before-span/1");

/**
 * Has something done whenever a span of the global provider is about to be started: `langchain-otel/register` settles
 * then who starts the SDK, and not before, so that an application that starts its own has had the time to.
 *
 * On `globalThis`, because `register` and a handler in the application's code may be of two copies of this package.
 *
 * @param settle cheap once it is done
 */
export function settleBeforeSpans(settle: () => void): void {
  (globalThis as { [KEY]?: () => void })[KEY] = settle;
}

export function beforeSpan(): void {
  (globalThis as { [KEY]?: () => void })[KEY]?.();
}
