import type { AgentRequest, CommonRequest, RunRequest } from "../operation.ts";
import { agentNameOf } from "./common-request.ts";
import { type Fields, fields, number, text, texts } from "./read.ts";

/** The arguments of LangChain's start callback for anything that is not a model. */
export interface ChainArguments {
  readonly serialized: unknown;
  readonly tags: unknown;
  readonly metadata: unknown;
  /** `prompt` for prompt templates, `parser` for output parsers. */
  readonly runType?: unknown;
  readonly runName?: unknown;
}

/** Which chains have a span that are neither agents nor graphs nor nodes. */
export type ChainsOption = "none" | "roots" | "all";

/** Where a chain run starts. */
export interface ChainPlace {
  /** Nothing is above it. */
  readonly isRoot: boolean;
  /** An agent is above it, whose metadata it then has. */
  readonly isInAgent: boolean;
}

/**
 * What a chain run is. LangGraph tells by metadata: an agent is a graph that createAgent made, a node is named in the
 * metadata of its own run.
 *
 * @returns `undefined` for a run that has no span
 */
export function chainRequest(
  start: ChainArguments,
  common: CommonRequest,
  { isRoot, isInAgent }: ChainPlace,
  chains: ChainsOption,
): RunRequest | undefined {
  const metadata = fields(start.metadata);
  const tags = texts(start.tags) ?? [];
  if (tags.includes("langsmith:hidden")) return undefined;
  const className = classOf(start.serialized);
  const name = text(start.runName) ?? className ?? "chain";
  if (isGraph(className)) return graphRequest(name, metadata, isInAgent, common);
  const node = text(metadata["langgraph_node"]);
  if (node !== undefined && name === node && tags.some((tag) => tag.startsWith("graph:step:"))) {
    return { kind: "node", node, step: number(metadata["langgraph_step"]), ...common };
  }
  const wanted = chains === "all" || (chains === "roots" && isRoot);
  return wanted ? { kind: "chain", name: name.slice(0, 128), ...common } : undefined;
}

/**
 * A graph without a name, below an agent, turns out to be an agent by the node with which createAgent asks the model.
 *
 * @param node a run that starts in the graph
 */
export function turnsIntoAgent(
  graph: RunRequest | undefined,
  node: RunRequest | undefined,
  metadata: unknown,
): AgentRequest | undefined {
  if (graph?.kind !== "workflow" || graph.name !== undefined) return undefined;
  if (node?.kind !== "node" || node.node !== "model_request") return undefined;
  if (!isOfAgent(fields(metadata))) return undefined;
  const { runId, conversationId, retryAttempt } = graph;
  return { kind: "agent", pattern: "react", runId, conversationId, retryAttempt };
}

/** Name of a serialized class. */
export function classOf(serialized: unknown): string | undefined {
  const { id, name } = fields(serialized);
  return text(Array.isArray(id) ? id.at(-1) : undefined) ?? text(name);
}

// --- internal ---

const GRAPHS = new Set([
  "CompiledStateGraph",
  "CompiledGraph",
  "CompiledMessageGraph",
  "Pregel",
  "LangGraph",
  "StateGraph",
]);

function isOfAgent(metadata: Fields): boolean {
  return metadata["ls_integration"] === "langchain_create_agent";
}

function isGraph(className: string | undefined): boolean {
  return className !== undefined && GRAPHS.has(className);
}

function graphRequest(
  name: string,
  metadata: Fields,
  isInAgent: boolean,
  common: CommonRequest,
): RunRequest {
  // Type names are no names: "SHOULD NOT be set" when there is nothing meaningful.
  const own = GRAPHS.has(name) ? undefined : name.slice(0, 128);
  // Below an agent all graphs have that agent's metadata: there, only a name of its own tells an agent.
  const isAgent =
    own === undefined ? !isInAgent && isOfAgent(metadata) : own === agentNameOf(metadata);
  if (isAgent) return { kind: "agent", pattern: "react", ...common };
  return { kind: "workflow", name: own, pattern: text(metadata["pattern"]), ...common };
}
