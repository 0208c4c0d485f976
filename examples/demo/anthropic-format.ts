/** Anthropic's messages. */
import { pieces, plain, words } from "./format.ts";
import type { Content, Format, StreamEvent } from "./format.ts";
import type { Usage } from "./replies.ts";

export const anthropic: Format = {
  read({ model, messages, tools = [], system }) {
    const last = messages.findLastIndex(
      ({ role, content }) => role === "user" && toolResults(content).length === 0,
    );
    return {
      provider: "anthropic",
      model,
      system: plain(system),
      question: plain(messages[last]?.content),
      toolResults: messages.slice(last + 1).flatMap(({ content }) => toolResults(content)),
      tools: tools.flatMap(({ name, input_schema }) =>
        name === undefined ? [] : [{ name, parameters: input_schema ?? {} }],
      ),
      length: JSON.stringify([system, messages]).length,
    };
  },

  render({ model }, reply, id) {
    const head = { id: `msg_demo${id}`, type: "message", role: "assistant", model };
    const stop = {
      stop_reason: reply.toolCalls.length > 0 ? "tool_use" : "end_turn",
      stop_sequence: null,
    };
    const input = inputOf(reply.usage);
    const details = {
      cache_creation: {
        ephemeral_5m_input_tokens: reply.usage.cacheWrite,
        ephemeral_1h_input_tokens: 0,
      },
      service_tier: "standard",
    };
    const { output } = reply.usage;
    const text = reply.text === "" ? [] : [{ type: "text", text: reply.text }];
    const uses = reply.toolCalls.map(({ name, args }, index) => ({
      type: "tool_use",
      id: `toolu_demo${id}_${index}`,
      name,
      input: args,
    }));

    // The first event has the whole input and the first of the output tokens, the last one the final count.
    const message = {
      ...head,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...input, ...details, output_tokens: 1 },
    };
    const blocks = [
      ...text.map((block) => ({
        start: { ...block, text: "" },
        deltas: words(block.text).map((part) => ({ type: "text_delta", text: part })),
      })),
      ...uses.map((block) => ({
        start: { ...block, input: {} },
        deltas: pieces(JSON.stringify(block.input)).map((part) => ({
          type: "input_json_delta",
          partial_json: part,
        })),
      })),
    ];
    return {
      body: {
        ...head,
        content: [...text, ...uses],
        ...stop,
        usage: { ...input, ...details, output_tokens: output },
      },
      events: [
        event({ type: "message_start", message }),
        ...blocks.flatMap(({ start, deltas }, index) => [
          event({ type: "content_block_start", index, content_block: start }),
          ...deltas.map((delta) => event({ type: "content_block_delta", index, delta }, true)),
          event({ type: "content_block_stop", index }),
        ]),
        event({ type: "message_delta", delta: stop, usage: { ...input, output_tokens: output } }),
        event({ type: "message_stop" }),
      ],
    };
  },

  busy: {
    status: 529,
    body: {
      type: "error",
      error: { type: "overloaded_error", message: "Overloaded" },
      request_id: "req_demo",
    },
  },
};

// --- internal ---

function event(
  data: { readonly type: string } & Readonly<Record<string, unknown>>,
  spoken = false,
): StreamEvent {
  return { name: data.type, data, spoken };
}

function toolResults(content: Content): readonly string[] {
  const blocks = typeof content === "string" ? [] : (content ?? []);
  return blocks.filter(({ type }) => type === "tool_result").map((block) => plain(block.content));
}

/** The cached parts are beside `input_tokens`. */
function inputOf({ fresh, cacheRead, cacheWrite }: Usage): object {
  return {
    input_tokens: fresh,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
  };
}
