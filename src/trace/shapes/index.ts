import { field, type Fields, fields, text } from "../../langchain/read.ts";
import { anthropic } from "./anthropic.ts";
import { bedrock } from "./bedrock.ts";
import { cohere } from "./cohere.ts";
import { gemini } from "./gemini.ts";
import { langchain } from "./langchain.ts";
import { mistral } from "./mistral.ts";
import { openai } from "./openai.ts";
import type { Shape } from "./shape.ts";

/** In the order in which they are asked: some have methods of the same names. */
const SHAPES: readonly Shape[] = [anthropic, mistral, cohere, gemini, openai, bedrock];

/** Whose client it is. */
export function shapeOfClient(client: object): Shape | undefined {
  return SHAPES.find(({ isClient, methods }) =>
    isClient === undefined
      ? methods.some((path) => typeof at(client, path) === "function")
      : isClient(fields(client)),
  );
}

/** Who a call goes to, as far as its arguments tell: by the model's name. */
export function shapeOfParams(params: Fields): Shape | undefined {
  const model = modelIn(params);
  return model === undefined ? undefined : SHAPES.find(({ models }) => models.test(model));
}

/** The arguments of a request among those of a function, of its own or of one of a provider's. */
export function paramsAmong(args: readonly unknown[]): Fields | undefined {
  return args
    .slice(0, 10)
    .map((arg) => fields(arg))
    .find((arg) => modelIn(arg) !== undefined);
}

/** Who may have answered, the likeliest first. */
export function shapesFor(likely: Shape | undefined): readonly Shape[] {
  const all = [...SHAPES, langchain];
  return likely === undefined ? all : [likely, ...all.filter((shape) => shape !== likely)];
}

// --- internal ---

function modelIn({ model, modelId, input }: Fields): string | undefined {
  return text(model) ?? text(modelId) ?? text(fields(input)["modelId"]);
}

function at(client: object, path: string): unknown {
  return path.split(".").reduce<unknown>((owner, key) => field(owner, key), client);
}
