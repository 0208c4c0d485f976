import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

/** Collects garbage until `done`, with turns of the event loop between, in which finalizers run; gives up after many. */
export async function collectUntil(done: () => boolean, turns = 50): Promise<void> {
  for (let turn = 0; !done() && turn < turns; turn++) {
    collect();
    await new Promise((resolve) => void setTimeout(resolve, 0));
  }
}
