import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { LLM } from "@langchain/core/language_models/llms";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult, GenerationChunk } from "@langchain/core/outputs";

/** What a model says, word by word; it may fail or wait on the way. */
export type Script = (signal: AbortSignal | undefined) => AsyncGenerator<string>;

/** A chat model that says what its script says, streamed and not. */
export class ScriptedChatModel extends BaseChatModel {
  readonly #script: Script;

  constructor(script: Script) {
    super({ maxRetries: 0 });
    this.#script = script;
  }

  override _llmType(): string {
    return "scripted";
  }

  /** Agents need it; what they bind is not used. */
  override bindTools(): this {
    return this;
  }

  override async _generate(
    _messages: BaseMessage[],
    options: this["ParsedCallOptions"],
  ): Promise<ChatResult> {
    let text = "";
    for await (const word of this.#script(options.signal)) text += word;
    return { generations: [{ text, message: new AIMessage(text) }] };
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    for await (const text of this.#script(options.signal)) {
      const chunk = new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
      yield chunk;
      await runManager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, {
        chunk,
      });
    }
  }
}

/** The same, of a text model. */
export class ScriptedTextModel extends LLM {
  readonly #script: Script;

  constructor(script: Script) {
    super({ maxRetries: 0 });
    this.#script = script;
  }

  override _llmType(): string {
    return "scripted";
  }

  override async _call(_prompt: string, options: this["ParsedCallOptions"]): Promise<string> {
    let text = "";
    for await (const word of this.#script(options.signal)) text += word;
    return text;
  }

  override async *_streamResponseChunks(
    _prompt: string,
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<GenerationChunk> {
    for await (const text of this.#script(options.signal)) {
      yield new GenerationChunk({ text });
      await runManager?.handleLLMNewToken(text);
    }
  }
}

/** Three words. */
export async function* threeWords(): AsyncGenerator<string> {
  yield "one ";
  yield "two ";
  yield "three";
}

/** A word, then a failure. */
export async function* failing(): AsyncGenerator<string> {
  yield "one ";
  throw new RangeError("the model broke");
}

/** Fails at once. */
// oxlint-disable-next-line require-yield
export async function* failingAtOnce(): AsyncGenerator<string> {
  throw new RangeError("the model broke");
}

/** A word, then silence until it is aborted; then it throws what models throw. */
export async function* silentAfterOne(signal: AbortSignal | undefined): AsyncGenerator<string> {
  yield "one ";
  yield* silent(signal);
}

/** Silence until it is aborted. */
// oxlint-disable-next-line require-yield
export async function* silent(signal: AbortSignal | undefined): AsyncGenerator<string> {
  await new Promise((_, reject) => {
    const abort = (): void =>
      reject(Object.assign(new Error("Request was aborted."), { name: "AbortError" }));
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
  });
}
