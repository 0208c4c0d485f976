// Finds what is beside it: another copy of our package, which finds another LangChain.
exports.LangChainInstrumentation = require("langchain-otel").LangChainInstrumentation;
exports.loadLangChain = () => require("@langchain/openai");
