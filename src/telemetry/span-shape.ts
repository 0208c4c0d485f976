import { SpanKind } from "@opentelemetry/api";

import type { RunRequest } from "../operation.ts";
import { MODEL_SPAN } from "../semconv/own.ts";

/** What a run's span is called and what kind it has. */
export interface SpanShape {
  readonly name: string;
  readonly kind: SpanKind;
}

/** @param spanNames `"gen_ai"` gives all model calls one name, `"semconv"` the conventions' with the model's name */
export function spanShape(request: RunRequest, spanNames: "gen_ai" | "semconv"): SpanShape {
  const { name, kind } = usualShape(request, spanNames);
  return { name: request.spanName ?? name, kind };
}

// --- internal ---

function usualShape(request: RunRequest, spanNames: "gen_ai" | "semconv"): SpanShape {
  switch (request.kind) {
    case "model": {
      const { operation, model } = request;
      const name = spanNames === "semconv" ? titled(operation, model) : MODEL_SPAN[operation];
      return { name, kind: SpanKind.CLIENT };
    }
    case "embeddings":
      return { name: titled("embeddings", request.model), kind: SpanKind.CLIENT };
    case "retriever":
      return { name: titled("retrieval", request.source), kind: SpanKind.CLIENT };
    case "tool":
      return { name: titled("execute_tool", request.name), kind: SpanKind.INTERNAL };
    case "agent":
      return { name: titled("invoke_agent", request.agentName), kind: SpanKind.INTERNAL };
    case "workflow":
      return { name: titled("invoke_workflow", request.name), kind: SpanKind.INTERNAL };
    case "node":
      return { name: titled("node", request.node), kind: SpanKind.INTERNAL };
    case "chain":
      return { name: titled("chain", request.name), kind: SpanKind.INTERNAL };
    case "checkpoint":
      return { name: `checkpoint ${request.operation}`, kind: SpanKind.INTERNAL };
    case "memory":
      return { name: request.operation, kind: SpanKind.CLIENT };
    case "mcp": {
      // Never a resource's URI: there is no end to those.
      const name = titled(request.method, request.toolName ?? request.promptName);
      return { name, kind: request.side === "client" ? SpanKind.CLIENT : SpanKind.SERVER };
    }
    case "gate":
      return { name: titled("gate", request.name), kind: SpanKind.INTERNAL };
    case "root":
      return { name: request.name, kind: SpanKind.SERVER };
    case "infra":
    case "trace":
      return {
        name: request.name,
        kind: request.outside === true ? SpanKind.CLIENT : SpanKind.INTERNAL,
      };
  }
}

/** The operation, and of what where that is known. */
function titled(operation: string, what: string | undefined): string {
  return what === undefined ? operation : `${operation} ${what}`;
}
