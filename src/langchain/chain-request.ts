import type { AgentRequest, CommonRequest, RunRequest, WorkflowRequest } from "../operation.ts";
import { agentNameOf } from "./common-request.ts";
import { type Fields, field, fields, number, text, texts } from "./read.ts";

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
  /** The chain itself, where it is known. */
  readonly subject?: object | undefined;
}

export interface ChainOptions {
  readonly chains: ChainsOption;
  /** The name of agents that have none. */
  readonly agentName?: string | undefined;
}

/**
 * What a chain run is. LangGraph tells by metadata: createAgent marks those of its graph, a node is named in the metadata
 * of its own run.
 *
 * @returns `undefined` for a run that has no span
 */
export function chainRequest(
  start: ChainArguments,
  common: CommonRequest,
  place: ChainPlace,
  options: ChainOptions,
): RunRequest | undefined {
  const metadata = fields(start.metadata);
  const tags = texts(start.tags) ?? [];
  if (tags.includes("langsmith:hidden")) return undefined;
  const className = classOf(start.serialized);
  const name = text(start.runName) ?? className ?? "chain";
  if (isGraph(className)) {
    // Type names are no names: "SHOULD NOT be set" when there is nothing meaningful.
    const own = GRAPHS.has(name) ? undefined : name.slice(0, 128);
    return graphRequest(own, metadata, common, place.subject, options.agentName);
  }
  const node = text(metadata["langgraph_node"]);
  if (node !== undefined && name === node && tags.some((tag) => tag.startsWith("graph:step:"))) {
    return { kind: "node", node, step: number(metadata["langgraph_step"]), ...common };
  }
  if (place.isRoot && isStateUpdate(start.serialized, name)) return undefined;
  const { chains } = options;
  const wanted = chains === "all" || (chains === "roots" && place.isRoot);
  return wanted ? { kind: "chain", name: name.slice(0, 128), ...common } : undefined;
}

/** What a graph is that may be an agent, by the first node that starts in it; `undefined` if that was clear before. */
export function settledRequest(
  graph: RunRequest | undefined,
  node: RunRequest | undefined,
): AgentRequest | WorkflowRequest | undefined {
  if (graph?.kind !== "workflow" || graph.perhaps === undefined) return undefined;
  if (node?.kind !== "node") return undefined;
  return AGENT_NODE.test(node.node) ? graph.perhaps : { ...graph, perhaps: undefined };
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

/** The node with which createAgent asks the model, … */
const MODEL_NODE = "model_request";

/** … and those of its middleware: one of these is an agent's first. */
const AGENT_NODE = /^model_request$|\.(?:before|after)_(?:agent|model)$/;

function isOfAgent(metadata: Fields): boolean {
  return metadata["ls_integration"] === "langchain_create_agent";
}

/** For `updateState()`, LangGraph runs what writes a node's result, without the graph: a sequence of its own classes. */
function isStateUpdate(serialized: unknown, name: string): boolean {
  const { first } = fields(fields(serialized)["kwargs"]);
  return name.endsWith("UpdateState") && texts(field(first, "lc_namespace"))?.[0] === "langgraph";
}

function isGraph(className: string | undefined): boolean {
  return className !== undefined && GRAPHS.has(className);
}

/**
 * Inside a node, metadata tell little: all that is below an agent has that agent's marks, over the marks of an agent of
 * its own that is called with them (`subAgent.invoke(input, config)`). There, a graph is known by its nodes.
 */
function graphRequest(
  name: string | undefined,
  metadata: Fields,
  common: CommonRequest,
  subject: object | undefined,
  defaultName: string | undefined,
): AgentRequest | WorkflowRequest {
  const isMarked = isOfAgent(metadata);
  const agent = { kind: "agent", pattern: "react", ...common } as const;
  const workflow = {
    kind: "workflow",
    name,
    pattern: text(metadata["pattern"]),
    ...common,
  } as const;
  const isNamed = name !== undefined && name === agentNameOf(metadata);
  if (metadata["langgraph_node"] === undefined) {
    // Nothing of LangChain's is above it: the metadata are its own.
    const agentName = agentNameOf(metadata) ?? defaultName;
    return isMarked || isNamed ? { ...agent, agentName } : workflow;
  }
  const inner = { ...agent, agentName: name ?? defaultName };
  if (isNamed) return inner;
  if (!isMarked && name !== undefined) return workflow;
  const { nodes } = fields(subject);
  if (typeof nodes === "object") return MODEL_NODE in fields(nodes) ? inner : workflow;
  return { ...workflow, perhaps: inner };
}
