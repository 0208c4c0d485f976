import type { NextConfig } from "next";

const config: NextConfig = {
  // Left out of the bundle: they are loaded from node_modules, where langchain-otel finds and instruments them.
  // Name every LangChain package that you use.
  serverExternalPackages: ["langchain-otel", "@langchain/core", "@langchain/openai"],
};

export default config;
