import { createRequire, syncBuiltinESMExports } from "node:module";

/** Says, at each request, what is to happen to it. */
export interface RequestControl {
  /** Called before a request is seen by an instrumentation, so before its span and before its headers are read. */
  beforeRequest(): void;
  /** Whether our HTTP instrumentations are to see the request. */
  isActive(): boolean;
}

/**
 * Lets an instrumentation patch `http` and `https`, and puts a switch before each function that it patched. Patches
 * cannot be taken back once another instrumentation has patched on top of them; a switch can always be turned off.
 *
 * The patched functions are put into the ESM exports of the two modules too, which an instrumentation can reach only
 * with loader hooks.
 *
 * @param patch constructs the instrumentation
 * @returns what `patch` made, or `undefined` when another instrumentation had patched the modules before
 */
export function patchHttp<T>(patch: () => T, control: RequestControl): T | undefined {
  // By require and not by import: this is what instrumentations listen to, another one's that waits for it included.
  const gates = [...gatesOf(nodeRequire("node:http")), ...gatesOf(nodeRequire("node:https"))];
  if (gates.some((gate) => isShimmed(gate.original))) return undefined;
  const made = patch();
  nodeRequire("node:http");
  nodeRequire("node:https");
  for (const gate of gates) close(gate, control);
  syncBuiltinESMExports();
  return made;
}

// --- internal ---

const nodeRequire = createRequire(import.meta.url);

type Callable = (...args: unknown[]) => unknown;

interface Gate {
  readonly owner: Record<string, Callable>;
  readonly name: string;
  readonly original: Callable;
  /** Whether a call of these arguments is a request. */
  readonly isRequest: (args: readonly unknown[]) => boolean;
}

function gatesOf(exports: unknown): Gate[] {
  const module = exports as Record<string, Callable>;
  const { prototype } = (exports as { Server: { prototype: Record<string, Callable> } }).Server;
  return [
    gateBefore(module, "request", () => true),
    gateBefore(module, "get", () => true),
    gateBefore(prototype, "emit", ([event]) => event === "request"),
  ];
}

function gateBefore(
  owner: Record<string, Callable>,
  name: string,
  isRequest: Gate["isRequest"],
): Gate {
  return { owner, name, original: owner[name] as Callable, isRequest };
}

function close({ owner, name, original, isRequest }: Gate, control: RequestControl): void {
  const patched = owner[name];
  if (patched === undefined || patched === original) return;
  const gated: Callable = function (this: unknown, ...args) {
    if (!isRequest(args)) return Reflect.apply(original, this, args);
    control.beforeRequest();
    // A patch on top of this one is another instrumentation of HTTP: the application's own, and its choice.
    const isOurs = control.isActive() && (owner[name] === gated || !isShimmed(owner[name]));
    return Reflect.apply(isOurs ? patched : original, this, args);
  };
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { ...descriptor, value: gated });
}

/** OpenTelemetry's instrumentations patch with `shimmer`, which leaves this mark. */
function isShimmed(patched: Callable | undefined): boolean {
  return patched !== undefined && Object.hasOwn(patched, "__wrapped");
}
