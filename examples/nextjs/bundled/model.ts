import * as manager from "@langchain/core/callbacks/manager";
import * as chatModels from "@langchain/core/language_models/chat_models";
import * as asyncCaller from "@langchain/core/utils/async_caller";
import { ChatOpenAI } from "@langchain/openai";
import { LangChainInstrumentation } from "langchain-otel";

// In a bundle LangChain cannot be found, it has to be given. Not in `instrumentation.ts`: Next.js bundles that apart,
// with a LangChain of its own, and the routes' would not be traced.
new LangChainInstrumentation().manuallyInstrument(manager, chatModels, asyncCaller);

export function chatModel(): ChatOpenAI {
  return new ChatOpenAI({ model: "gpt-5.4-mini" });
}
