import { isValidTraceId } from "@opentelemetry/api";

import { badOption } from "../options.ts";

/** Where traces are looked at. `grafana` and `tempo` are the same: Grafana, with Tempo as the store. */
export type TraceBackend = "jaeger" | "grafana" | "tempo" | "zipkin" | "honeycomb" | "viewer";

export interface TraceUrlOptions {
  readonly backend: TraceBackend;
  /**
   * Where it is, such as `https://jaeger.example.com`. Of Honeycomb it names the environment and, if you like, the dataset:
   * `https://ui.honeycomb.io/my-team/environments/production/datasets/my-agent`.
   * @default the tool's own port on this machine; Honeycomb and the viewer have none
   */
  readonly baseUrl?: string | URL | undefined;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of Grafana: the `uid` of its data source. @default "tempo" */
  readonly datasource?: string | undefined;
}

/**
 * The address of a trace in the tool that it was sent to.
 *
 * @throws TypeError for a tool that we do not know, an address that is none, an id that is none
 *
 * @example
 * traceUrl({ backend: "jaeger", traceId: trace.trace_id }); // http://localhost:16686/trace/4bf9…
 */
export function traceUrl({ backend, baseUrl, traceId, datasource }: TraceUrlOptions): string {
  if (typeof backend !== "string" || !Object.hasOwn(FORMS, backend))
    throw badOption(
      "backend",
      Object.keys(FORMS)
        .map((name) => `"${name}"`)
        .join(", "),
      backend,
    );
  if (typeof traceId !== "string" || !isValidTraceId(traceId))
    throw badOption("traceId", "32 hexadecimal digits, not all 0", traceId);
  if (datasource !== undefined && (typeof datasource !== "string" || datasource === ""))
    throw badOption("datasource", "a non-empty string", datasource);
  const { usual, append } = FORMS[backend];
  const base = baseOf(baseUrl ?? usual);
  append(base, traceId.toLowerCase(), datasource ?? "tempo");
  return base.href;
}

// --- internal ---

interface Form {
  /** Where it is when nothing else is said. */
  readonly usual?: string;
  readonly append: (base: URL, traceId: string, datasource: string) => void;
}

/** The form that its own pages and guides have: https://grafana.com/docs/grafana/latest/explore/get-started-with-explore/ */
const grafana: Form = {
  usual: "http://localhost:3000",
  append: (base, traceId, uid) => {
    const query = {
      refId: "A",
      datasource: { type: "tempo", uid },
      queryType: "traceql",
      query: traceId,
    };
    // A trace is found by its id at any time; the range is that of what is shown beside it.
    const range = { from: "now-1h", to: "now" };
    path(base, "explore");
    base.searchParams.set("schemaVersion", "1");
    base.searchParams.set(
      "panes",
      JSON.stringify({ trace: { datasource: uid, queries: [query], range } }),
    );
  },
};

const FORMS: Readonly<Record<TraceBackend, Form>> = {
  /** https://www.jaegertracing.io/docs/latest/: `/trace/{id}` */
  jaeger: {
    usual: "http://localhost:16686",
    append: (base, traceId) => path(base, "trace", traceId),
  },
  grafana,
  tempo: grafana,
  /** Its page is below `/zipkin`, wherever that is mounted. */
  zipkin: {
    usual: "http://localhost:9411",
    append: (base, traceId) =>
      path(base, ...(/\/zipkin\/?$/.test(base.pathname) ? [] : ["zipkin"]), "traces", traceId),
  },
  /** https://docs.honeycomb.io/investigate/collaborate/share-trace/ */
  honeycomb: {
    append: (base, traceId) => {
      path(base, "trace");
      base.searchParams.set("trace_id", traceId);
    },
  },
  /** Of this package: at the address that `langchain-otel dev` prints. */
  viewer: {
    append: (base, traceId) => path(base, "traces", traceId),
  },
};

function baseOf(given: unknown): URL {
  const text = given instanceof URL ? given.href : given;
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw badOption("baseUrl", "an http: or https: address", given);
}

function path(base: URL, ...parts: string[]): void {
  base.pathname = [base.pathname.replace(/\/+$/, ""), ...parts].join("/");
}
