import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import { VYSTAK } from "../../../src/semconv/vystak.ts";
import type { Violation } from "./violation.ts";

/** Where we depart from the conventions, knowingly. The README has the same table. */
export interface Deviation {
  readonly versions: readonly SemconvVersion[];
  readonly what: string;
  readonly why: string;
  readonly covers: (violation: Violation) => boolean;
}

/** Names that only a dialect writes, which the application has asked for. */
const DIALECT_NAMES: readonly string[] = Object.values(VYSTAK);

const MEMORY = /^(?:search|upsert|delete)_memory$/;

export const DEVIATIONS: readonly Deviation[] = [
  {
    versions: ["1.41"],
    what: "Model spans are called `gen_ai.chat` and `gen_ai.text_completion`, not `chat {model}`",
    why: 'A back end then lists every model call by one name; `spanNames: "semconv"` gives the conventions\' names',
    covers: ({ rule, span = "" }) =>
      rule === "name" && /^gen_ai\.(?:chat|text_completion)$/.test(span),
  },
  {
    versions: ["1.41"],
    what: "`gen_ai.token.type` has the values `cache_read` and `cache_creation` beside `input` and `output`",
    why: "Cached tokens have other prices. They are inside `input` already: sum `input` and `output` only",
    covers: ({ rule, attribute, values }) =>
      rule === "enum" &&
      attribute === "gen_ai.token.type" &&
      /^cache_(?:read|creation)$/.test(String(values[attribute])),
  },
  {
    versions: ["1.41"],
    what: "`gen_ai.invoke_agent.duration`, `gen_ai.execute_tool.duration` and `gen_ai.invoke_workflow.duration` are recorded",
    why: "1.41.1 has no metric for these runs yet; names and buckets are the next version's",
    covers: ({ rule, of }) =>
      rule === "unknown" &&
      /^gen_ai\.(?:invoke_agent|execute_tool|invoke_workflow)\.duration$/.test(of),
  },
  {
    versions: ["1.41"],
    what: "A graph's store has spans and durations with the operations `search_memory`, `upsert_memory` and `delete_memory` and `gen_ai.memory.*`",
    why: "1.41.1 has no memory operations yet; names are the next version's",
    covers: ({ attribute = "gen_ai.operation.name", values }) =>
      MEMORY.test(String(values["gen_ai.operation.name"])) &&
      /^gen_ai\.(?:operation\.name$|memory\.)/.test(attribute),
  },
  {
    versions: ["1.41"],
    what: "`gen_ai.provider.name` is set on `invoke_agent` when the agent ends, and is absent when its models are of several providers or it called none",
    why: "1.41.1 requires it at the start, where no agent says what models it will call; the next version has dropped it",
    covers: ({ rule, of, attribute }) =>
      of === "invoke_agent" &&
      attribute === "gen_ai.provider.name" &&
      (rule === "required" || rule === "at-start"),
  },
  {
    versions: ["1.41"],
    what: "`gen_ai.client.operation.duration` of a retrieval or a store's operation has no `gen_ai.provider.name`",
    why: "1.41.1 requires it, and there is no provider; the next version asks for it only where there is one",
    covers: ({ rule, of, attribute, values }) =>
      rule === "required" &&
      of === "gen_ai.client.operation.duration" &&
      attribute === "gen_ai.provider.name" &&
      /^retrieval$|_memory$/.test(String(values["gen_ai.operation.name"])),
  },
  {
    versions: ["1.41"],
    what: "A document that was found has no `id` and no `score` where LangChain has none",
    why: "1.41.1 requires both, the next version neither; nothing is made up",
    covers: ({ rule, attribute }) =>
      rule === "content" && attribute === "gen_ai.retrieval.documents",
  },
  {
    versions: ["1.41"],
    what: "An MCP `tools/call` span has `gen_ai.tool.call.arguments` and `gen_ai.tool.call.result` where content is captured",
    why: "1.41.1 lists them for `execute_tool` only, the next version for both",
    covers: ({ rule, of, attribute = "" }) =>
      rule === "unlisted" &&
      of === "tools/call" &&
      /^gen_ai\.tool\.call\.(?:arguments|result)$/.test(attribute),
  },
  {
    versions: ["1.41", "next"],
    what: "`gen_ai.agent.name` and `gen_ai.conversation.id` are on every span below an agent or of a conversation",
    why: "The conventions list them for some spans only; a back end can then filter by them",
    covers: ({ rule, span, of, attribute }) =>
      rule === "unlisted" &&
      (span !== undefined || of === "gen_ai.client.inference.operation.details") &&
      /^gen_ai\.(?:agent\.name|conversation\.id)$/.test(attribute ?? ""),
  },
  {
    versions: ["1.41", "next"],
    what: "`invoke_agent` spans may get their operation and name after their start",
    why: "Some graphs turn out to be agents only when their first node runs",
    covers: ({ rule, of, attribute }) =>
      rule === "at-start" &&
      of === "invoke_agent" &&
      /^gen_ai\.(?:operation|agent)\.name$/.test(attribute ?? ""),
  },
  {
    versions: ["1.41", "next"],
    what: "Spans of a wrapped object are called `{name}.{method}` where a name is given",
    why: "The application has named it so; without a name, a call of a model is called as all are",
    covers: ({ rule, span = "" }) =>
      rule === "name" && /^[^ ]+\.[^ ]+$/.test(span) && !span.startsWith("gen_ai."),
  },
  {
    versions: ["1.41", "next"],
    what: "A traced function that asks a model may get its provider, and that it embeds, when it ends",
    why: "Where the arguments do not tell whom it asks, the answer does",
    covers: ({ rule, of, attribute = "" }) =>
      rule === "at-start" &&
      /^(?:chat|embeddings)$/.test(of) &&
      /^gen_ai\.(?:provider|operation)\.name$/.test(attribute),
  },
  {
    versions: ["1.41", "next"],
    what: "An MCP client's `tools/call` span stands below the `execute_tool` span of the same call",
    why: "The one is the tool as the agent sees it, the other the request, with its own time and errors",
    covers: ({ rule }) => rule === "nesting",
  },
  {
    versions: ["1.41", "next"],
    what: "`openai.*` attributes are on calls of Azure OpenAI",
    why: "The conventions list them for the provider `openai`; Azure's is the same API",
    covers: ({ rule, attribute = "", values }) =>
      rule === "unlisted" &&
      attribute.startsWith("openai.") &&
      values["gen_ai.provider.name"] === "azure.ai.openai",
  },
  {
    versions: ["1.41", "next"],
    what: "`gen_ai.request.model` is absent where LangChain does not tell the model",
    why: "The conventions require it of OpenAI's calls; nothing is made up",
    covers: ({ rule, attribute, values }) =>
      rule === "required" &&
      attribute === "gen_ai.request.model" &&
      values["gen_ai.provider.name"] === "openai",
  },
  {
    versions: ["1.41", "next"],
    what: "`aws.bedrock.guardrail.id` is absent on calls without a guardrail",
    why: "The conventions require it of every call of Bedrock",
    covers: ({ rule, attribute }) =>
      rule === "required" && attribute === "aws.bedrock.guardrail.id",
  },
  {
    versions: ["1.41", "next"],
    what: "Content that was uploaded is referred to by an attribute of its name with `_ref` at its end",
    why: "The conventions have no name for it yet; this one is that of OpenTelemetry's instrumentations for Python",
    covers: ({ rule, attribute = "" }) => rule === "unknown" && /^gen_ai\..*_ref$/.test(attribute),
  },
  {
    versions: ["1.41", "next"],
    what: '`gen_ai.system` and `gen_ai.usage.cache_read_input_tokens` stand beside newer names, with `dialects: ["vystak"]` or `["llm"]`',
    why: "They belong to these dialects, which dashboards made for the older names need",
    covers: ({ rule, attribute = "" }) =>
      (rule === "deprecated" || rule === "unknown") && DIALECT_NAMES.includes(attribute),
  },
];

/** The deviation that a violation is part of. */
export function deviationOf(violation: Violation): Deviation | undefined {
  return DEVIATIONS.find(
    ({ versions, covers }) => versions.includes(violation.version) && covers(violation),
  );
}
