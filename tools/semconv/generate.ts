/**
 * Makes the registries that the conformance checker reads, from the models of the conventions:
 *
 *     node tools/semconv/generate.ts <semantic-conventions, at v1.41.1> <semantic-conventions-genai>
 *
 * Both are checkouts of the repositories under github.com/open-telemetry. Written are one registry for each version and
 * the JSON schemas of content, to test/support/semconv/data.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { type Model, readModel } from "./model.ts";
import { flatten } from "./registry.ts";

const FOLDERS = ["gen-ai", "mcp", "openai", "aws-bedrock"];
const data = path.join(import.meta.dirname, "../../test/support/semconv/data");

const [released, next] = process.argv.slice(2);
if (released === undefined || next === undefined) {
  console.error(
    "Usage: node tools/semconv/generate.ts <semantic-conventions> <semantic-conventions-genai>",
  );
  process.exit(1);
}
write("1.41", "open-telemetry/semantic-conventions 1.41.1", released, "docs/gen-ai");
write("next", "open-telemetry/semantic-conventions-genai", next, "model/gen-ai");

// --- internal ---

function write(version: string, source: string, root: string, schemas: string): void {
  const folder = path.join(data, version);
  mkdirSync(folder, { recursive: true });
  const registry = { source, ...flatten(modelOf(path.join(root, "model"))) };
  writeFileSync(path.join(folder, "registry.json"), `${JSON.stringify(registry, undefined, 1)}\n`);
  for (const file of readdirSync(path.join(root, schemas))) {
    if (file.endsWith(".json"))
      copyFileSync(path.join(root, schemas, file), path.join(folder, file));
  }
}

function modelOf(root: string): Model {
  const files = FOLDERS.flatMap((folder) => yamlFiles(path.join(root, folder)));
  return readModel(files.map((file) => readFileSync(file, "utf8")));
}

function yamlFiles(folder: string): string[] {
  try {
    return (readdirSync(folder, { recursive: true }) as string[])
      .filter((file) => file.endsWith(".yaml"))
      .toSorted()
      .map((file) => path.join(folder, file));
  } catch {
    return []; // Not in both repositories.
  }
}
