import { PLANTED, type Planted } from "../content/planted-secrets.ts";

/** Thirty keys of thirty kinds, each as it travels. Made when the test runs: no file holds one. */
export const KEYS: readonly Planted[] = Object.values(PLANTED)
  .filter(({ text, secret }) => text === secret && !/\s/.test(secret))
  .slice(0, 30);

/** The key for a place that has room for one: each place its own, in turn. */
export function keyAt(place: number): string {
  return KEYS[place % KEYS.length]!.secret;
}

/** In the ways in which people and programs write a key down. */
export function writings(secret: string): string[] {
  return [
    `Here it is: ${secret}, and so on`,
    JSON.stringify({ inner: JSON.stringify({ said: secret }) }),
    `https://host.example/path?key=${encodeURIComponent(secret)}&model=x`,
    encodeURIComponent(JSON.stringify({ said: secret })),
    Buffer.from(`{"said":"${secret}"}`).toString("base64"),
    `https://user:${encodeURIComponent(secret)}@host.example/`,
  ];
}

/** All keys, in all writings, as one text. */
export function allKeys(): string {
  return KEYS.flatMap(({ secret }) => writings(secret)).join("\n");
}

/** The keys that can be read from bytes that have left the process, by the ways in which they may be written in them. */
export function keysIn(bytes: Buffer): string[] {
  const text = bytes.toString("latin1");
  return KEYS.flatMap(({ secret }) =>
    forms(secret)
      .filter((form) => text.includes(form))
      .map((form) => `${secret} as ${form}`),
  );
}

/** Where in the bytes a key stands, for a person who has to find out how it got there. */
export function surroundings(bytes: Buffer, found: string): string {
  const text = bytes.toString("latin1");
  const at = text.indexOf(found.slice(found.indexOf(" as ") + 4));
  return text.slice(Math.max(0, at - 200), at + 60).replaceAll(/[^ -~]/g, ".");
}

// --- internal ---

/** Itself, its second half, and what it is in a URL, in JSON, in base64 wherever it begins there, and in hexadecimal. */
function forms(secret: string): string[] {
  const base64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.from("x".repeat(before) + secret).toString("base64");
    // Its own characters alone: the first and the last share theirs with what stands beside.
    return encoded.slice(before === 0 ? 0 : 4, -4);
  });
  return [
    ...new Set([
      secret,
      ...(secret.length > 30 ? [secret.slice(-20)] : []),
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      ...base64,
      ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
      Buffer.from(secret).toString("hex"),
    ]),
  ];
}
