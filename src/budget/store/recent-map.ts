/**
 * A map that remembers at least so many entries, and at most twice as many: of more, those are forgotten that were not
 * set for the longest time. In two generations, since a Map from which the first entry is deleted again and again grows
 * slow.
 */
export class RecentMap<K, V> {
  readonly #least: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  /** What was set last. */
  lastKey: K | undefined;

  constructor(least: number) {
    this.#least = least;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: K, value: V): void {
    this.#old.delete(key);
    this.#young.set(key, value);
    this.lastKey = key;
    if (this.#young.size < this.#least) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
