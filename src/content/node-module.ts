/**
 * A module of Node's, where there is Node: this code also runs in browsers and edge workers, which cannot import it.
 * https://nodejs.org/api/process.html#processgetbuiltinmoduleid (Node 20.16, 22.3)
 */
export function nodeModule(name: string): unknown {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
  };
  return process?.getBuiltinModule?.(name);
}
