/** A Node to run programs on. */
export interface NodeBinary {
  /** Such as "22.15.0". */
  readonly version: string;
  readonly path: string;
}

/** The one that runs this. */
export const ownNode: NodeBinary = { version: process.versions.node, path: process.execPath };

/** Whether OpenTelemetry's SDK 3 runs on it; SDK 2 runs on all that we do. */
export function runsSdk3(version: string): boolean {
  return atLeast(version, 22, 15);
}

/** Whether ES modules are attached to at once. Elsewhere an application has to await `instrumentation.ready`. */
export function attachesAtOnce(version: string): boolean {
  return version.startsWith("22.") ? atLeast(version, 22, 18) : atLeast(version, 24, 4);
}

// --- internal ---

function atLeast(version: string, major: number, minor: number): boolean {
  const [ofMajor = 0, ofMinor = 0] = version.split(".").map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}
