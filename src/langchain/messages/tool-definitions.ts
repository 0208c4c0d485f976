import type { ToolDefinition } from "../../content/message.ts";
import { type Fields, fields, first, string } from "../read.ts";

/** The tools that a request offers the model, in whatever provider's form. */
export function toolDefinitions(params: Fields): ToolDefinition[] | undefined {
  const config = fields(params["toolConfig"] ?? params["tool_config"]);
  const given = [...list(params["tools"]), ...list(config["tools"]), ...list(params["functions"])];
  const tools = given.slice(0, MOST_TOOLS).flatMap((tool) => definitionsOf(fields(tool)));
  return tools.length === 0 ? undefined : tools.slice(0, MOST_TOOLS);
}

// --- internal ---

const MOST_TOOLS = 1000;

function definitionsOf(tool: Fields): ToolDefinition[] {
  // Google puts many into one.
  const declared = list(tool["functionDeclarations"] ?? tool["function_declarations"]);
  if (declared.length > 0) return declared.map((each) => functionTool(fields(each)));
  // OpenAI's chat completions, and Bedrock
  const inner = tool["function"] ?? tool["custom"] ?? tool["toolSpec"];
  if (inner !== undefined) return [functionTool(fields(inner))];
  const type = string(tool["type"]);
  const name = first(string(tool["name"]), type);
  // {googleSearch: {}}
  if (name === undefined) return Object.keys(tool).map((key) => ({ type: key, name: key }));
  const isFunction = type === undefined || type === "function" || type === "custom";
  return isFunction ? [functionTool(tool)] : [{ type, name }];
}

function functionTool(tool: Fields): ToolDefinition {
  const description = string(tool["description"]);
  const schema = fields(tool["inputSchema"])["json"];
  const parameters =
    tool["parameters"] ??
    tool["parametersJsonSchema"] ??
    tool["input_schema"] ??
    schema ??
    tool["parameterDefinitions"] ??
    tool["parameter_definitions"];
  return {
    type: "function",
    name: string(tool["name"]) ?? "",
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
