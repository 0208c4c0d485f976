import { deviationOf } from "./deviations.ts";
import { describeViolation, type Violation } from "./violation.ts";

/** What the tests' own runs did wrong since the last look, each once. */
const findings = new Set<string>();

/** Notes a violation, unless it is a deviation or an advice, which not every test's provider can follow. */
export function found(violation: Violation): void {
  if (violation.rule === "recommended" || deviationOf(violation) !== undefined) return;
  if (findings.size < 1000) findings.add(describeViolation(violation));
}

/** What was found since the last time. */
export function takeFindings(): string[] {
  const taken = [...findings];
  findings.clear();
  return taken;
}
