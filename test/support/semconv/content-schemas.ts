import { existsSync } from "node:fs";
import path from "node:path";

import { Ajv, type ValidateFunction } from "ajv";

import type { SemconvVersion } from "../../../src/semconv/gen-ai.ts";
import { readData } from "./registry.ts";

const compiled = new Map<string, ValidateFunction | undefined>();

/** What the conventions' JSON schema of an attribute says against a value; `undefined` when it fits or has no schema. */
export function contentFault(
  version: SemconvVersion,
  attribute: string,
  value: unknown,
): string | undefined {
  const validate = schemaOf(version, attribute);
  if (validate === undefined || validate(value)) return undefined;
  const faults = (validate.errors ?? []).map(({ instancePath, message = "" }) =>
    `${instancePath} ${message}`.trim(),
  );
  return [...new Set(faults)].slice(0, 5).join("; ");
}

// --- internal ---

function schemaOf(version: SemconvVersion, attribute: string): ValidateFunction | undefined {
  const key = `${version} ${attribute}`;
  if (compiled.has(key)) return compiled.get(key);
  const file = `${attribute.replaceAll(/[._]/g, "-")}.json`;
  const exists = existsSync(path.join(import.meta.dirname, "data", version, file));
  // Not strict: the schemas name formats that only generators know.
  const validate = exists
    ? new Ajv({ strict: false, validateFormats: false }).compile(readData(version, file) as object)
    : undefined;
  compiled.set(key, validate);
  return validate;
}
