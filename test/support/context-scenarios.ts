import { agentScenarios } from "./context-agents.ts";
import { chainScenarios } from "./context-chains.ts";
import { graphScenarios } from "./context-graphs.ts";
import { modelScenarios } from "./context-models.ts";
import { rootScenarios } from "./context-roots.ts";
import type { Scenario } from "./context-scenario.ts";
import { toolScenarios } from "./context-tools.ts";

/** All that a version of LangChain can play, with all that `Theatre.play` should answer. */
export function scenariosOf(core: "core 1" | "core 0.3"): readonly Scenario[] {
  const isOld = core === "core 0.3";
  return SCENARIOS.filter(({ isNew }) => !isOld || isNew !== true).map((scenario) => {
    const { expected, expectedOld = expected } = scenario;
    // No scenario may leave anything behind: the application's next request is nobody's but its own.
    const paths = ["GET #after", ...(isOld ? expectedOld : expected)];
    return { ...scenario, expected: paths.toSorted() };
  });
}

// --- internal ---

const SCENARIOS: readonly Scenario[] = [
  ...modelScenarios,
  ...toolScenarios,
  ...chainScenarios,
  ...graphScenarios,
  ...agentScenarios,
  ...rootScenarios,
];
