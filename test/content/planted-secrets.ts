/** Made here, so that no file holds what looks like a key. Letters of both cases and digits, as keys have them. */
export function characters(length: number, seed = 7): string {
  let text = "";
  for (let index = 0; index < length; index += 1) {
    text += ALPHABET.charAt((seed + index * 11 + Math.floor(index / 7) * 5) % ALPHABET.length);
  }
  return text;
}

/** As they travel, and what of it nobody may see. */
export interface Planted {
  readonly text: string;
  readonly secret: string;
}

const ALPHABET = "a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ";
const hex = (length: number) => "3f9a0c7e5b1d8246".repeat(8).slice(0, length);
const alone = (secret: string): Planted => ({ text: secret, secret });
const named = (name: string, secret: string): Planted => ({ text: `${name}${secret}`, secret });
const long = characters(40);

export const PLANTED: Readonly<Record<string, Planted>> = {
  OpenAI: alone(["sk", characters(48)].join("-")),
  "OpenAI, project": alone(["sk", "proj", characters(74)].join("-")),
  "OpenAI, service account": alone(["sk", "svcacct", characters(74)].join("-")),
  Anthropic: alone(["sk", "ant", "api03", characters(80)].join("-")),
  OpenRouter: alone(["sk", "or", "v1", hex(64)].join("-")),
  Google: alone(`AIza${characters(35)}`),
  "Google, OAuth": alone(`GOCSPX-${characters(28)}`),
  AWS: alone(`AKIA${"IOSFODNN7EXAMPLE".slice(0, 16)}`),
  "AWS, temporary": alone(`ASIA${"IOSFODNN7EXAMPLE".slice(0, 16)}`),
  "AWS, secret access key": named(
    "aws_secret_access_key = ",
    `${characters(20)}/${characters(19)}`,
  ),
  "Azure, 32 digits": named("api-key: ", hex(32)),
  "Azure, 84 characters": alone(`${characters(52)}JQQJ99${characters(26)}`),
  "Azure, storage": named("DefaultEndpointsProtocol=https;AccountKey=", `${characters(86)}==`),
  Groq: alone(`gsk_${characters(52)}`),
  xAI: alone(`xai-${characters(80)}`),
  "Hugging Face": alone(`hf_${characters(34)}`),
  Cohere: named("COHERE_API_KEY=", long),
  Mistral: named("my Mistral api key is ", characters(32)),
  Together: named('"together_api_key": "', hex(64)),
  NVIDIA: alone(`nvapi-${characters(64)}`),
  LangSmith: alone(`lsv2_pt_${hex(32)}_${hex(10)}`),
  "Langfuse, secret": alone(`sk-lf-${hex(8)}-${hex(4)}-${hex(12)}`),
  "Langfuse, public": alone(`pk-lf-${hex(8)}-${hex(4)}-${hex(12)}`),
  GitHub: alone(`ghp_${characters(36)}`),
  "GitHub, fine-grained": alone(`github_pat_${characters(22)}_${characters(59)}`),
  GitLab: alone(`glpat-${characters(20)}`),
  Slack: alone(["xoxb", "123456789012", characters(24)].join("-")),
  "Slack, webhook": named("https://hooks.slack.com/services/", `T0123/B0456/${characters(24)}`),
  Stripe: alone(["sk", "live", characters(24)].join("_")),
  "Stripe, restricted": alone(["rk", "live", characters(24)].join("_")),
  Twilio: alone(`SK${hex(32)}`),
  SendGrid: alone(`SG.${characters(22)}.${characters(43)}`),
  npm: alone(`npm_${characters(36)}`),
  PyPI: alone(`pypi-${characters(80)}`),
  Perplexity: alone(`pplx-${characters(48)}`),
  Replicate: alone(`r8_${characters(37)}`),
  Pinecone: alone(`pcsk_${characters(60)}`),
  Tavily: alone(`tvly-${characters(32)}`),
  Databricks: alone(`dapi${hex(32)}`),
  Fireworks: alone(`fw_${characters(24)}`),
  DigitalOcean: alone(`dop_v1_${hex(64)}`),
  Shopify: alone(`shpat_${hex(32)}`),
  Square: alone(`sq0atp-${characters(22)}`),
  Mailgun: alone(`key-${hex(32)}`),
  Telegram: alone(`123456789:AA${characters(33)}`),
  "Telegram, in an address": named("https://api.telegram.org/bot", `123456789:AA${characters(33)}`),
  Discord: alone(`MTk4${characters(22)}.Cl2FMQ.${characters(27)}`),
  Vault: alone(`hvs.${characters(24)}`),
  Doppler: alone(`dp.pt.${characters(40)}`),
  Linear: alone(`lin_api_${characters(40)}`),
  Notion: alone(`ntn_${characters(46)}`),
  Supabase: alone(`sbp_${hex(40)}`),
  Cloudflare: named("CLOUDFLARE_API_TOKEN=", characters(40)),
  "JSON web token": alone(
    ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", characters(43)].join("."),
  ),
  Bearer: named("Authorization: Bearer ", characters(32)),
  Basic: named("Authorization: Basic ", "YWxhZGRpbjpvcGVuc2VzYW1l"),
  Cookie: named("Cookie: session=", characters(32)),
  "private key": alone(
    [
      ["-----BEGIN RSA", "PRIVATE", "KEY-----"].join(" "),
      characters(64),
      characters(64, 3),
      ["-----END RSA", "PRIVATE", "KEY-----"].join(" "),
    ].join("\n"),
  ),
  "password of a database": { text: `postgres://user:${long}@db:5432/x`, secret: long },
  "key in a query": { text: `https://host/path?api_key=${long}&model=x`, secret: long },
  "signed address": { text: `https://host/path?sv=1&sig=${long}&se=2`, secret: long },
  password: named("password: ", "correct-horse-battery"),
  "password in JSON": { text: '{"password":"tiny"}', secret: "tiny" },
};
