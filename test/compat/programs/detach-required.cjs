const { Module } = require("node:module");

const { CallbackManager } = require("@langchain/core/callbacks/manager");
const { BaseChatModel } = require("@langchain/core/language_models/chat_models");
const { BaseLLM } = require("@langchain/core/language_models/llms");
const { BaseRetriever } = require("@langchain/core/retrievers");
const { Runnable } = require("@langchain/core/runnables");
const { AsyncLocalStorageProviderSingleton } = require("@langchain/core/singletons");
const { StructuredTool } = require("@langchain/core/tools");
const { AsyncCaller } = require("@langchain/core/utils/async_caller");
const { VectorStore } = require("@langchain/core/vectorstores");
const openai = require("@langchain/openai");
const { LangChainInstrumentation } = require("langchain-otel");

const { detach } = require("./detach.cjs");
const otel = require("./otel.cjs");

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
void detach({ LangChainInstrumentation, otel, openai, parts: { classes, objects } });
