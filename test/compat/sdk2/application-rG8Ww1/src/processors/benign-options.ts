import type { MeterProvider } from "@opentelemetry/api";

import { badOption, resolveOptions } from "../options.ts";
import { DEFAULT_RULES, type DefaultRuleName } from "./default-rules.ts";
import { type BenignErrorRule, type CompiledRule, compileRule } from "./rule.ts";

/** Options of {@link BenignErrorSpanProcessor}. */
export interface BenignErrorSpanProcessorOptions {
  /** Rules of your own, asked before the default ones. @default none */
  readonly rules?: readonly BenignErrorRule[] | undefined;
  /** `false` drops the default rules, `{ "<rule>": false }` one of them. @default all default rules */
  readonly defaults?:
    | boolean
    | { readonly [name in DefaultRuleName]?: boolean | undefined }
    | undefined;
  /** Where `langchain.spans.downgraded` goes. @default the global provider */
  readonly meterProvider?: MeterProvider | undefined;
  /** First part of the metric's name. Environment: `LANGCHAIN_OTEL_METRIC_PREFIX`. @default "langchain" */
  readonly metricPrefix?: string | undefined;
}

/** The options in force. */
export interface ResolvedBenignOptions {
  readonly rules: readonly CompiledRule[];
  readonly meterProvider: MeterProvider | undefined;
  readonly metricPrefix: string;
}

/** @throws TypeError for an option, a rule or a default rule's name that does not exist, or a wrong value */
export function resolveBenignOptions(
  options: BenignErrorSpanProcessorOptions,
): ResolvedBenignOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw badOption("options", "an object", options);
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`There is no option \`${unknown}\`. The options are ${OPTIONS.join(", ")}`);
  }
  const { rules = [], defaults = true, meterProvider, metricPrefix } = options;
  const shared = resolveOptions({ meterProvider, metricPrefix });
  const defaultRules = keptDefaults(defaults);
  const ownRules = compiledRules(rules, new Set(defaultRules.map(({ name }) => name)));
  return {
    rules: [...ownRules, ...defaultRules],
    meterProvider: shared.meterProvider,
    metricPrefix: shared.metricPrefix,
  };
}

// --- internal ---

const OPTIONS: readonly string[] = [
  "rules",
  "defaults",
  "meterProvider",
  "metricPrefix",
] satisfies (keyof BenignErrorSpanProcessorOptions)[];

function compiledRules(
  rules: readonly BenignErrorRule[],
  taken: ReadonlySet<string>,
): CompiledRule[] {
  if (!Array.isArray(rules)) throw badOption("rules", "an array of rules", rules);
  const names = new Set(taken);
  return rules.map((rule: BenignErrorRule, index) => {
    const compiled = compileRule(rule, `rules[${index}]`);
    if (names.has(compiled.name)) {
      const hint = taken.has(compiled.name)
        ? `, or switched off as a default rule (\`defaults\`)`
        : "";
      throw badOption(
        `rules[${index}].name`,
        `a name that no other rule has${hint}`,
        compiled.name,
      );
    }
    names.add(compiled.name);
    return compiled;
  });
}

function keptDefaults(
  defaults: NonNullable<BenignErrorSpanProcessorOptions["defaults"]>,
): CompiledRule[] {
  if (defaults === false) return [];
  const switches = defaults === true ? {} : defaults;
  if (typeof switches !== "object" || switches === null || Array.isArray(switches)) {
    throw badOption("defaults", 'false or an object such as { "queue-shutdown": false }', defaults);
  }
  for (const [name, on] of Object.entries(switches)) {
    if (!Object.hasOwn(DEFAULT_RULES, name)) {
      throw new TypeError(
        `There is no default rule "${name}". The default rules are ${Object.keys(DEFAULT_RULES).join(", ")}`,
      );
    }
    if (on !== undefined && typeof on !== "boolean")
      throw badOption(`defaults.${name}`, "false or true", on);
  }
  return Object.entries(DEFAULT_RULES)
    .filter(([name]) => switches[name as DefaultRuleName] !== false)
    .map(([name, rule]) => compileRule({ name, ...rule }, `defaults.${name}`));
}
