// An application: it knows nothing of telemetry, and asks as soon as it is loaded.
import { OpenAIEmbeddings } from "@langchain/openai";

export function embed() {
  const embeddings = new OpenAIEmbeddings({
    model: "text-embedding-3-small",
    apiKey: "none",
    maxRetries: 0,
    encodingFormat: "float",
    configuration: { baseURL: process.env.EMBEDDINGS_URL },
  });
  return embeddings.embedQuery("one");
}

export const first = embed();
