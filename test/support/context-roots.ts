import { graphOf } from "./context-graphs.ts";
import { call, drain, type Scenario, type Stage } from "./context-scenario.ts";

/** Many at once. */
export const rootScenarios: readonly Scenario[] = [
  {
    name: "20 graphs at once, under no span of the application's",
    async run(stage) {
      const graph = asking(stage);
      await stage.outside(() => Promise.all(keys(20).map((key) => graph.invoke({ key }))));
    },
    expected: keys(20).flatMap((key) => asked("outside", key)),
  },
  ...[20, 200].map((count) => ({
    name: `${count} requests to the application at once, each with its own trace and graph`,
    async run(stage: Stage) {
      const graph = asking(stage);
      await stage.outside(() =>
        Promise.all(keys(count).map((key) => stage.span(key, () => graph.invoke({ key })))),
      );
    },
    expected: keys(count).flatMap((key) => [
      `outside > span ${key}`,
      ...asked(`outside > span ${key}`, key),
    ]),
  })),
];

// --- internal ---

function keys(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `#${at}`);
}

function asking({ get, model }: Stage) {
  return graphOf(async ({ key }, config) => {
    await get(key, config);
    if (Number(key.slice(1)) % 2 === 0) await model().invoke(key);
    else await drain(model().stream(key));
    return {};
  });
}

function asked(below: string, key: string): readonly string[] {
  const node = `${below} > invoke_workflow > node work ${key}`;
  return [`${node} > GET ${key}`, `${node} > ${call(key)}`];
}
