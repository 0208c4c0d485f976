/** The way from the coordinator to the specialist over NATS. No instrumentation knows NATS: this is done by hand. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import { extract, inject } from "langchain-otel/propagation";
import { withRootSpan } from "langchain-otel/trace";

import type { Answer } from "./service.ts";

const SUBJECT = "specialist";

export interface Nats {
  /** Sends a question, and with it the trace that is going on. */
  ask(question: string): Promise<string>;
  /** Answers what comes in, each question in a span of its sender's trace. */
  answer(answer: Answer): void;
  close(): Promise<void>;
}

/** Connects where `NATS_URL` says; not at all without it. */
export async function connectToNats(): Promise<Nats | undefined> {
  const servers = process.env["NATS_URL"];
  if (servers === undefined || servers === "") return undefined;
  const { connect, headers } = await import("@nats-io/transport-node");
  const connection = await connect({ servers });
  return {
    async ask(question) {
      const carrier = headers();
      inject(carrier, { format: "nats" });
      const reply = await connection.request(SUBJECT, question, {
        headers: carrier,
        timeout: 30_000,
      });
      return reply.string();
    },
    answer(answer) {
      connection.subscribe(SUBJECT, {
        callback: (error, message) => {
          if (error !== null) return console.error(error);
          const parent = extract(message.headers, { format: "nats" });
          withRootSpan("nats.specialist", { parent }, () => answer(message.string())).then(
            (text) => message.respond(text),
            (fault: unknown) => message.respond(String(fault)),
          );
        },
      });
    },
    close: () => connection.close(),
  };
}

/** Starts a server on a free port. Says so and ends the program when there is none to start. */
export async function startNats(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn("nats-server", ["--addr", "127.0.0.1", "--port", "-1"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  process.once("exit", () => child.kill());
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const url = await Promise.race([listening(child.stderr), exited.then(() => undefined)]);
  if (url === undefined) {
    console.error("--nats needs nats-server on the PATH (Debian: apt install nats-server)");
    process.exit(2);
  }
  return {
    url,
    async stop() {
      child.kill();
      await exited;
    },
  };
}

/** Its log says where it listens. It is read on to its end: a log that nobody reads stops its writer. */
function listening(log: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: log }).on("line", (line) => {
      const address = /Listening for client connections on (\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(`nats://${address}`);
    });
  });
}
