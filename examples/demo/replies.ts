/** What the demo's models say, and what it is supposed to have cost: no model behind it, only the request. */

interface Tool {
  readonly name: string;
  /** JSON schema of the arguments. */
  readonly parameters: Schema;
}

export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** A request in neither provider's form. */
export interface Prompt {
  readonly provider: string;
  readonly model: string;
  readonly system: string;
  /** The last thing the user said. */
  readonly question: string;
  /** What tools have answered since. */
  readonly toolResults: readonly string[];
  readonly tools: readonly Tool[];
  /** Length of the whole conversation, in characters. */
  readonly length: number;
}

export interface Reply {
  readonly text: string;
  readonly toolCalls: readonly {
    readonly name: string;
    readonly args: Readonly<Record<string, unknown>>;
  }[];
  readonly usage: Usage;
}

/** Tokens; `fresh`, `cacheRead` and `cacheWrite` together are the input, `reasoning` is a part of `output`. */
export interface Usage {
  readonly fresh: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Replies to one conversation after another and remembers which prompts are already in the provider's cache. */
export class Replies {
  readonly #cached = new Set<string>();

  /** First asks for (at most two of) the tools it was offered, all at once, then answers from their results. */
  to(prompt: Prompt): Reply {
    const calls = prompt.toolResults.length > 0 ? [] : prompt.tools.slice(0, 2);
    const toolCalls = calls.map(({ name, parameters }) => ({
      name,
      args: fill(parameters, prompt.question),
    }));
    const text = toolCalls.length > 0 ? "" : answer(prompt);
    return { text, toolCalls, usage: this.#usage(prompt, text + JSON.stringify(toolCalls)) };
  }

  #usage(prompt: Prompt, said: string): Usage {
    const prefix = JSON.stringify([prompt.provider, prompt.model, prompt.system, prompt.tools]);
    const known = this.#cached.has(prefix);
    this.#cached.add(prefix);
    const reasoning = /^(gpt-5|o\d)/.test(prompt.model) ? 64 : 0;
    return {
      fresh: tokens(prompt.length) + 7,
      cacheRead: known ? HANDBOOK_TOKENS : 0,
      cacheWrite: known ? 0 : HANDBOOK_TOKENS,
      output: tokens(said.length) + reasoning,
      reasoning,
    };
  }
}

// --- internal ---

/** The demo's prompts are too short for any cache, so each counts as if it began with a handbook of this size. */
const HANDBOOK_TOKENS = 1408;

const ANSWERS: readonly {
  readonly about: RegExp;
  readonly say: (found: string, place: string) => string;
}[] = [
  {
    about: /forecast/i,
    say: (found) => `${found} No rain is in sight.`,
  },
  {
    about: /weather|trip|travel|pack|visit|weekend/i,
    say: (found, place) =>
      `A good choice, ${place}. ${found} Take a light jacket for the evenings, and book the museum ahead: ` +
      "after eleven the queue goes round the block.",
  },
  {
    about: /refund|order|parcel|delivery|invoice/i,
    say: (found) =>
      `I have looked into it. ${found} You need not do anything: the money is on its way and arrives in three to five working days.`,
  },
  {
    about: /incident|outage|alert|latency|deploy/i,
    say: (found) =>
      `Here is what happened. ${found} The last deployment doubled the number of queries per request; rolling it back ` +
      "brought the response time down within four minutes.",
  },
  {
    about: /summar|shorten|review|proofread|rewrite/i,
    say: (found) =>
      `${found} In short: the plan holds, the budget is enough, and only the date of the first step is still open.`,
  },
  { about: /capital of france/i, say: () => "The capital of France is Paris." },
  {
    about: /./s,
    say: (found) =>
      `Here is what I can say. ${found} Ask me for the details and I will go through them one by one.`,
  },
];

function answer({ question, toolResults }: Prompt): string {
  const found = toolResults.map(sentence).join(" ");
  const match = ANSWERS.find(({ about }) => about.test(question));
  return (match?.say(found, placeIn(question)) ?? found).replaceAll(/ {2,}/g, " ").trim();
}

/** A tool's result as a sentence: `{"sky":"clear","celsius":19}` becomes "Sky clear, celsius 19." */
function sentence(result: string): string {
  const plain = result
    .replaceAll(/["{}[\]]/g, "")
    .replaceAll(":", " ")
    .replaceAll(/,\s*/g, ", ")
    .trim()
    .slice(0, 200);
  return `${plain.slice(0, 1).toUpperCase()}${plain.slice(1)}${/[.!?]$/.test(plain) ? "" : "."}`;
}

function placeIn(question: string): string {
  return /\b(?:in|to|for|of|visit) (\p{Lu}\p{L}+)/u.exec(question)?.[1] ?? "Lisbon";
}

/** Arguments that the schema accepts, taken from the question where that is possible. */
function fill(schema: Schema, question: string): Record<string, unknown> {
  const { properties = {}, required = Object.keys(properties) } = schema;
  return Object.fromEntries(
    required.map((name) => [name, value(name, properties[name] ?? {}, question)]),
  );
}

function value(name: string, schema: Schema, question: string): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  switch (type) {
    case "number":
    case "integer":
      return Number(/\d+/.exec(question)?.[0] ?? 2);
    case "boolean":
      return true;
    case "array":
      return [value(name, schema.items ?? {}, question)];
    case "object":
      return fill(schema, question);
    default:
      if (/city|place|location|destination|country/i.test(name)) return placeIn(question);
      return /date|day|when/i.test(name) ? "tomorrow" : question;
  }
}

function tokens(characters: number): number {
  return Math.ceil(characters / 4);
}
