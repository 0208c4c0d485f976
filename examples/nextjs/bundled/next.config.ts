import type { NextConfig } from "next";

/** LangChain and langchain-otel become part of the bundle. */
const config: NextConfig = {};

export default config;
