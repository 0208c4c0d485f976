import { Module } from "node:module";

import { CallbackManager } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { BaseLLM } from "@langchain/core/language_models/llms";
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import * as openai from "@langchain/openai";
import { LangChainInstrumentation } from "langchain-otel";

import { detach } from "./detach.cjs";
import * as otel from "./otel.mjs";

const modules = { CallbackManager, BaseChatModel, BaseLLM, AsyncCaller, Module };
await detach({ LangChainInstrumentation, otel, openai, modules });
