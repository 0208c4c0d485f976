/**
 * Whether a trace is among the given share of all traces. Decided by its id alone, and by the same arithmetic as
 * OpenTelemetry's `TraceIdRatioBasedSampler` for JavaScript, so that all processes of a trace come to the same answer,
 * and the traces of a smaller share are among those of a larger one.
 *
 * @param ratio from 0 (none) to 1 (all)
 */
export function isInRatio(traceId: string, ratio: number): boolean {
  if (ratio >= 1) return true;
  let folded = 0;
  for (let at = 0; at < 32; at += 8) folded ^= Number.parseInt(traceId.slice(at, at + 8), 16);
  return folded >>> 0 < Math.floor(ratio * 0xffffffff);
}
