import { fields, first, text } from "../read.ts";
import { kwarg } from "./endpoint.ts";
import type { Provider } from "./provider.ts";

/** DeepSeek. LangChain says "openai" of it, since its class is made from OpenAI's. */
export const deepseek: Provider = {
  lsProviders: ["deepseek"],
  classNames: ["ChatDeepSeek"],
  providerName: () => "deepseek",
  endpoint: (call) =>
    first(text(fields(kwarg(call, "configuration"))["baseURL"]), "https://api.deepseek.com"),
};
