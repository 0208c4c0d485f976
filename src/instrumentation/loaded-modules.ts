import type * as Inspector from "node:inspector";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { diag } from "@opentelemetry/api";

import { fields } from "../langchain/read.ts";

/**
 * The files of the ES modules that this thread has loaded. Node keeps that to itself, but its debugger has the list of
 * all scripts: it is asked for it once and let go of again; nothing is stopped and no port is opened. It takes less
 * than 0.1 ms a script. Where Node has no debugger, or does not allow one, the list is empty.
 */
export function loadedModules(): string[] {
  const files: string[] = [];
  let session: Inspector.Session | undefined;
  try {
    const { Session } = require("node:inspector") as typeof Inspector;
    session = new Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => {
      const { url, isModule, executionContextAuxData: place } = params;
      // Those of other contexts, such as a test runner's, are other instances.
      if (isModule === true && url.startsWith("file:") && fields(place)["isDefault"] === true)
        files.push(fileURLToPath(url));
    });
    session.post("Debugger.enable");
    session.post("Debugger.disable");
  } catch (fault) {
    diag.debug("langchain-otel: there is no list of the modules that are loaded", fault);
  } finally {
    session?.disconnect();
  }
  return files;
}

// --- internal ---

const require = createRequire(process.execPath);
