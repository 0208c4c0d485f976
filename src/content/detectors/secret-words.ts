/** A name that says that what follows is a secret, at the end of the name: `DB_PASSWORD`, `x-api-key`, `clientSecret`. */
export const PASSWORD_WORDS =
  "pass(?:words?|wd|phrase|code)|pwd|(?:admin|auth|database|db|ftp|login|mail|mongo|my|mysql|pg|postgres|proxy|redis|root|smtp|ssh|user)[-_]pass";

const OWNERS =
  "access|account|admin|api|app|application|auth|client|consumer|encryption|function|license|master|private|secret|service|session|shared[-_ ]?access|signing|storage|subscription";

export const KEY_WORDS: string = [
  `(?:${OWNERS})[-_ ]?key(?:[-_]base)?`,
  "api[-_ ]?keys",
  `(?:${OWNERS}|jwt|shared|webhook)[-_ ]?secret`,
  "(?:access|api|auth|authentication|bearer|bot|csrf|deploy|id|identity|oauth|personal|private|push|refresh|security|service|session|user|xsrf)[-_ ]?token",
  "authorization",
].join("|");

/** These mean other things as well, so that the value has to look like a secret. */
export const WEAK_WORDS = "token|secret|signature|sig|credentials?|(?<![A-Za-z])pass";

/**
 * Whether it is a name of a secret: `certain` when its value is one whatever it looks like, `likely` when its value has
 * to look like one.
 */
export function secrecyOf(name: string): "certain" | "likely" | undefined {
  if (CERTAIN.test(name)) return "certain";
  return LIKELY.test(name) ? "likely" : undefined;
}

/** Whether it looks like something that nobody can guess: digits among letters, letters of both cases, or sheer length. */
export function isLikelySecret(value: string, least = 6): boolean {
  if (value.length < least || /\s/.test(value) || isMark(value)) return false;
  if (/\d/.test(value) && /[A-Za-z*]/.test(value)) return true;
  return value.length >= 20 || /[a-z][A-Z].*[a-z][A-Z]/.test(value);
}

/** Whether it says where a value comes from, or of what type it is, and is none itself. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || isMark(value);
}

/** Whether somebody was here before; a value may end before its mark does. */
export function isMark(value: string): boolean {
  return /^\[redacted:\w{1,20}\]?$/.test(value);
}

// --- internal ---

const CERTAIN = new RegExp(`(?:${PASSWORD_WORDS}|${KEY_WORDS}|(?:^|[^a-z])(?:set-)?cookie)$`, "i");
const LIKELY = new RegExp(`(?<!page|next|continuation|sync)(?:${WEAK_WORDS})$`, "i");

const PLACEHOLDER =
  /^(?:string|str|text|number|integer|int|bool|boolean|bytes|any|unknown|object|null|undefined|none|nil|true|false|optional|required|missing|invalid|incorrect|expired|process\.env\b.*|os\.[a-z]+.*|import\.meta.*|(?:self|this|env|config|options|settings|props|args|params|ctx|req|request|user|body|data)\.[A-Za-z_.]*|(?:await\s)?[A-Za-z_$.]+[([].*|\$?\{.*|<.*|\$[A-Z_]{3,}|\*+|x{4,}|\.{3,}|…)$/i;
