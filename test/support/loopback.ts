import { Socket } from "node:net";

type Connect = (...args: unknown[]) => Socket;

/**
 * Lets connections to this machine pass msw by: it takes over every socket, and those of HTTP/2 clients (Bedrock, OTLP over
 * gRPC) never come back from it. Wrap it round `server.listen()`; the result undoes it and must be called before `server.close()`.
 */
export function withRealLoopback(
  listen: () => void,
  intercepted: (port: number) => boolean,
): () => void {
  const prototype = Socket.prototype as unknown as { connect: Connect };
  const real = prototype.connect;
  listen();
  const faked = prototype.connect;
  prototype.connect = function connect(this: Socket, ...args: unknown[]) {
    const { host, port } = target(args);
    const local = host !== undefined && LOOPBACK.has(host) && !intercepted(port);
    return (local ? real : faked).apply(this, args);
  };
  return () => {
    prototype.connect = faked;
  };
}

// --- internal ---

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);

/** `connect(port, host)`, `connect({ port, host })`, or what `net.connect` makes of them: `connect([{ port, host }])`. */
function target(args: readonly unknown[]): { host: string | undefined; port: number } {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === "object" && first !== null) {
    const { host, port } = first as { host?: string; port?: number | string };
    return { host: port === undefined ? undefined : (host ?? "localhost"), port: Number(port) };
  }
  return { host: typeof second === "string" ? second : "localhost", port: Number(first) };
}
