import { Module } from "node:module";

import { CallbackManager } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { BaseLLM } from "@langchain/core/language_models/llms";
import { BaseRetriever } from "@langchain/core/retrievers";
import { Runnable } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { StructuredTool } from "@langchain/core/tools";
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import { VectorStore } from "@langchain/core/vectorstores";
import * as openai from "@langchain/openai";
import { LangChainInstrumentation } from "langchain-otel";

import { detach } from "./detach.cjs";
import * as otel from "./otel.mjs";

const classes = {
  Module,
  CallbackManager,
  BaseChatModel,
  BaseLLM,
  BaseRetriever,
  Runnable,
  StructuredTool,
  AsyncCaller,
  VectorStore,
};
const objects = {
  "local storage": AsyncLocalStorageProviderSingleton,
  "local storage's prototype": Object.getPrototypeOf(AsyncLocalStorageProviderSingleton),
};
await detach({ LangChainInstrumentation, otel, openai, parts: { classes, objects } });
