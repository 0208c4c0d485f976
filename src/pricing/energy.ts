import { badOption } from "../bad-option.ts";
import type { RunEnergy, Usage } from "../operation.ts";

/** What a token takes, in watt-hours, the data centre's overhead included. */
export interface ModelEnergy {
  readonly whPerOutputToken: number;
  /** @default 0 */
  readonly whPerInputToken?: number | undefined;
}

/**
 * Figures to estimate with. None are built in: nobody publishes them for the models that are sold, and what is estimated
 * from outside differs tenfold. https://ecologits.ai/latest/methodology/llm_inference/ has a method and figures.
 */
export interface EnergyOption {
  /** By the name of the model that answered, or was asked; `"*"` is any other. */
  readonly models: Readonly<Record<string, ModelEnergy>>;
  /** Grams of CO2 equivalent of a kilowatt-hour where the models run. Without it there is no carbon. */
  readonly gramsPerKwh?: number | undefined;
}

/** An estimate of what calls take: tokens times figures that the application gives. Not a measurement. */
export class EnergyEstimate {
  readonly #models: ReadonlyMap<string, ModelEnergy>;
  readonly #gramsPerKwh: number | undefined;

  constructor({ models, gramsPerKwh }: EnergyOption) {
    this.#models = new Map(Object.entries(models));
    this.#gramsPerKwh = gramsPerKwh;
  }

  /** @returns nothing without output tokens, or figures for the model */
  of(
    asked: string | undefined,
    answered: string | undefined,
    usage: Usage | undefined,
  ): RunEnergy | undefined {
    const model = [answered, asked, "*"].find(
      (name) => name !== undefined && this.#models.has(name),
    );
    const figures = model === undefined ? undefined : this.#models.get(model);
    const { inputTokens = 0, outputTokens } = usage ?? {};
    if (figures === undefined || outputTokens === undefined) return undefined;
    const wh =
      outputTokens * figures.whPerOutputToken + inputTokens * (figures.whPerInputToken ?? 0);
    const grams = this.#gramsPerKwh === undefined ? undefined : (wh / 1000) * this.#gramsPerKwh;
    return { wh, grams };
  }
}

/** @throws TypeError for what is no `energy` option */
export function checkEnergy(value: unknown): asserts value is EnergyOption {
  const { models, gramsPerKwh } = membersOf("energy", "{ models, gramsPerKwh }", value);
  if (gramsPerKwh !== undefined && !isAmount(gramsPerKwh))
    throw badOption("energy.gramsPerKwh", AMOUNT, gramsPerKwh);
  for (const [name, figures] of Object.entries(membersOf("energy.models", "an object", models))) {
    const at = `energy.models[${JSON.stringify(name)}]`;
    const { whPerOutputToken, whPerInputToken } = membersOf(at, "{ whPerOutputToken }", figures);
    if (!isAmount(whPerOutputToken))
      throw badOption(`${at}.whPerOutputToken`, AMOUNT, whPerOutputToken);
    if (whPerInputToken !== undefined && !isAmount(whPerInputToken))
      throw badOption(`${at}.whPerInputToken`, AMOUNT, whPerInputToken);
  }
}

// --- internal ---

const AMOUNT = "a number, 0 or above";

function isAmount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function membersOf(name: string, expected: string, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badOption(name, expected, value);
  return value as Record<string, unknown>;
}
