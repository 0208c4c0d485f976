import { scenariosOf } from "../../support/context-scenarios.ts";
import type { Packages } from "./applications.ts";
import {
  type Core,
  type Report,
  traced,
  tracedByCallbacks,
  tracedWithoutPrices,
  untraced,
} from "./expectations.ts";
import { runsSdk3 } from "./node-version.ts";

/** One thing to try in one application. */
export interface Cell {
  readonly name: string;
  readonly application: Application;
  /** Arguments of Node: flags and the program. */
  readonly args: readonly string[];
  /** The program is made into a single file first, and run where nothing is installed. */
  readonly bundle?: Bundle;
  /** What it prints; nothing when it is left out. */
  readonly prints?: unknown;
  /** What it says on stderr; nothing when it is left out. */
  readonly says?: string;
  /** How many requests it sends. */
  readonly requests: number;
}

export interface Bundle {
  readonly format: "es" | "cjs";
  readonly minify?: boolean;
  /** Some bundlers have no `import.meta.url` in CommonJS. */
  readonly withoutImportMeta?: boolean;
}

/** An application's packages. */
export interface Application {
  readonly name: string;
  readonly sdk: "SDK 2" | "SDK 3" | "no SDK";
  readonly core: Core;
  readonly packages: Packages;
}

/** SDK 3 does not run on every version of Node that we do. */
export function runsOn({ application }: Cell, node: string): boolean {
  return application.sdk !== "SDK 3" || runsSdk3(node);
}

// --- internal ---

const OLD = "test/compat/core03/node_modules";
const OLD_LANGCHAIN = ["@langchain/core", "@langchain/openai"];

/** What the old packages use and what the repository's own folder has in another version. */
const OLD_DEPENDENCIES = ["openai", "p-retry", "ansi-styles", "zod"];

const APPLICATIONS: readonly Application[] = [
  applicationOf("SDK 2", "core 1", { below: "test/compat/sdk2" }),
  applicationOf("SDK 2", "core 0.3", { below: "test/compat/core03" }),
  applicationOf("SDK 3", "core 1", { below: "." }),
  applicationOf("SDK 3", "core 0.3", { below: ".", links: from(OLD, OLD_LANGCHAIN) }),
];

function applicationOf(sdk: Application["sdk"], core: Core, packages: Packages): Application {
  return { name: `${sdk}, ${core}`, sdk, core, packages };
}

/** The same application with more installed. */
function having(base: Application, name: string, more: Packages): Application {
  const { links, copies } = base.packages;
  const packages = { ...base.packages, ...more };
  return {
    ...base,
    name,
    packages: {
      ...packages,
      links: { ...links, ...more.links },
      copies: { ...copies, ...more.copies },
    },
  };
}

/** Packages of one folder, and where they go. */
function from(
  folder: string,
  names: readonly string[],
  to = "node_modules",
): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [`${to}/${name}`, `${folder}/${name}`]));
}

type Way = Pick<Cell, "args"> & {
  readonly way: string;
  readonly prints?: (core: Core) => unknown;
  readonly requests?: number;
};

/** The ways to attach, and what is seen of two calls. */
const WAYS: readonly Way[] = [
  { way: "ESM, --import", args: ["--import", "./telemetry.mjs", "app.mjs"] },
  { way: "ESM, first import of the application", args: ["same-graph.mjs"] },
  { way: "ESM, after LangChain", args: ["after-import.mjs"] },
  { way: "ESM, --require", args: ["--require", "./telemetry.cjs", "app.mjs"] },
  { way: "CommonJS, --require", args: ["--require", "./telemetry.cjs", "app.cjs"] },
  { way: "CommonJS, before LangChain", args: ["before-require.cjs"] },
  { way: "CommonJS, after LangChain", args: ["after-require.cjs"] },
  { way: "CommonJS, --import", args: ["--import", "./telemetry.mjs", "app.cjs"] },
  { way: "ESM, register", args: ["--import", "langchain-otel/register", "own-sdk.mjs"] },
  { way: "CommonJS, register", args: ["--require", "langchain-otel/register", "own-sdk.cjs"] },
  { way: "ESM, providers given", args: ["provider-given.mjs"] },
  { way: "ESM, handler", args: ["handler.mjs"], prints: tracedByCallbacks },
  { way: "CommonJS, handler", args: ["handler.cjs"], prints: tracedByCallbacks },
];

