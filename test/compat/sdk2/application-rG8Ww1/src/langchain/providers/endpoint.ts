import { environment } from "../../options.ts";
import type { ModelCall } from "../model-call.ts";
import { text } from "../read.ts";

/** A constructor argument; LangChain serializes `baseUrl` as `base_url`, but not always. */
export function kwarg({ kwargs }: ModelCall, name: string): unknown {
  const snake = name.replace(
    /[A-Z]+(?![a-z])|[A-Z]/g,
    (capitals, at: number) => `${at > 0 ? "_" : ""}${capitals.toLowerCase()}`,
  );
  return kwargs[name] ?? kwargs[snake];
}

/** The first of some constructor arguments that is a string. */
export function textKwarg(call: ModelCall, ...names: string[]): string | undefined {
  return names.map((name) => text(kwarg(call, name))).find((value) => value !== undefined);
}

/** An environment variable that the provider's SDK reads too. */
export function variable(name: string): string | undefined {
  return text(environment()[name]);
}
