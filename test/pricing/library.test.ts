import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { diag } from "@opentelemetry/api";
import type { calcPrice, Provider } from "@pydantic/genai-prices";
import { describe, expect, it, vi } from "vitest";

import { priceOf } from "../../src/cost/index.ts";

const root = path.join(import.meta.dirname, "..", "..");
const library = createRequire(import.meta.url)("@pydantic/genai-prices") as {
  calcPrice: typeof calcPrice;
  findProvider: (options: { providerId: string }) => Provider | undefined;
};

/** Every provider that the package has, read off its own text: it exports no list. */
function providers(): Provider[] {
  const text = readFileSync(
    createRequire(import.meta.url).resolve("@pydantic/genai-prices"),
    "utf8",
  );
  const ids = [...text.matchAll(/\{id:"([^"]+)",name:"/g)].map(([, id = ""]) => id);
  return [...new Set(ids)]
    .map((providerId) => library.findProvider({ providerId }))
    .filter((provider, at) => provider?.id === [...new Set(ids)][at])
    .filter((provider) => provider !== undefined);
}

const at = new Date("2026-10-01T12:00:00Z");

describe("the published prices", () => {
  it("come out as the package's own sum, for each of its models", () => {
    const usage = {
      inputTokens: 30_000,
      cacheReadTokens: 9000,
      cacheWriteTokens: 700,
      outputTokens: 400,
    };
    const theirUsage = {
      input_tokens: 30_000,
      cache_read_tokens: 9000,
      cache_write_tokens: 700,
      output_tokens: 400,
    };
    let compared = 0;
    for (const provider of providers()) {
      for (const { id } of provider.models) {
        const theirs = theirSum(theirUsage, id, provider.id);
        const ours = priceOf({ ...usage, provider: provider.id, model: id, at });
        if (theirs === undefined) {
          expect([provider.id, id, ours]).toEqual([provider.id, id, undefined]);
          continue;
        }
        // A model that has no price for output is not asked for any; the package takes it for free.
        if (ours === undefined) continue;
        compared++;
        expect(ours.usd, `${provider.id} ${id}`).toBeCloseTo(theirs, 12);
      }
    }
    expect(compared).toBeGreaterThan(1200);
  });

  it("are asked for without a word on the console and without a request", () => {
    const warn = vi.spyOn(console, "warn");
    const request = vi.spyOn(globalThis, "fetch");
    const call = {
      provider: "anthropic",
      model: "claude-haiku-4-5",
      inputTokens: 5,
      outputTokens: 5,
    };
    priceOf({ ...call, cacheReadTokens: 50, audioInputTokens: 3, reasoningTokens: 2 });
    expect(warn).not.toHaveBeenCalled();
    expect(request).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("are remembered for some models, and right for all", () => {
    const call = { provider: "openai", inputTokens: 1_000_000, outputTokens: 0 };
    for (let name = 0; name < 1500; name++) {
      expect(priceOf({ ...call, model: `unknown-${name}` })).toBeUndefined();
    }
    expect(priceOf({ ...call, model: "gpt-4o" })?.usd).toBe(2.5);
    expect(priceOf({ ...call, model: "unknown-0" })).toBeUndefined();
  });

  it("are loaded at the first question, not on import", () => {
    const program = `
      const { createRequire } = await import("node:module");
      const { cache } = createRequire(import.meta.url);
      const loaded = () => Object.keys(cache).some((file) => file.includes("genai-prices"));
      const { priceOf } = await import(${JSON.stringify(path.join(root, "src/cost/index.ts"))});
      const before = loaded();
      const cost = priceOf({ provider: "openai", model: "gpt-4o", inputTokens: 1, outputTokens: 0 });
      console.log(JSON.stringify([before, cost.usd, loaded()]));
    `;
    expect(JSON.parse(run(program))).toEqual([false, 0.0000025, true]);
  });

  it("are none where there is no Node, and a table still has its own", () => {
    const program = `
      const { Pricing } = await import(${JSON.stringify(path.join(root, "src/pricing/pricing.ts"))});
      const { process, console } = globalThis;
      delete globalThis.process;
      const pricing = new Pricing({ acme: { m: { input: 2 } } });
      const call = { provider: "openai", model: "gpt-4o", inputTokens: 1_000_000, outputTokens: 0 };
      const costs = [pricing.priceOf(call), pricing.priceOf({ ...call, provider: "acme", model: "m" })?.usd];
      globalThis.process = process;
      console.log(JSON.stringify(costs));
    `;
    expect(JSON.parse(run(program))).toEqual([null, 2]);
  });
});

describe("a package that is not to be found", () => {
  it("is told of once, and is looked for where the process was started too", async () => {
    vi.resetModules();
    const { Pricing } = await import("../../src/pricing/pricing.ts");
    const warn = vi.spyOn(diag, "warn");
    const asked: string[] = [];
    const failing = (from: string) => (name: string) => {
      asked.push(from.startsWith("file:") ? "here" : from);
      throw new Error(`no ${name}`);
    };
    vi.stubGlobal("process", {
      getBuiltinModule: () => ({ createRequire: failing }),
      cwd: () => "/srv",
    });
    const call = { provider: "openai", model: "gpt-4o", inputTokens: 1, outputTokens: 0 };
    const costs = [new Pricing().priceOf(call), new Pricing().priceOf(call)];
    vi.unstubAllGlobals();
    expect(costs).toEqual([undefined, undefined]);
    expect(asked).toEqual(["here", "/srv/"]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain("only a price table has prices");
    vi.restoreAllMocks();
  });
});

function theirSum(
  usage: Record<string, number>,
  id: string,
  providerId: string,
): number | undefined {
  const found = library.calcPrice(usage, id, { providerId, timestamp: at });
  return found?.total_price === 0 ? undefined : found?.total_price;
}

function run(program: string): string {
  return execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: root,
    encoding: "utf8",
  });
}
