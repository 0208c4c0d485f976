import type { ReadContent } from "../../content/content-policy.ts";
import {
  chainInput,
  chainOutput,
  retrieverInput,
  retrieverOutput,
  toolInput,
  toolOutput,
} from "../../langchain/content/other-content.ts";
import { messagesOf } from "../../langchain/messages/messages.ts";
import type { RunRequest } from "../../operation.ts";
import type { Answer } from "./answer.ts";
import type { PlannedCall } from "./request.ts";

/** What a call is made with. One argument stands for itself, several are a list. */
export function input(planned: PlannedCall, args: readonly unknown[]): ReadContent {
  const given = args.length > 1 ? args : args[0];
  const { request, shape, asked } = planned;
  switch (request.kind) {
    case "model":
      if (shape?.input !== undefined && asked !== undefined) {
        const read = shape.input;
        return (reading) => read(asked, reading);
      }
      return (reading) => ({ inputMessages: conversation(args[0], reading) });
    case "tool":
      return toolInput(given);
    case "retriever":
      return retrieverInput(args[0]);
    case "agent":
      return (reading) => ({
        ...chainInput(given)(reading),
        ...(typeof args[0] === "string" ? { inputMessages: messagesOf(args[0], reading) } : {}),
      });
    case "infra":
    case "trace":
      return ({ values }) => ({ input: values ? given : undefined });
    default:
      return () => ({});
  }
}

/** What it returned. */
export function output(
  kind: RunRequest["kind"] | undefined,
  value: unknown,
  answer: Answer | undefined,
): ReadContent {
  switch (kind) {
    case "model":
      return (reading) => answer?.content(value, reading) ?? {};
    case "tool":
      return toolOutput(value);
    case "retriever":
      return retrieverOutput(value);
    case "agent":
      return typeof value === "string" ? said(value) : chainOutput(value);
    case "infra":
    case "trace":
      return ({ values }) => ({ output: values ? value : undefined });
    default:
      return () => ({});
  }
}

// --- internal ---

type Reading = Parameters<ReadContent>[0];

/** A text, or messages. */
function conversation(given: unknown, reading: Reading): ReturnType<typeof messagesOf> | undefined {
  if (typeof given === "string" || Array.isArray(given)) return messagesOf(given, reading);
  return chainInput(given)(reading).inputMessages as ReturnType<typeof messagesOf> | undefined;
}

function said(content: string): ReadContent {
  return () => ({
    outputMessages: [
      { role: "assistant", parts: [{ type: "text", content }], finish_reason: "stop" },
    ],
  });
}
