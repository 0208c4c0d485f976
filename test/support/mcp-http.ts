import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** A server on this machine, and where it is. */
export interface Served {
  readonly url: URL;
  readonly port: number;
  close(): void;
}

export async function serveHttp(listener: RequestListener): Promise<Served> {
  const server: Server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: new URL(`http://127.0.0.1:${port}/mcp`), port, close };
}

/** The same for what speaks the web's requests and responses. */
export function serveWeb(handle: (request: Request) => Promise<Response>): Promise<Served> {
  return serveHttp((incoming, outgoing) => {
    void handle(webRequest(incoming)).then((response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body === null) return outgoing.end();
      return Readable.fromWeb(response.body).pipe(outgoing);
    });
  });
}

// --- internal ---

function webRequest(incoming: IncomingMessage): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(url, `http://${headers.host}`), {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
    ...(hasBody && { body: Readable.toWeb(incoming), duplex: "half" }),
  });
}
