import { first, text } from "../read.ts";
import { textKwarg } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** Ollama. Its chat model is not serialized: the address is known only where the instrumentation sees the model. */
export const ollama: Provider = {
  lsProviders: ["ollama"],
  classNames: ["ChatOllama", "Ollama"],
  providerName: () => "ollama",
  endpoint: (call) => first(textKwarg(call, "baseUrl"), text(call.model["baseUrl"])),
};
