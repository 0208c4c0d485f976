import { attachMcp } from "../propagation/mcp-attach.ts";
import type { McpProtocol } from "../propagation/mcp-protocol.ts";
import { attachments } from "./attachments.ts";
import { type Replacement, replaceOverrides } from "./replace-method.ts";

/** Follows the clients and servers of the MCP SDK that connect from now on, those that somebody else makes included. */
export function patchMcp({ prototype }: { readonly prototype: McpProtocol }): void {
  replaceOverrides(prototype, Object.prototype, { connect: followed });
}

// --- internal ---

const followed: Replacement = (original) =>
  function (this: unknown, ...args: unknown[]) {
    attachments().anyone?.guard.run("attaching to an MCP client or server", () =>
      attachMcp(this as McpProtocol, () => attachments().current, args[0]),
    );
    return original.apply(this, args);
  };
