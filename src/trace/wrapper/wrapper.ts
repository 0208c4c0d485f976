import { field } from "../../langchain/read.ts";
import type { CallPlan } from "../calls/plan.ts";
import { tracedCall } from "../calls/traced-call.ts";
import { isTraced, mark } from "../marks.ts";
import { shapeOfClient } from "../shapes/index.ts";
import { hasInside, roleOf, SENDS, type Wrapping } from "./methods.ts";

/** The wrapper of an object; of one that has a wrapper already, that one. */
export function wrapperOf<T extends object>(target: T, wrapping: Wrapping): T {
  const known = wrappers.get(target);
  if (known !== undefined) return known as T;
  const { proxy } = new Wrapper(target, wrapping, target, "");
  wrappers.set(target, proxy);
  return proxy as T;
}

// --- internal ---

type AnyFunction = (...args: unknown[]) => unknown;

/** By what is wrapped. */
const wrappers = new WeakMap<object, object>();

/** An object that is wrapped, or one inside of it. */
class Wrapper {
  readonly proxy: object;
  readonly #target: object;
  readonly #wrapping: Wrapping;
  readonly #root: object;
  readonly #path: string;
  /** Methods and objects inside, as they were handed out: the same each time. */
  readonly #given = new Map<PropertyKey, { readonly of: unknown; readonly given: unknown }>();

  constructor(target: object, wrapping: Wrapping, root: object, path: string) {
    this.#target = target;
    this.#wrapping = wrapping;
    this.#root = root;
    this.#path = path;
    this.proxy = mark(new Proxy(shownOf(target), this.#handler()));
  }

  #handler(): ProxyHandler<object> {
    const target = this.#target;
    const handler: ProxyHandler<object> = {
      get: (_, key) => this.#get(key),
      // Setters may be about private members, which the wrapper has none of.
      set: (_, key, value) => Reflect.set(target, key, value),
    };
    if (typeof target !== "function") return handler;
    return {
      ...handler,
      apply: (_, self, args: unknown[]) =>
        this.#call("", args, () => Reflect.apply(target, self, args)),
      construct: (_, args: unknown[], newTarget) =>
        Reflect.construct(target, args, newTarget === this.proxy ? target : newTarget) as object,
    };
  }

  #get(key: PropertyKey): unknown {
    const target = this.#target;
    const value: unknown = Reflect.get(target, key, target);
    if (isFixed(target, key)) return value;
    if (typeof value === "function") return this.#method(key, value as AnyFunction);
    if (typeof value !== "object" || value === null || typeof key !== "string") return value;
    const path = this.#pathOf(key);
    if (hasInside(path, this.#wrapping))
      return this.#once(
        key,
        value,
        () => new Wrapper(value, this.#wrapping, this.#root, path).proxy,
      );
    // A part of a provider's client may lead back to the client.
    return this.#wrapping.shape === undefined ? value : (wrappers.get(value) ?? value);
  }

  #method(key: PropertyKey, value: AnyFunction): unknown {
    if (key === "constructor" || isTraced(value) || isClass(value)) return value;
    return this.#once(key, value, () => this.#replaced(key, value));
  }

  #once(key: PropertyKey, of: unknown, make: () => unknown): unknown {
    const known = this.#given.get(key);
    if (known !== undefined && known.of === of) return known.given;
    const given = make();
    // Not more than an object has: its keys may be data.
    if (this.#given.size < MOST_GIVEN) this.#given.set(key, { of, given });
    return given;
  }

  #replaced(key: PropertyKey, value: AnyFunction): AnyFunction {
    const path = typeof key === "string" ? this.#pathOf(key) : "";
    const role = path === "" ? "plain" : roleOf(path, this.#wrapping);
    const self = (given: unknown): unknown =>
      given === this.proxy && role !== "helper" ? this.#target : given;
    return new Proxy(value, {
      apply: (_, given, args: unknown[]) => {
        const call = (): unknown => Reflect.apply(value, self(given), args);
        const made = role === "traced" ? this.#call(path, args, call) : call();
        return this.#returned(made, role === "traced");
      },
    });
  }

  #call(path: string, args: readonly unknown[], call: () => unknown): unknown {
    return tracedCall(planOf(this.#wrapping, this.#root, path), args, call);
  }

  /** What a method returns: the object itself, a pipeline, or another client. */
  #returned(made: unknown, isTracedCall: boolean): unknown {
    if (made === this.#target) return this.proxy;
    if (typeof made !== "object" || made === null) return made;
    const { shape } = this.#wrapping;
    if (shape !== undefined) {
      const other = isTracedCall || isPromise(made) ? undefined : shapeOfClient(made);
      return other === undefined ? made : wrapperOf(made, { ...this.#wrapping, shape: other });
    }
    if (!isTracedCall || isPromise(made)) return made;
    const sends = [...SENDS].filter((name) => typeof field(made, name) === "function");
    if (sends.length === 0 || Object.getPrototypeOf(made) === Object.prototype) return made;
    const name = nameOf(this.#wrapping, this.#root);
    return wrapperOf(made, { ...this.#wrapping, name, include: sends, exclude: undefined });
  }

  #pathOf(key: PropertyKey): string {
    return this.#path === "" ? String(key) : `${this.#path}.${String(key)}`;
  }
}

const MOST_GIVEN = 1000;

function planOf(wrapping: Wrapping, root: object, path: string): CallPlan {
  const { kind, shape, attributes, agentName, conversationId, provider, model } = wrapping;
  const name = nameOf(wrapping, root);
  const spanName = path === "" ? name : `${name}.${path}`;
  // Calls of models have a name that is the same for all, where nobody wants another.
  const isNamed = kind !== "llm" || wrapping.name !== undefined;
  return {
    kind,
    name: kind === "agent" || kind === "retrieval" ? name : spanName,
    spanName: isNamed ? spanName : undefined,
    attributes,
    agentName,
    conversationId,
    provider,
    model,
    description: wrapping.description,
    outside: kind === "infra",
    client: shape === undefined ? undefined : { shape, client: root, path },
  };
}

/** An object has the name of its class. */
function nameOf({ name, kind }: Wrapping, root: object): string {
  const own = typeof root === "function" ? root.name : field(field(root, "constructor"), "name");
  const usual = typeof own === "string" && own !== "" && own !== "Object" ? own : kind;
  return (name ?? usual).slice(0, 128);
}

/** A proxy must show what its target will not let anybody change: of such an object it shows a copy. */
function shownOf(target: object): object {
  if (!Object.isFrozen(target) || typeof target === "function") return target;
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(target));
  const free = descriptors.map(([key, each]) => [key, { ...each, configurable: true }]);
  return Object.create(
    Object.getPrototypeOf(target) as object | null,
    Object.fromEntries(free) as PropertyDescriptorMap,
  ) as object;
}

/** What a proxy has to give as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  if (Object.isFrozen(target) && typeof target !== "function") return false;
  const own = Object.getOwnPropertyDescriptor(target, key);
  return own?.configurable === false && own.writable !== true;
}

function isClass(value: AnyFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function isPromise(value: object): boolean {
  return typeof field(value, "then") === "function";
}
