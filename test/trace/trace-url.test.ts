import { describe, expect, it } from "vitest";

import { traceUrl, type TraceUrlOptions } from "../../src/trace/index.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("traceUrl", () => {
  it.each<[Omit<TraceUrlOptions, "traceId">, string]>([
    [{ backend: "jaeger" }, `http://localhost:16686/trace/${traceId}`],
    [
      { backend: "jaeger", baseUrl: "https://ops.example.com/jaeger/" },
      `https://ops.example.com/jaeger/trace/${traceId}`,
    ],
    [{ backend: "zipkin" }, `http://localhost:9411/zipkin/traces/${traceId}`],
    [
      { backend: "zipkin", baseUrl: "https://ops.example.com/zipkin/" },
      `https://ops.example.com/zipkin/traces/${traceId}`,
    ],
    [
      {
        backend: "honeycomb",
        baseUrl: "https://ui.honeycomb.io/team/environments/production/datasets/agent",
      },
      `https://ui.honeycomb.io/team/environments/production/datasets/agent/trace?trace_id=${traceId}`,
    ],
    [
      { backend: "viewer", baseUrl: new URL("http://127.0.0.1:4320") },
      `http://127.0.0.1:4320/traces/${traceId}`,
    ],
  ])("has the form of %o", (options, url) => {
    expect(traceUrl({ ...options, traceId })).toBe(url);
    expect(traceUrl({ ...options, traceId: traceId.toUpperCase() })).toBe(url);
  });

  it.each(["tempo", "grafana"] as const)("opens Grafana's Explore for %s", (backend) => {
    const paneOf = (url: URL): unknown => JSON.parse(url.searchParams.get("panes") ?? "");
    const pane = (uid: string): object => ({
      trace: {
        datasource: uid,
        queries: [
          {
            refId: "A",
            datasource: { type: "tempo", uid },
            queryType: "traceql",
            query: traceId,
          },
        ],
        range: { from: "now-1h", to: "now" },
      },
    });
    const usual = new URL(traceUrl({ backend, traceId }));
    expect(`${usual.origin}${usual.pathname}`).toBe("http://localhost:3000/explore");
    expect(usual.searchParams.get("schemaVersion")).toBe("1");
    expect(paneOf(usual)).toEqual(pane("tempo"));
    const baseUrl = "https://example.com/grafana?orgId=2";
    const other = new URL(traceUrl({ backend, traceId, baseUrl, datasource: "P1" }));
    expect(`${other.origin}${other.pathname}`).toBe("https://example.com/grafana/explore");
    expect(other.searchParams.get("orgId")).toBe("2");
    expect(paneOf(other)).toEqual(pane("P1"));
  });

  it.each([
    [{ backend: "lightstep" }, 'Expected the `backend` option to be "jaeger", "grafana"'],
    [{ backend: "toString" }, "Expected the `backend` option"],
    [
      { traceId: "1234" },
      'Expected the `traceId` option to be 32 hexadecimal digits, not all 0, got "1234" (string)',
    ],
    [{ traceId: "0".repeat(32) }, "Expected the `traceId` option"],
    [
      { baseUrl: "localhost:16686" },
      'Expected the `baseUrl` option to be an http: or https: address, got "localhost:16686" (string)',
    ],
    [
      { backend: "honeycomb" },
      "Expected the `baseUrl` option to be an http: or https: address, got undefined",
    ],
    [{ backend: "tempo", datasource: "" }, "Expected the `datasource` option"],
  ])("refuses %o", (options, message) => {
    const all = { backend: "jaeger", traceId, ...options } as TraceUrlOptions;
    expect(() => traceUrl(all)).toThrow(message);
  });
});
