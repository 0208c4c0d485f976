import type { CommonRequest, ToolRequest } from "../operation.ts";
import { type ChainArguments, classOf } from "./chain-request.ts";
import { fields, text } from "./read.ts";

/** @param tool the tool itself, where the instrumentation sees it */
export function toolRequest(
  start: ChainArguments & { readonly toolCallId?: unknown },
  common: CommonRequest,
  tool: object | undefined,
): ToolRequest {
  const { name, description } = fields(tool);
  return {
    kind: "tool",
    // A tool that is a class of its own has no name for its run.
    name: (text(start.runName) ?? text(name) ?? classOf(start.serialized) ?? "tool").slice(0, 128),
    description: text(description),
    callId: text(start.toolCallId),
    ...common,
  };
}
