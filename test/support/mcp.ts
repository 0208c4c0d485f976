import * as v2Client from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as v2Server from "@modelcontextprotocol/server";

/** A client and a server of the MCP SDK, with as much as both of its versions have in common. */
export interface Session {
  readonly client: Client;
  readonly server: McpServer;
  readonly clientTransport: InMemoryTransport;
  readonly serverTransport: InMemoryTransport;
}

export type Make = () => Session;

export const implementation = { name: "test", version: "1.0.0" };

/** Pairs that are not connected yet, by the version of the SDK. */
export const versions: readonly (readonly [version: string, make: Make])[] = [
  [
    "1",
    () => {
      const [clientTransport, serverTransport] = InMemoryTransport.createLinkedPair();
      const client = new Client(implementation);
      const server = new McpServer(implementation);
      return { client, server, clientTransport, serverTransport };
    },
  ],
  [
    "2",
    () => {
      const [clientTransport, serverTransport] = v2Client.InMemoryTransport.createLinkedPair();
      const client = new v2Client.Client(implementation);
      const server = new v2Server.McpServer(implementation);
      return { client, server, clientTransport, serverTransport } as unknown as Session;
    },
  ],
];

export async function connect(session: Session): Promise<void> {
  await session.server.connect(session.serverTransport);
  await session.client.connect(session.clientTransport);
}

/** Options of a tool's call: version 1 has the result's schema between the request and its options. */
export function optionsOf(version: string, options: object): [] {
  return (version === "1" ? [undefined, options] : [options]) as unknown as [];
}
