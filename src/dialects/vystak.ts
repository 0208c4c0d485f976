import { VYSTAK } from "../semconv/vystak.ts";
import type { Dialect } from "./dialect.ts";
import { present } from "./present.ts";
import { providerOf } from "./provider.ts";

/** `gen_ai.system` on spans and metrics, and the two cache counts by their older names. */
export const vystak: Dialect = {
  requestAttributes: (request) => present({ [VYSTAK.system]: providerOf(request) }),
  endAttributes: (request, { response, provider }) =>
    present({
      // An agent's is known when it has called its models.
      [VYSTAK.system]: request.kind === "agent" ? provider : undefined,
      [VYSTAK.usageCacheReadTokens]: response?.usage?.cacheReadTokens,
      [VYSTAK.usageCacheWriteTokens]: response?.usage?.cacheWriteTokens,
    }),
  contentAttributes: () => ({}),
  metricAttributes: (request) => present({ [VYSTAK.system]: providerOf(request) }),
};