function attaching({ way, args, prints = traced, requests = 2 }: Way, into: Application): Cell {
  return {
    name: `${way} (${into.name})`,
    application: into,
    args,
    prints: prints(into.core),
    requests,
  };
}

/** LangChain where it is not found, until it is given. */
function manually(base: Application): readonly Cell[] {
  const old = base.core === "core 0.3";
  const hidden = "hidden/node_modules";
  const into = having(base, base.name, {
    copies: from(old ? OLD : "node_modules", OLD_LANGCHAIN, hidden),
    links: old ? from(OLD, OLD_DEPENDENCIES, hidden) : {},
  });
  const prints = (core: Core): object => ({
    notFound: untraced,
    managerAlone: tracedByCallbacks(core),
    all: traced(),
    disabled: untraced,
    enabled: traced(),
  });
  return [
    attaching({ way: "ESM, manuallyInstrument", args: ["manual.mjs"], prints, requests: 10 }, into),
    attaching(
      { way: "CommonJS, manuallyInstrument", args: ["manual.cjs"], prints, requests: 10 },
      into,
    ),
  ];
}

const BUNDLES: readonly { readonly way: string; readonly bundle: Bundle }[] = [
  { way: "bundle, ESM", bundle: { format: "es" } },
  { way: "bundle, minified CommonJS", bundle: { format: "cjs", minify: true } },
  {
    way: "bundle, CommonJS without import.meta",
    bundle: { format: "cjs", withoutImportMeta: true },
  },
];

function bundled(into: Application): readonly Cell[] {
  const each = into.sdk === "SDK 3" && into.core === "core 1" ? BUNDLES : BUNDLES.slice(0, 2);
  return each.map(({ way, bundle }) => ({
    ...attaching({ way, args: ["bundled.mjs"], prints: tracedWithoutPrices }, into),
    bundle,
    says:
      "langchain-otel: @pydantic/genai-prices does not load, so only a price table has prices; if this is a bundle, " +
      "mark the package as external\n",
  }));
}

/** Two versions of LangChain in one application. */
function twoCores(base: Application): readonly Cell[] {
  const legacy = "node_modules/legacy-ai";
  const into = having(base, `${base.sdk}, core 1 and 0.3`, {
    copies: {
      [legacy]: "test/compat/programs/legacy-ai",
      ...from(OLD, OLD_LANGCHAIN, `${legacy}/node_modules`),
    },
    links: from(OLD, OLD_DEPENDENCIES, `${legacy}/node_modules`),
    dependencies: ["legacy-ai"],
  });
  const besideUs = having(base, `${base.sdk}, core 1 and 0.3`, {
    ours: ["node_modules", "second/node_modules"],
    links: from(OLD, [...OLD_LANGCHAIN, ...OLD_DEPENDENCIES], "second/node_modules"),
  });
  const prints = (): object => ({ own: traced(), nested: traced() });
  return [
    attaching(
      { way: "CommonJS, two copies of us", args: ["two-copies.cjs"], prints, requests: 4 },
      besideUs,
    ),
    attaching({ way: "ESM, two versions", args: ["two-cores.mjs"], prints, requests: 4 }, into),
    attaching(
      { way: "CommonJS, two versions", args: ["two-cores.cjs"], prints, requests: 4 },
      into,
    ),
  ];
}

/** Attaching and detaching, again and again. */
const DETACHED: Report & { readonly changes: readonly string[] } = { changes: [], ...untraced };

function detaching(into: Application): readonly Cell[] {
  const prints = (): object => ({
    attached: traced(),
    changed: true,
    detached: DETACHED,
    attachedAgain: traced(),
    secondAlone: traced(),
    detachedAgain: DETACHED,
  });
  return [
    attaching({ way: "ESM, disable", args: ["detach.mjs"], prints, requests: 10 }, into),
    attaching(
      { way: "CommonJS, disable", args: ["detach-required.cjs"], prints, requests: 10 },
      into,
    ),
  ];
}

function twice(base: Application): Cell {
  const prints = (core: Core): object => ({
    "two instrumentations": traced(),
    "instrumentations of two copies": traced(),
    "instrumentation and handler": traced(),
    "instrumentation and handler of the model": traced(),
    "instrumentation and a copy's handler": traced(),
    all: traced(),
    "one handler twice": tracedByCallbacks(core),
    "two handlers": tracedByCallbacks(core),
    "one handler of model and call": tracedByCallbacks(core),
    "two handlers of model and call": tracedByCallbacks(core),
    "handlers of two copies": tracedByCallbacks(core),
    "the other copy alone": traced(),
    none: untraced,
  });
  const into = having(base, base.name, { ours: ["node_modules", "second/node_modules"] });
  return attaching({ way: "registered twice", args: ["twice.mjs"], prints, requests: 26 }, into);
}

