import { AIMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createReactAgent, ToolNode } from "@langchain/langgraph/prebuilt";
import { z } from "zod";

import { call, drain, type Scenario, type Stage } from "./context-scenario.ts";

/** Agents, and the tools that they call. */
export const agentScenarios: readonly Scenario[] = [
  {
    name: "the tools of a node, which run at once",
    run: (stage) =>
      new StateGraph(MessagesAnnotation)
        .addNode("tools", new ToolNode([searching(stage, "search"), searching(stage, "look")]))
        .addEdge(START, "tools")
        .compile()
        .invoke({
          messages: [
            new AIMessage({
              content: "",
              tool_calls: [
                { name: "search", args: { query: "#a" }, id: "1" },
                { name: "look", args: { query: "#b" }, id: "2" },
                { name: "search", args: { query: "#c" }, id: "3" },
              ],
            }),
          ],
        }),
    expected: [
      "invoke_workflow > node tools > execute_tool look #b > GET #b",
      "invoke_workflow > node tools > execute_tool search #a > GET #a",
      "invoke_workflow > node tools > execute_tool search #c > GET #c",
    ],
  },
  {
    name: "LangGraph's own agent with two tools",
    run: (stage) =>
      createReactAgent({
        llm: stage.model(),
        tools: [searching(stage, "search"), searching(stage, "look")],
        name: "planner",
      }).invoke({ messages: [{ role: "user", content: "#plan" }] }),
    expected: [
      `invoke_workflow planner > node agent > chain RunnableSequence > ${call("#plan")}`,
      `invoke_workflow planner > node agent > chain RunnableSequence > ${call("#look")}`,
      "invoke_workflow planner > node tools > execute_tool look #look > GET #look",
      "invoke_workflow planner > node tools > execute_tool search #search > GET #search",
    ],
  },
  ...(["invoke", "stream"] as const).map((how) => ({
    name: `an agent with two tools, a model in its middleware and a sub-agent (${how})`,
    isNew: true,
    async run(stage: Stage) {
      // Core 0.3 cannot load it.
      const { createAgent, createMiddleware } = await import("langchain");
      const helper = createAgent({ model: stage.model(), tools: [], name: "helper" });
      const agent = createAgent({
        model: stage.model(),
        tools: [
          searching(stage, "search"),
          tool(
            async ({ query }: { query: string }) =>
              String(
                (await helper.invoke({ messages: [["user", query]] })).messages.at(-1)?.content,
              ),
            { name: "help", description: "Helps", schema: QUERY },
          ),
        ],
        name: "planner",
        middleware: [
          createMiddleware({
            name: "guard",
            beforeAgent: async () => void (await stage.model().invoke("#guard")),
            wrapModelCall: async (request, handler) => {
              await stage.get("#wrap");
              return handler(request);
            },
          }),
        ],
      });
      const input = { messages: [{ role: "user" as const, content: "#plan" }] };
      if (how === "invoke") await agent.invoke(input);
      else await drain(agent.stream(input, { streamMode: "messages" }), () => stage.get("#reader"));
    },
    expected: [
      ...(how === "stream" ? ["GET #reader"] : []),
      `invoke_agent planner > node guard.before_agent > ${call("#guard")}`,
      "invoke_agent planner > node model_request > GET #wrap",
      "invoke_agent planner > node model_request > GET #wrap",
      `invoke_agent planner > node model_request > ${call("#help")}`,
      `invoke_agent planner > node model_request > ${call("#plan")}`,
      `invoke_agent planner > node tools > execute_tool help > invoke_agent helper > node model_request > ${call("#help")}`,
      "invoke_agent planner > node tools > execute_tool search #search > GET #search",
    ],
  })),
];

// --- internal ---

const QUERY = z.object({ query: z.string() });

function searching({ get }: Stage, name: string) {
  return tool(({ query }: { query: string }, config: unknown) => get(query, config), {
    name,
    description: `Does ${name}`,
    schema: QUERY,
  });
}
