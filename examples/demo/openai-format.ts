/** OpenAI's chat completions. */
import { pieces, plain, words } from "./format.ts";
import type { Format, StreamEvent } from "./format.ts";
import type { Reply, Usage } from "./replies.ts";

export const openai: Format = {
  read({ model, messages, tools = [] }) {
    const last = messages.findLastIndex(({ role }) => role === "user");
    const rules = messages.filter(({ role }) => role === "system" || role === "developer");
    const results = messages.slice(last + 1).filter(({ role }) => role === "tool");
    return {
      provider: "openai",
      model,
      system: rules.map(({ content }) => plain(content)).join("\n"),
      question: plain(messages[last]?.content),
      toolResults: results.map(({ content }) => plain(content)),
      tools: tools.flatMap(({ function: f }) =>
        f === undefined ? [] : [{ name: f.name, parameters: f.parameters ?? {} }],
      ),
      length: JSON.stringify(messages).length,
    };
  },

  render({ model, stream_options }, reply, id) {
    const created = Math.floor(Date.now() / 1000);
    const head = {
      id: `chatcmpl-demo${id}`,
      created,
      model,
      service_tier: "default",
      system_fingerprint: "fp_demo",
    };
    const finish_reason = reply.toolCalls.length > 0 ? "tool_calls" : "stop";
    const calls = toolCalls(reply, id);
    const usage = usageOf(reply.usage);
    const message = {
      role: "assistant",
      content: reply.text === "" ? null : reply.text,
      refusal: null,
      ...(calls.length > 0 && { tool_calls: calls }),
    };

    const object = "chat.completion.chunk";
    const chunk = (
      delta: object,
      spoken: boolean,
      finished: string | null = null,
    ): StreamEvent => ({
      data: {
        ...head,
        object,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finished }],
        usage: null,
      },
      spoken,
    });
    const counted: StreamEvent = { data: { ...head, object, choices: [], usage }, spoken: false };
    return {
      body: {
        ...head,
        object: "chat.completion",
        choices: [{ index: 0, message, logprobs: null, finish_reason }],
        usage,
      },
      events: [
        chunk({ role: "assistant", content: "", refusal: null }, false),
        ...words(reply.text).map((content) => chunk({ content }, true)),
        ...calls.flatMap((call, index) => [
          chunk(
            {
              tool_calls: [
                { index, ...call, function: { name: call.function.name, arguments: "" } },
              ],
            },
            true,
          ),
          ...pieces(call.function.arguments).map((part) =>
            chunk({ tool_calls: [{ index, function: { arguments: part } }] }, true),
          ),
        ]),
        chunk({}, false, finish_reason),
        ...(stream_options?.include_usage === true ? [counted] : []),
        { data: "[DONE]", spoken: false },
      ],
    };
  },

  busy: {
    status: 503,
    body: {
      error: {
        message: "The engine is currently overloaded, please try again later.",
        type: "server_error",
        param: null,
        code: null,
      },
    },
  },
};

// --- internal ---

function toolCalls({ toolCalls: calls }: Reply, id: number) {
  return calls.map(({ name, args }, index) => ({
    id: `call_demo${id}_${index}`,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
}

/** The cached parts are inside of `prompt_tokens`. */
function usageOf({ fresh, cacheRead, cacheWrite, output, reasoning }: Usage): object {
  const input = fresh + cacheRead + cacheWrite;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      cache_write_tokens: cacheWrite,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
