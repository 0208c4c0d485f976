import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, extname, join, sep } from "node:path";

/** Where and how the application was started. */
export interface Start {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.argv[1]`; absent in the REPL and with `--eval`. */
  readonly mainScript: string | undefined;
  readonly directory: string;
}

/**
 * The `service.name` of a process that was not given one in code: `OTEL_SERVICE_NAME`, else `service.name` of
 * `OTEL_RESOURCE_ATTRIBUTES`, else the application's name. It is never the SDK's `unknown_service`, under which a back
 * end would put all applications together.
 */
export function defaultServiceName({ env, mainScript, directory }: Start): string {
  return (
    env["OTEL_SERVICE_NAME"]?.trim() ||
    resourceAttribute(env) ||
    applicationName(mainScript, directory)
  );
}

// --- internal ---

/** `key=value,key=value`, percent-encoded, as the SDK reads it. */
function resourceAttribute(env: Start["env"]): string | undefined {
  const pairs = env["OTEL_RESOURCE_ATTRIBUTES"]?.split(",").map((pair) => pair.split("=")) ?? [];
  const value = pairs.find(([key]) => key?.trim() === "service.name")?.[1]?.trim();
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    // Malformed: the SDK ignores the variable, and says so.
    return undefined;
  }
}

/**
 * The `name` of the package.json nearest to the main script, else to the working directory, else the script's file
 * name. A main script in `node_modules` is a tool (a development server) that runs the application of the directory.
 */
function applicationName(mainScript: string | undefined, directory: string): string {
  const script = mainScript === undefined ? undefined : real(mainScript);
  const ofScript = script === undefined ? undefined : dirname(script);
  const isTool = script?.includes(`${sep}node_modules${sep}`) === true;
  for (const folder of isTool ? [directory, ofScript] : [ofScript, directory]) {
    const name = folder === undefined ? undefined : nearestPackageName(folder);
    if (name !== undefined) return name;
  }
  return script === undefined ? "node" : basename(script, extname(script));
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not a file: the name that was given is all there is.
    return path;
  }
}

/** Package.json files without a name, which only say `"type": "module"`, are passed over. */
function nearestPackageName(folder: string): string | undefined {
  const name = packageName(join(folder, "package.json"));
  if (name !== undefined) return name;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestPackageName(parent);
}

function packageName(file: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown };
    return typeof name === "string" && name.trim() !== "" ? name.trim() : undefined;
  } catch {
    // No file, or none that npm could read either: look further up.
    return undefined;
  }
}
