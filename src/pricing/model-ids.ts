/**
 * The names under which a price table may have a model, the most particular first: as it was said, then without the
 * path or ARN round it, the region, the version, the vendor and the date.
 *
 * @param provider as `providerId` gives it
 */
export function modelIds(provider: string, model: string): readonly string[] {
  const said = model.trim().toLowerCase();
  let id = withoutPath(said);
  const ids = new Set([said, id]);
  const particulars = provider === "aws" ? [...BEDROCK, DATE] : [DATE];
  for (const particular of particulars) {
    id = id.replace(particular, "");
    ids.add(id);
  }
  ids.delete("");
  return [...ids];
}

/**
 * The names under which the price library may have a model. Of an ARN only its end is asked for: found inside of a
 * longer text, a global profile would have the price of a regional one. The ARN of a model of one's own, of capacity
 * that was bought, or of an application's profile does not say what is paid.
 */
export function libraryModelIds(model: string): readonly string[] {
  const said = model.trim();
  if (/^arn:/i.test(said)) return ARN.test(said) ? [withoutPath(said)] : [];
  return [...new Set([said, withoutPath(said)])];
}

// --- internal ---

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html, resource types */
const ARN = /^arn:aws[a-z-]*:bedrock:[^/]{0,100}:(?:foundation-model|inference-profile)\//i;

/** `arn:aws:bedrock:…:inference-profile/us.anthropic.…`, `projects/…/publishers/google/models/gemini-…`, `models/gemini-…` */
function withoutPath(model: string): string {
  return model.replace(ARN, "").replace(/^.*\bmodels\//i, "");
}

/** Of an id such as `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. */
const BEDROCK: readonly RegExp[] = [
  /^(?:global|apac|us-gov|[a-z]{2})\.(?=[a-z0-9]+\.)/,
  /(?:-v\d{1,3})?(?::[\da-z]{1,8}){1,2}$|-v\d{1,3}$/,
  /^[a-z0-9]{1,30}\./,
];

const DATE = /[@-](?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest|default)$/;
