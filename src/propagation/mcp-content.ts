import type { ReadContent } from "../content/content-policy.ts";
import { contentParts } from "../langchain/messages/content-parts.ts";
import { fields } from "../langchain/read.ts";
import type { McpRequest } from "../operation.ts";

/** What a tool is called with. Of other requests, nothing is content. */
export function mcpInput({ method }: McpRequest, params: unknown): ReadContent {
  return () =>
    method === "tools/call" ? { toolArguments: fields(params)["arguments"] ?? {} } : {};
}

/** What it answered: the structured form where there is one, else the blocks. */
export function mcpOutput({ method }: McpRequest, result: unknown): ReadContent {
  return (reading) => {
    if (method !== "tools/call") return {};
    const { structuredContent, content } = fields(result);
    return {
      toolResult: structuredContent ?? { content: contentParts(content, reading, false) },
    };
  };
}
