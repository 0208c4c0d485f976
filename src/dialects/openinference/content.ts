import type { Attributes } from "@opentelemetry/api";

import type { WrittenContent, WrittenValue } from "../../content/content-policy.ts";
import type { RunRequest } from "../../operation.ts";
import { OPENINFERENCE } from "../../semconv/openinference.ts";
import { documentAttributes } from "./documents.ts";
import { messageAttributes } from "./messages.ts";
import { listOf } from "./plain.ts";
import { roomFor } from "./room.ts";
import { toolAttributes } from "./tools.ts";

/** All of it as one value, and what Phoenix shows as messages, tools and documents also piece by piece. */
export function openInferenceContent(request: RunRequest, content: WrittenContent): Attributes {
  const room = roomFor(request);
  const tools = toolAttributes(written(content.toolDefinitions), room.tools);
  const into = room.input - Object.keys(tools).length;
  const inputs = request.kind === "model" ? asked(content) : [];
  const outputs = request.kind === "model" ? written(content.outputMessages) : [];
  return {
    ...value(OPENINFERENCE.inputValue, OPENINFERENCE.inputMimeType, inputOf(content)),
    ...value(OPENINFERENCE.outputValue, OPENINFERENCE.outputMimeType, outputOf(content)),
    ...toolParameters(request, content.toolArguments),
    ...messageAttributes(OPENINFERENCE.llmInputMessages, inputs, into),
    ...tools,
    ...messageAttributes(OPENINFERENCE.llmOutputMessages, outputs, room.output),
    ...documentAttributes(written(content.documents), room.documents),
  };
}

// --- internal ---

function inputOf(content: WrittenContent): WrittenValue | undefined {
  return content.toolArguments ?? content.query ?? content.inputMessages ?? content.input;
}

function outputOf(content: WrittenContent): WrittenValue | undefined {
  return content.toolResult ?? content.documents ?? content.outputMessages ?? content.output;
}

/** A value that was uploaded is not written: its reference stands for it. */
function value(name: string, mimeType: string, said: WrittenValue | undefined): Attributes {
  if (said === undefined) return {};
  if (said.reference !== undefined) return { [name]: said.reference, [mimeType]: TEXT };
  return typeof said.value === "string"
    ? { [name]: said.value, [mimeType]: TEXT }
    : { [name]: said.json, [mimeType]: JSON_TYPE };
}

const TEXT = "text/plain";
const JSON_TYPE = "application/json";

function toolParameters({ kind }: RunRequest, said: WrittenValue | undefined): Attributes {
  if (kind !== "tool" || said === undefined || said.reference !== undefined) return {};
  return { [OPENINFERENCE.toolParameters]: said.json };
}

/** The conversation, with the instructions that some providers take apart from it. */
function asked({ systemInstructions, inputMessages }: WrittenContent): readonly unknown[] {
  const parts = written(systemInstructions);
  const system = parts.length === 0 ? [] : [{ role: "system", parts }];
  return [...system, ...written(inputMessages)];
}

function written(list: WrittenValue | undefined): readonly unknown[] {
  return list === undefined || list.reference !== undefined ? [] : listOf(list.value);
}
