import { ChatAnthropic } from "@langchain/anthropic";
import { ChatOpenAI } from "@langchain/openai";

import { type ProviderServer, startProviderServer } from "./provider-server.ts";

/** Who plays which part, and what the reader should know about it. */
export interface Cast {
  readonly planner: ChatOpenAI;
  readonly expert: ChatAnthropic;
  readonly reviewer: ChatAnthropic;
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** `--live` without a key. */
export class MissingKeyError extends Error {
  override readonly name = "MissingKeyError";
}

/**
 * The models, with the real providers behind them where that is wanted and possible, else the local server.
 * @throws MissingKeyError
 */
export async function castModels({
  live,
  env,
}: {
  readonly live: boolean;
  readonly env: NodeJS.ProcessEnv;
}): Promise<Cast> {
  const keys = PROVIDERS.filter(({ key }) => (env[key] ?? "") !== "");
  if (live && keys.length === 0)
    throw new MissingKeyError("--live needs OPENAI_API_KEY or ANTHROPIC_API_KEY, neither is set");
  const real = live ? keys : [];
  const server = real.length === PROVIDERS.length ? undefined : await startProviderServer();
  const isReal = (name: string): boolean => real.some((provider) => provider.name === name);
  const claude = anthropic(env, isReal("Anthropic") ? undefined : server);
  return {
    planner: openai(env, isReal("OpenAI") ? undefined : server),
    expert: claude,
    reviewer: claude,
    notes: notes(keys, real),
    close: async () => server?.close(),
  };
}

// --- internal ---

interface Provider {
  readonly name: string;
  readonly key: string;
}

const PROVIDERS: readonly Provider[] = [
  { name: "OpenAI", key: "OPENAI_API_KEY" },
  { name: "Anthropic", key: "ANTHROPIC_API_KEY" },
];

function openai(env: NodeJS.ProcessEnv, server: ProviderServer | undefined): ChatOpenAI {
  return new ChatOpenAI({
    model: env["OPENAI_MODEL"] ?? "gpt-5.4-mini",
    // Somebody is waiting for the demo; LangChain would try six times.
    maxRetries: 1,
    ...(server && { apiKey: "none", configuration: { baseURL: `${server.url}/v1` } }),
  });
}

function anthropic(env: NodeJS.ProcessEnv, server: ProviderServer | undefined): ChatAnthropic {
  return new ChatAnthropic({
    model: env["ANTHROPIC_MODEL"] ?? "claude-sonnet-4-5",
    maxRetries: 1,
    ...(server && { apiKey: "none", anthropicApiUrl: server.url }),
  });
}

function notes(keys: readonly Provider[], real: readonly Provider[]): string[] {
  const played = PROVIDERS.filter((provider) => !real.includes(provider));
  const lines = real.map(({ name }) => `${name} is the real one.`);
  if (played.length > 0) {
    const names = played.map(({ name }) => name).join(" and ");
    const why = real.length === 0 ? "no network, no key" : `${played[0]?.key ?? ""} is not set`;
    lines.push(
      `${names} ${played.length > 1 ? "are" : "is"} played by a server on this machine: ${why}.`,
    );
  }
  if (keys.length > 0 && real.length === 0) {
    const names = keys.map(({ key }) => key).join(" and ");
    lines.push(
      `${names} ${keys.length > 1 ? "are" : "is"} set. To ask the real models: npm run demo -- --live`,
    );
  }
  return lines;
}
