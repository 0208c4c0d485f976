/**
 * Error texts quote what was sent: a key in a URL, a header, a key echoed by the provider. What looks like a
 * credential is taken out of every text of ours, whether content is captured or not.
 */
const MARK = "[redacted]";

const SECRETS: readonly { readonly find: RegExp; readonly put: string }[] = [
  // key=value and "key": "value" with a name that says secret, in URLs, headers and JSON
  {
    find: /((?:api[-_ ]?key|apikey|access[-_]?token|auth[-_]?token|x-goog-api-key|client[-_]?secret|secret|password|passwd|signature|sig|token)["']?\s*[=:]\s*["']?)[^\s"'&,;)}\]]{6,}/gi,
    put: `$1${MARK}`,
  },
  { find: /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, put: `$1 ${MARK}` },
  // user:password@host
  { find: /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, put: `$1${MARK}@` },
  // JSON web tokens
  { find: /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, put: MARK },
  // keys with a provider's prefix: OpenAI, Anthropic, Stripe, GitHub, GitLab, Slack, AWS, Google, Hugging Face, Groq, xAI, NVIDIA, LangSmith
  {
    find: /\b(?:sk|pk|rk|gsk|xai|nvapi|lsv2|hf|glpat|gh[opsur]|github_pat|xox[abeoprs])[-_][\w*-]{6,}/g,
    put: MARK,
  },
  { find: /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, put: MARK },
  { find: /\bAIza[\w-]{20,}/g, put: MARK },
  {
    find: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    put: MARK,
  },
];

/** The text without what looks like a credential. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const { find, put } of SECRETS) clean = clean.replace(find, put);
  return clean;
}
