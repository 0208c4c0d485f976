import type { Dialect } from "../dialects/dialect.ts";
import type { Guard } from "./guard.ts";

/** The vocabulary, kept from taking ours with it when it fails: it may be the application's own. */
export function guardedDialect(dialect: Dialect, guard: Guard): Dialect {
  const asked = <T>(what: string, ask: () => T): T | undefined =>
    guard.run(`asking a dialect for ${what}`, ask);
  // Copies: what we write is cleaned in place.
  return {
    values: dialect.values === true,
    requestAttributes: (request) => ({
      ...asked("request attributes", () => dialect.requestAttributes(request)),
    }),
    endAttributes: (request, end) => ({
      ...asked("end attributes", () => dialect.endAttributes(request, end)),
    }),
    contentAttributes: (request, content) => ({
      ...asked("content attributes", () => dialect.contentAttributes(request, content)),
    }),
    metricAttributes: (request) => ({
      ...asked("metric attributes", () => dialect.metricAttributes?.(request)),
    }),
    counts: (request, end) => asked("counts", () => dialect.counts?.(request, end)) ?? [],
  };
}
