exports.ChatOpenAI = require("@langchain/openai").ChatOpenAI;
