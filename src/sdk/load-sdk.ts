import { createRequire } from "node:module";

import type { ProcessorLike } from "./exporters.ts";
import { findPackage, type InstalledPackage, load, packageAt } from "./installed-package.ts";

/** What `new NodeSDK()` takes, as far as it is used here; the same in the 0.2xx and the 0.3xx line. */
export interface NodeSdkConfiguration {
  readonly serviceName: string;
  readonly instrumentations: readonly unknown[];
  readonly resource?: unknown;
  readonly spanProcessors?: readonly ProcessorLike[] | undefined;
  readonly logRecordProcessors?: readonly ProcessorLike[] | undefined;
  readonly metricReaders?: readonly unknown[] | undefined;
  /** `null`: leave the one that is registered. */
  readonly contextManager?: null | undefined;
  readonly textMapPropagator?: null | undefined;
}

/** A running `NodeSDK`. */
export interface NodeSdk {
  start(): void;
  shutdown(): Promise<void>;
}

/** `@opentelemetry/sdk-node` as installed, and `require` as in its main file: its dependencies are its own. */
export interface LoadedSdk {
  readonly NodeSDK: new (configuration: NodeSdkConfiguration) => NodeSdk;
  readonly require: (name: string) => unknown;
}

/**
 * Loads the SDK, synchronously, so that a preload can do it in the middle of a call.
 * @throws Error, of one line with what to install, when it is missing or does not fit the API beside it
 */
export function loadSdk(): LoadedSdk {
  const sdk = findPackage(SDK);
  if (sdk === undefined)
    throw new Error(
      `langchain-otel cannot start telemetry: ${SDK} is not installed. Run: ${installLine()}`,
    );
  checkApi(sdk);
  try {
    const { NodeSDK } = load(sdk) as Pick<LoadedSdk, "NodeSDK">;
    return { NodeSDK, require: createRequire(sdk.file) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new Error(
      `langchain-otel cannot start telemetry: ${SDK} ${sdk.version} does not load: ${reason}`,
      { cause },
    );
  }
}

// --- internal ---

const SDK = "@opentelemetry/sdk-node";
const API = "@opentelemetry/api";

/** SDK 3 needs API 1.10 and Node 22.15; SDK 2 refuses API 1.10. */
function installLine(): string {
  const api = packageAt(API, import.meta.url);
  if (!runsSdk3()) return `npm i ${API}@1.9 ${SDK}@0.223`;
  return minor(api?.version) < 10 ? `npm i ${SDK}@0.223` : `npm i ${SDK}`;
}

function runsSdk3(): boolean {
  const [major = 0, minorVersion = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minorVersion >= 15);
}

/** Both faults would otherwise show as a crash deep in the SDK, or as spans that are lost in silence. */
function checkApi(sdk: InstalledPackage): void {
  const theirs = packageAt(API, sdk.file);
  const ours = packageAt(API, import.meta.url);
  const range = sdk.peerDependencies[API] ?? "";
  const lowest = /^>=(1\.\d+)/.exec(range)?.[1];
  if (lowest !== undefined && minor(theirs?.version) < minor(lowest)) {
    throw new Error(
      `langchain-otel cannot start telemetry: ${SDK} ${sdk.version} needs ${API} ${range}, ` +
        `and finds ${theirs?.version ?? "none"}. Run: npm i ${API}@${lowest}`,
    );
  }
  if (minor(ours?.version) > minor(theirs?.version)) {
    throw new Error(
      `langchain-otel cannot start telemetry: it is installed beside ${API} ${ours?.version}, and ${SDK} beside ` +
        `${theirs?.version}, which a newer one does not see. Run: npm i ${API}@${theirs?.version}`,
    );
  }
}

function minor(version: string | undefined): number {
  return Number(version?.split(".")[1] ?? 0);
}