function sdkLast(into: Application): Cell {
  const prints = (core: Core): object => ({
    byInstrumentation: traced(),
    byHandler: tracedByCallbacks(core),
  });
  return attaching({ way: "SDK started last", args: ["sdk-last.mjs"], prints, requests: 6 }, into);
}

/** How many callbacks a handler of the application's gets; a stream has a chunk less in core 0.3. */
function callbacksSeen(core: Core): Readonly<Record<string, number>> {
  const tokens = core === "core 1" ? 6 : 5;
  return {
    invoke: 2,
    stream: 2 + tokens,
    batch: 4,
    generate: 4,
    "stream events": 2 + tokens,
    error: 2,
    "error of a stream": 2,
    "callbacks of the model": 2,
    "callbacks of the model, in a sequence without": 2,
    sequence: 8,
    "sequence, streamed": 8 + tokens,
    "sequence that fails": 6,
    "sequence, events": 8 + tokens,
    "call inside a function": 4,
    "fallback after an error": 10,
    tool: 2,
    manager: 8,
    "list of callbacks": 2,
  };
}

/**
 * A sequence that has no callbacks leaves no run behind in LangChain: its model looks like a root to the model's own
 * callbacks. As soon as anything traces the sequence, LangSmith as much as we, they see the run that they are in: its
 * id as their parent, the step as a tag, and no longer the name that was given for the sequence.
 */
function nowInSequence(): readonly string[] {
  const [start, end] = [0, 1];
  return ["background", "awaited"].flatMap((_, handler) => {
    const at = (event: number, argument: string): string =>
      `callbacks of the model, in a sequence without / ${handler} / ${event} / ${argument}`;
    const steps = (event: number, tags: number): readonly string[] => [
      at(event, `${tags} / 0: "given" became "seq:step:2"`),
      at(event, `${tags} / 1: "own" became "given"`),
      at(event, `${tags} / 2: undefined became "own"`),
    ];
    return [
      at(start, '5: undefined became "<id 1>"'),
      ...steps(start, 7),
      at(start, '9: "named" became undefined'),
      at(end, '4: undefined became "<id 1>"'),
      ...steps(end, 5),
    ];
  });
}

function callbacks(into: Application): Cell {
  const prints = (core: Core): object => ({
    callbacksSeen: callbacksSeen(core),
    differences: nowInSequence(),
    calls: 20,
  });
  return attaching(
    { way: "the application's own callbacks", args: ["callbacks.mjs"], prints, requests: 40 },
    into,
  );
}

/** Content as events, by whatever logs API the application has. */
function events(into: Application): Cell {
  const event = [
    "gen_ai.client.inference.operation.details",
    5,
    [{ role: "user", parts: [{ type: "text", content: "Hi" }] }],
  ];
  const prints = (): object => ({ withoutProvider: [], byGlobal: [event], byOption: [event] });
  return attaching({ way: "content in events", args: ["events.mjs"], prints, requests: 3 }, into);
}

/** Where requests and spans belong, whatever the application does. */
function contexts(base: Application): Cell {
  const old = base.core === "core 0.3" && base.sdk === "SDK 3";
  const into = having(base, base.name, {
    compiled: ["contexts.mjs"],
    links: old ? from(OLD, ["@langchain/langgraph", "zod"]) : {},
  });
  return {
    name: `every request below the run that made it (${into.name})`,
    application: into,
    args: ["contexts.mjs", base.core],
    prints: { played: scenariosOf(base.core).length, misplaced: {} },
    requests: 0,
  };
}

/** Only the API and LangChain, in a folder outside the repository. */
function withoutSdk(api: string, apiFolder: string, core: Core): readonly Cell[] {
  const langchain = core === "core 1" ? "node_modules" : OLD;
  const into = applicationOf("no SDK", core, {
    links: {
      ...from(apiFolder, ["@opentelemetry/api"]),
      ...from(langchain, OLD_LANGCHAIN),
    },
  });
  const named = { ...into, name: `${api}, ${core}` };
  return ["ESM", "CommonJS"].flatMap((system) => {
    const ending = system === "ESM" ? "mjs" : "cjs";
    return [
      {
        name: `${system}, no SDK (${named.name})`,
        application: named,
        args: [`no-sdk.${ending}`],
        requests: 4,
      },
      {
        name: `${system}, captureTrace, no SDK (${named.name})`,
        application: named,
        args: [`capture-trace.${ending}`],
        prints: captured,
        requests: 13,
      },
    ];
  });
}

