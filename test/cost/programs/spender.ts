/**
 * Spends from a file that others spend from too. `spender.ts <file> record` records calls of a cent until it is killed,
 * and prints a line for each that is recorded; `spender.ts <file> reserve <times>` waits for a line on standard input,
 * then reserves a tenth of a dollar so many times, and prints how often it got it.
 */
import { once } from "node:events";
import { writeSync } from "node:fs";

import { CostTracker } from "../../../src/budget/cost-tracker.ts";
import { sqliteStore } from "../../../src/cost/sqlite-store.ts";

const [file = "", task, times] = process.argv.slice(2);
const tracker = new CostTracker({ store: sqliteStore(file) });
tracker.setBudget("*", { maxUsd: 5 });

if (task === "record") {
  for (let at = 1; ; at++) {
    tracker.record({ provider: "openai", model: "m", inputTokens: 1, cost: { usd: 0.01 } });
    writeSync(1, `${at}\n`);
  }
}

writeSync(1, "ready\n");
await once(process.stdin, "data");
let got = 0;
for (let time = 0; time < Number(times); time++) {
  try {
    const id = `${process.pid} ${time}`;
    tracker.reserve({ id, estimate: 0.1, isBound: true });
    got += 1;
    // Half of the calls end at once, and cost what was reserved.
    if (time % 2 === 0) tracker.record({ provider: "openai", cost: { usd: 0.1 }, runIds: [id] });
  } catch {
    // Refused.
  }
}
writeSync(1, `${got}\n`);
process.exit();
