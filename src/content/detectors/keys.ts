import type { Detector } from "../detection/detector.ts";
import { byPattern } from "../detection/detector.ts";

/** Keys that say by their form whose they are. */
export const keys: Detector = {
  find: (text) => [
    ...PREFIXED.find(text),
    ...GLUED.find(text),
    ...CONNECTED.find(text),
    ...(HELD.test(text) ? HOLDING.find(text) : []),
  ],
};

// --- internal ---

/** How the keys of each begin; the rest of a key is whatever goes on without a break. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  "OpenAI, Anthropic, OpenRouter, DeepSeek, Langfuse and more":
    "[sp]k-(?=[\\w*-]{0,40}[\\d*])[\\w*-]{6}",
  "OpenAI and the like, of letters only": "sk-(?:proj|svcacct|admin|ant|or|lf)-[\\w-]{8}",
  "Stripe, Clerk": "(?:[spr]k_(?:live|test)|whsec)_\\w{8}",
  Google: "AIza[\\w-]{20}",
  "Google, OAuth": "(?:ya29\\.|GOCSPX-)[\\w-]{10}",
  AWS: "(?:AKIA|ASIA|ABIA|ACCA)[A-Z\\d]{12}",
  "AWS Bedrock": "(?:ABSK|bedrock-api-key-)[\\w+/-]{20}",
  Groq: "gsk_\\w{8}",
  Cerebras: "csk-\\w{16}",
  xAI: "xai-[\\w-]{8}",
  "Hugging Face": "(?:hf|api_org)_[A-Za-z\\d]{8}",
  NVIDIA: "nvapi-[\\w-]{8}",
  LangSmith: "(?:lsv2_(?:pt|sk)_|ls__)\\w{8}",
  Perplexity: "pplx-[\\w-]{8}",
  Replicate: "r8_[A-Za-z\\d]{16}",
  Pinecone: "pcsk_\\w{8}",
  Tavily: "tvly-[\\w-]{8}",
  Jina: "jina_\\w{16}",
  Voyage: "pa-[\\w-]{32}",
  Together: "tgp_v1_[\\w-]{8}",
  Databricks: "dapi[a-f\\d]{20}",
  Fireworks: "fw_(?=[A-Za-z]{0,20}\\d)[A-Za-z\\d]{16}",
  GitHub: "(?:gh[opsur]|github_pat)_\\w{8}",
  GitLab: "gl(?:pat|ptt|dt|rt|rtr|soat|agent|oas|cbt|imt|ft|ffct)-[\\w-]{8}",
  Slack: "(?:xox[abeoprsc]|xapp)-[\\w-]{8}",
  Twilio: "SK[a-f\\d]{32}",
  SendGrid: "SG\\.[\\w-]{10}",
  Mailgun: "key-[a-f\\d]{24}",
  npm: "npm_[A-Za-z\\d]{16}",
  PyPI: "pypi-[\\w-]{16}",
  Docker: "dckr_(?:pat|oat)_[\\w-]{8}",
  DigitalOcean: "do[opr]_v1_[a-f\\d]{16}",
  Shopify: "shp(?:at|ca|pa|ss)_[A-Za-z\\d]{16}",
  Square: "(?:sq0[a-z]{3}-[\\w-]{16}|EAAA[\\w-]{40})",
  Discord: "[MNO][\\w-]{22,27}\\.[\\w-]{6}\\.[\\w-]{20}",
  Vault: "hv[sbr]\\.[\\w-]{16}",
  Doppler: "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w-]{8}",
  Linear: "lin_(?:api|oauth)_\\w{16}",
  Notion: "(?:ntn_|secret_)(?=[A-Za-z]{0,30}\\d)[A-Za-z\\d]{24}",
  Supabase: "(?:sbp|sb_secret)_\\w{16}",
  Cloudflare: "(?:cfut_|cfat_|v1\\.0-)[\\w-]{24}",
  Grafana: "gl(?:sa|c)_[\\w+/=]{20}",
  PostHog: "ph[xc]_\\w{20}",
  Sentry: "sntry[su]_[\\w+/=-]{16}",
  Figma: "fig[dou]_?[dor]?_[\\w-]{20}",
  Postman: "PMAK-[a-f\\d-]{16}",
  "New Relic": "NR(?:AK|II|JS)-[\\w-]{16}",
  Heroku: "HRKU-[\\w-]{16}",
  RubyGems: "rubygems_[a-f\\d]{16}",
  Atlassian: "ATATT3[\\w=-]{20}",
  Airtable: "pat[A-Za-z\\d]{14}\\.[a-f\\d]{20}",
  Dropbox: "sl\\.[\\w-]{60}",
  Age: "AGE-SECRET-KEY-1[A-Z\\d]{16}",
  NATS: "S[ANOUCX][A-Z2-7]{56}",
};

/** These begin like anything else and are known by what is in them. */
const WITHIN: Readonly<Record<string, readonly [string, string]>> = {
  "Azure, of 84 characters": ["JQQJ9", "[A-Za-z\\d]{40,60}JQQJ9[A-Za-z\\d]{8}"],
  Mailchimp: ["-us\\d", "[a-f\\d]{32}-us\\d"],
  Telegram: [":AA", "\\d{8,10}:AA[\\w-]{30}"],
  Terraform: ["\\.atlasv1\\.", "[A-Za-z\\d]{14}\\.atlasv1\\.[\\w-]{16}"],
};

/** These are like nothing else, so that they are known in the middle of a word too: "keysk-proj-…", "=20AKIA…". */
const UNMISTAKABLE: readonly string[] = [
  "sk-(?:proj|svcacct|admin|ant)-(?=[\\w-]{0,40}\\d)(?=[\\w-]{0,40}[A-Z])[\\w-]{16}",
  "sk-(?=[A-Za-z]{0,40}\\d)(?=[a-z\\d]{0,40}[A-Z])[A-Za-z\\d]{40}",
  "sk_live_(?=[A-Za-z]{0,20}\\d)[A-Za-z\\d]{20}",
  "A[KS]IA(?=[A-Z]{0,15}\\d)[A-Z\\d]{16}",
  "AIza(?=[A-Za-z_-]{0,30}\\d)[\\w-]{35}",
  "gh[opsur]_(?=[A-Za-z]{0,20}\\d)[A-Za-z\\d]{30}",
  "github_pat_\\w{20}",
  "glpat-(?=[A-Za-z_-]{0,20}\\d)[\\w-]{20}",
  "xox[abeoprsc]-(?=[A-Za-z-]{0,20}\\d)[\\w-]{16}",
];

/** No other stands within a word: "risk-or-reward" is no key of OpenRouter. */
const PREFIXED = startingWith(Object.values(BEGINNINGS));
const HOLDING = startingWith(Object.values(WITHIN).map(([, form]) => form));
const GLUED = startingWith(UNMISTAKABLE, "");
const HELD = new RegExp(
  Object.values(WITHIN)
    .map(([held]) => held)
    .join("|"),
);

function startingWith(forms: readonly string[], after = "(?<![A-Za-z\\d])"): Detector {
  return byPattern({
    kind: "key",
    head: new RegExp(`${after}(?:${forms.join("|")})`, "g"),
    tail: /[\w*+/=.-]*(?<![./])/y,
  });
}

/** Addresses that are a key themselves. */
const CONNECTED: Detector = byPattern({
  kind: "key",
  head: /(?:hooks\.slack\.com\/(?:services|workflows)\/|discord(?:app)?\.com\/api\/webhooks\/|api\.telegram\.org\/bot)/gi,
  tail: /[\w/:-]*/y,
  after: true,
});
