/** A server of tools. It knows nothing of agents, and its spans are in their traces all the same. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { instrumentMcp } from "langchain-otel/propagation";
import { z } from "zod";

const server = instrumentMcp(new McpServer({ name: "tools", version: "1.0.0" }));

server.registerTool(
  "get_weather",
  { description: "The weather of a city tomorrow", inputSchema: { city: z.string() } },
  ({ city }) => ({
    content: [{ type: "text", text: `Tomorrow it is sunny in ${city}, 24 degrees` }],
  }),
);
server.registerTool(
  "find_sights",
  { description: "What is worth seeing in a city", inputSchema: { city: z.string() } },
  ({ city }) => ({
    content: [{ type: "text", text: `The tile museum of ${city} has a new exhibition` }],
  }),
);

await server.connect(new StdioServerTransport());
