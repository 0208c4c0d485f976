const { Module } = require("node:module");

const { CallbackManager } = require("@langchain/core/callbacks/manager");
const { BaseChatModel } = require("@langchain/core/language_models/chat_models");
const { BaseLLM } = require("@langchain/core/language_models/llms");
const { AsyncCaller } = require("@langchain/core/utils/async_caller");
const openai = require("@langchain/openai");
const { LangChainInstrumentation } = require("langchain-otel");

const { detach } = require("./detach.cjs");
const otel = require("./otel.cjs");

const modules = { CallbackManager, BaseChatModel, BaseLLM, AsyncCaller, Module };
void detach({ LangChainInstrumentation, otel, openai, modules });
