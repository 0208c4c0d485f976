import type { Server } from "../operation.ts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Address and port of a base URL or of `host[:port]`; a path, a query and credentials in it are not looked at. */
export function serverOf(endpoint: string | undefined): Server | undefined {
  if (endpoint === undefined || endpoint === "") return undefined;
  const url = URL.parse?.(withScheme(endpoint)) ?? parse(withScheme(endpoint));
  if (url === null || url.hostname === "") return undefined;
  const port = url.port === "" ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  return { address: url.hostname.replace(/^\[(.*)\]$/, "$1"), port };
}

// --- internal ---

function withScheme(endpoint: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
}

/** For Node 20, which has no `URL.parse`. */
function parse(endpoint: string): URL | null {
  try {
    return new URL(endpoint);
  } catch {
    return null;
  }
}
