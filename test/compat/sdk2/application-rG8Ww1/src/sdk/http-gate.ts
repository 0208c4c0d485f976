import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

/** What stands behind the gates, asked at each request. */
export interface GateControl {
  /** Called first: before a request has a span, and before its headers are read for the span of the caller. */
  beforeRequest(): void;
  /** The instrumented functions, when requests of this kind are to be instrumented. */
  instrumented(protocol: "http" | "https", direction: "in" | "out"): HttpModule | undefined;
}

/** The parts of `http` and `https` that instrumentations replace. */
interface HttpModule {
  request: AnyFunction;
  get: AnyFunction;
  readonly Server: { readonly prototype: { emit: AnyFunction } };
}

/** Both modules. */
export interface HttpModules {
  readonly http: HttpModule;
  readonly https: HttpModule;
}

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Puts a gate before the functions of `http` and `https` that make and take requests. It leads to the instrumented
 * function or to Node's own, as `control` says.
 *
 * An instrumentation could patch the modules itself, but then it would have to be loaded before the application, where
 * it spoils the application's own: its hook on `require` keeps what was required so far as it is. And a patch cannot be
 * taken back once another is on top of it. The gates are in the ESM exports of the two modules too, where an
 * instrumentation gets only with loader hooks.
 *
 * @returns the functions that are Node's own, for an instrumentation to be built on; none, and no gate either, when
 * another instrumentation is there already
 */
export function gateHttp(control: GateControl): HttpModules | undefined {
  const modules = { http: http as unknown as HttpModule, https: https as unknown as HttpModule };
  const originals = { http: partsOf(modules.http), https: partsOf(modules.https) };
  if ([originals.http, originals.https].some(isInstrumented)) return undefined;
  close(modules.http, "http", control);
  close(modules.https, "https", control);
  syncBuiltinESMExports();
  return originals;
}

// --- internal ---

function partsOf({ request, get, Server }: HttpModule): HttpModule {
  return { request, get, Server: { prototype: { emit: Server.prototype.emit } } };
}

function isInstrumented({ request, Server }: HttpModule): boolean {
  return isShimmed(request) || isShimmed(Server.prototype.emit);
}

function close(module: HttpModule, protocol: "http" | "https", control: GateControl): void {
  const behind = (direction: "in" | "out"): HttpModule | undefined => {
    control.beforeRequest();
    return control.instrumented(protocol, direction);
  };
  gate(module, "request", () => behind("out")?.request);
  gate(module, "get", () => behind("out")?.get);
  gate(module.Server.prototype, "emit", ([event]) =>
    event === "request" ? behind("in")?.Server.prototype.emit : undefined,
  );
}

function gate<Name extends string>(
  owner: { [name in Name]: AnyFunction },
  name: Name,
  instrumented: (args: readonly unknown[]) => AnyFunction | undefined,
): void {
  const original = owner[name];
  const gated: AnyFunction = function (this: unknown, ...args) {
    // A patch on top of the gate is another instrumentation of HTTP: the application's own, and its choice.
    const isLeftAlone = owner[name] !== gated && isShimmed(owner[name]);
    const target = isLeftAlone ? original : (instrumented(args) ?? original);
    return Reflect.apply(target, this, args);
  };
  // As open to be replaced as before: `emit` is inherited, and a new property is closed unless it says otherwise.
  const enumerable = Object.getOwnPropertyDescriptor(owner, name)?.enumerable ?? false;
  Object.defineProperty(owner, name, {
    configurable: true,
    writable: true,
    enumerable,
    value: gated,
  });
}

/** OpenTelemetry's instrumentations patch with `shimmer`, which leaves this mark. */
function isShimmed(patched: AnyFunction): boolean {
  return Object.hasOwn(patched, "__wrapped");
}
