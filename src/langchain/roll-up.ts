import type { RunCost, RunEnd, Usage } from "../operation.ts";

/** What the runs below a run come to: added while they go on, read when it ends. Later children are not in it. */
export class RollUp {
  readonly #above: RollUp | undefined;
  #inputTokens: number | undefined;
  #outputTokens = 0;
  #inferenceCalls = 0;
  #toolCalls = 0;
  /** `null`: there are several. */
  #provider: string | null | undefined;
  #usd: number | undefined;
  #hasUnpriced = false;

  constructor(above: RollUp | undefined) {
    this.#above = above;
  }

  /** A model is asked. */
  inferenceCall(provider: string): void {
    this.#inferenceCalls += 1;
    if (this.#provider === undefined) this.#provider = provider;
    else if (this.#provider !== provider) this.#provider = null;
    this.#above?.inferenceCall(provider);
  }

  toolCall(): void {
    this.#toolCalls += 1;
    this.#above?.toolCall();
  }

  /** What a model read and wrote. A provider that reported nothing adds nothing. */
  tokens({ inputTokens = 0, outputTokens = 0 }: Usage): void {
    this.#inputTokens = (this.#inputTokens ?? 0) + inputTokens;
    this.#outputTokens += outputTokens;
    this.#above?.tokens({ inputTokens, outputTokens });
  }

  /** What a call cost, if that is known. */
  cost(cost: RunCost | "missing"): void {
    if (cost === "missing") this.#hasUnpriced = true;
    else this.#usd = (this.#usd ?? 0) + cost.usd;
    this.#above?.cost(cost);
  }

  get end(): Pick<RunEnd, "totals" | "provider" | "calls" | "costs"> {
    const inputTokens = this.#inputTokens;
    return {
      totals:
        inputTokens === undefined ? undefined : { inputTokens, outputTokens: this.#outputTokens },
      provider: this.#provider ?? undefined,
      costs:
        this.#usd === undefined && !this.#hasUnpriced
          ? undefined
          : { usd: this.#usd, incomplete: this.#hasUnpriced },
      calls: { inference: this.#inferenceCalls, tool: this.#toolCalls },
    };
  }
}
