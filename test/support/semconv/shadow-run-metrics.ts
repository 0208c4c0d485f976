import type { RunMetrics } from "../../../src/telemetry/run-metrics.ts";
import { checkingMeterProvider } from "./check-meter.ts";
import { found } from "./findings.ts";
import { withShadows } from "./shadows.ts";

type Args = ConstructorParameters<typeof RunMetrics>;

/** A RunMetrics with two shadows, one for each version of the conventions, whose meters only check. */
export function shadowedRunMetrics(
  Original: new (...args: Args) => RunMetrics,
): new (...args: Args) => RunMetrics {
  return withShadows(Original, {
    silent: ["requestAttributes"],
    split: (own) => {
      const [, , ...rest] = own;
      return { own, shadows: meters.map(({ version, meter }) => [() => meter, version, ...rest]) };
    },
  });
}

// --- internal ---

const meters = (["1.41", "next"] as const).map((version) => ({
  version,
  meter: checkingMeterProvider(version, found).getMeter("langchain-otel"),
}));
