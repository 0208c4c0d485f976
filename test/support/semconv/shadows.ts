/** How a class's objects get shadows: other objects of the class, told all that the object is told. */
export interface Shadowing<T, A extends unknown[]> {
  /** The methods that only answer. */
  readonly silent: readonly string[];
  /** What the object itself is made of, and what each of its shadows. */
  split(args: A): { readonly own: A; readonly shadows: readonly A[] };
  made?(object: T, args: A): void;
}

/** The class with shadows. They come last: what the object itself does and answers, and when, stays as it is. */
export function withShadows<T extends object, A extends unknown[]>(
  Original: new (...args: A) => T,
  { silent, split, made }: Shadowing<T, A>,
): new (...args: A) => T {
  const shadows = new WeakMap<object, readonly T[]>();
  const Base = Original as unknown as new (...args: unknown[]) => object;
  class Shadowed extends Base {
    constructor(...args: unknown[]) {
      const parts = split(args as A);
      super(...parts.own);
      made?.(this as unknown as T, parts.own);
      shadows.set(
        this,
        parts.shadows.map((each) => new Original(...each)),
      );
    }
  }
  const members = Object.getOwnPropertyDescriptors(Original.prototype as object);
  for (const [name, { value }] of Object.entries(members)) {
    if (typeof value !== "function" || name === "constructor" || silent.includes(name)) continue;
    const original = value as (...args: unknown[]) => unknown;
    const told = function told(this: object, ...args: unknown[]): unknown {
      const answer = original.apply(this, args);
      for (const shadow of shadows.get(this) ?? []) original.apply(shadow, args);
      return answer;
    };
    Object.defineProperty(Shadowed.prototype, name, { configurable: true, value: told });
  }
  return Shadowed as unknown as new (...args: A) => T;
}
