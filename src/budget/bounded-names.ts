import type { UsageRecord } from "./usage-record.ts";

/** Stands for all names beyond the most; metrics have the same word. */
const OVERFLOW = "__cardinality_overflow__";

/** Sums are kept by agent, provider and model for ever; names that are made up anew each time shall not fill memory. */
export class BoundedNames {
  readonly #known = {
    agentName: new Set<string>(),
    provider: new Set<string>(),
    model: new Set<string>(),
  };

  /** An agent that has a budget keeps its name. */
  keepAgent(name: string): void {
    this.#known.agentName.add(name);
  }

  bounded(record: UsageRecord): UsageRecord {
    const agentName = this.#bound("agentName", record.agentName);
    const provider = this.#bound("provider", record.provider) ?? record.provider;
    const model = this.#bound("model", record.model);
    return { ...record, agentName, provider, model };
  }

  #bound(kind: keyof typeof MOST, name: string | undefined): string | undefined {
    const known = this.#known[kind];
    if (name === undefined || known.has(name)) return name;
    if (known.size >= MOST[kind]) return OVERFLOW;
    known.add(name);
    return name;
  }
}

// --- internal ---

const MOST = { agentName: 2000, provider: 100, model: 1000 } as const;
