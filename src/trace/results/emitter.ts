import { field } from "../../langchain/read.ts";
import { stand, type Watch, whenForgotten } from "./watch.ts";

/** Whether it is a stream of Node's. */
export function isNodeStream(value: object): boolean {
  return typeof field(value, "pipe") === "function" && typeof field(value, "read") === "function";
}

/** Ends with the stream, however it is read. Whether it fails is for the application to hear: `error` is not listened to. */
export function followNodeStream(stream: object, watch: Watch): boolean {
  const on = field(stream, "on");
  if (typeof on !== "function") return false;
  const ended = (): void => watch.done();
  on.call(stream, "end", ended);
  on.call(stream, "close", () => {
    const error = field(stream, "errored");
    if (error !== null && error !== undefined) watch.failed(error);
    else if (field(stream, "readableEnded") === true) ended();
    else watch.left();
  });
  whenForgotten(stream, watch);
  return true;
}

/** Whether it is what the `stream()` helpers of OpenAI's and Anthropic's packages return. */
export function isEventStream(value: object): boolean {
  return typeof field(value, "_emit") === "function" && typeof field(value, "on") === "function";
}

/** Their events pass one method. A listener would make them believe that somebody handles the errors. */
export function followEventStream(stream: object, watch: Watch): boolean {
  const stands = stand(stream, "_emit", (original) => (...args) => {
    const [event, first] = args;
    if (event === "chunk" || event === "streamEvent" || event === "event") watch.value(first);
    else if (event === "abort") watch.left();
    else if (event === "error") watch.failed(first);
    else if (event === "end") watch.done();
    return original(...args);
  });
  if (stands) whenForgotten(stream, watch);
  return stands;
}