/** The traces of one call and one stream, one after the other, and of five of both at once. */
const CAPTURED = ["gen_ai.chat", "gate reading", "gate reading > gen_ai.chat"];
const captured = {
  agent: "reader",
  spans: CAPTURED,
  tokens: [2540, null, 2540],
  plain: true,
  many: [CAPTURED],
  ids: 5 * CAPTURED.length,
};

function capturing(into: Application): Cell {
  const prints = (): object => ({ ...captured, same: true });
  return attaching(
    { way: "captureTrace", args: ["capture-trace-sdk.mjs"], prints, requests: 13 },
    into,
  );
}

/** Versions of OpenTelemetry's packages that are not of one line. */
function mixed(sdk2: Application, sdk3: Application): readonly Cell[] {
  const ourApi = "node_modules/langchain-otel/node_modules";
  const olderLine = having(sdk3, "SDK 3, instrumentation 0.223", {
    copies: from("test/compat/sdk2/node_modules", ["@opentelemetry/instrumentation"]),
  });
  const olderApi = having(sdk3, "SDK 3, our own copy of API 1.9", {
    links: from("test/compat/sdk2/node_modules", ["@opentelemetry/api"], ourApi),
  });
  const newerApi = having(sdk2, "SDK 2, our own copy of API 1.10", {
    links: from("node_modules", ["@opentelemetry/api"], ourApi),
  });
  return [
    attaching({ way: "ESM, after LangChain", args: ["after-import.mjs"] }, olderLine),
    attaching({ way: "CommonJS, before LangChain", args: ["before-require.cjs"] }, olderLine),
    attaching({ way: "ESM, after LangChain", args: ["after-import.mjs"] }, olderApi),
    attaching({ way: "CommonJS, before LangChain", args: ["before-require.cjs"] }, olderApi),
    // A newer API does not see what an older one holds: there are no spans, and that is said. The instrumentation has
    // been given the meter provider by the SDK.
    ...[
      { way: "ESM, handler", args: ["handler.mjs"], prints: () => untraced },
      {
        way: "ESM, after LangChain",
        args: ["after-import.mjs"],
        prints: () => ({ ...untraced, metrics: traced().metrics }),
      },
    ].map((way) => ({
      ...attaching(way, newerApi),
      says:
        "langchain-otel has no spans: the application's OpenTelemetry SDK uses @opentelemetry/api 1.9.1, and " +
        "langchain-otel a newer one, which does not see it. Run: npm i @opentelemetry/api@1.9.1\n",
    })),
  ];
}

const [SDK_2, , SDK_3] = APPLICATIONS as [Application, Application, Application, Application];

/** How it is attached. */
export const attachCells: readonly Cell[] = [
  ...WAYS.flatMap((way) => APPLICATIONS.map((into) => attaching(way, into))),
  ...APPLICATIONS.flatMap(manually),
  ...APPLICATIONS.flatMap(bundled),
  ...[SDK_2, SDK_3].flatMap(twoCores),
  ...mixed(SDK_2, SDK_3),
];

/** How it conducts itself, attached or not. */
export const conductCells: readonly Cell[] = [
  ...APPLICATIONS.flatMap(detaching),
  ...APPLICATIONS.map(twice),
  ...APPLICATIONS.map(sdkLast),
  ...APPLICATIONS.map(callbacks),
  ...APPLICATIONS.map(events),
  ...APPLICATIONS.map(capturing),
  ...withoutSdk("API 1.9", "test/compat/sdk2/node_modules", "core 1"),
  ...withoutSdk("API 1.9", "test/compat/core03/node_modules", "core 0.3"),
  ...withoutSdk("API 1.10", "node_modules", "core 1"),
  ...withoutSdk("API 1.10", "node_modules", "core 0.3"),
];

/** Where things belong: the same scenarios as in test/instrumentation/context-scenarios.test.ts. */
export const contextCells: readonly Cell[] = APPLICATIONS.map(contexts);
