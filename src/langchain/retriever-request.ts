import type { CommonRequest, RetrieverRequest } from "../operation.ts";
import { type ChainArguments, classOf } from "./chain-request.ts";
import { text } from "./read.ts";

export function retrieverRequest(start: ChainArguments, common: CommonRequest): RetrieverRequest {
  const source = text(start.runName) ?? classOf(start.serialized);
  return { kind: "retriever", source: source?.slice(0, 128), ...common };
}
