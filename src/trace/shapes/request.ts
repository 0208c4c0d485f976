import { commonParameters } from "../../langchain/model-call.ts";
import { count, type Fields, fields, first, text, texts } from "../../langchain/read.ts";
import type { ModelRequest } from "../../operation.ts";
import type { Asked } from "./shape.ts";

const NOTHING: Fields = {};

/** The parameters that all providers spell in one of a few ways. */
export function modelAsked(
  params: Fields,
  more: Partial<ModelRequest> & { readonly operation?: ModelRequest["operation"] } = {},
): Asked {
  const parameters = commonParameters({
    className: undefined,
    kwargs: NOTHING,
    params: { ...fields(params["config"]), ...params },
    metadata: NOTHING,
    model: NOTHING,
  });
  return { kind: "model", operation: "chat", ...parameters, ...more };
}

export function embeddingsAsked(params: Fields): Asked {
  const config = fields(params["config"]);
  const { model, dimensions, outputDimension, output_dimension: old } = params;
  const { encoding_format: encoding, encodingFormat, embeddingTypes } = params;
  return {
    kind: "embeddings",
    model: text(model),
    dimensions: first(
      count(dimensions),
      count(outputDimension),
      count(old),
      count(config["outputDimensionality"]),
    ),
    encodingFormats: texts(encoding ?? encodingFormat ?? embeddingTypes),
  };
}
