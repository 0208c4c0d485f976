import { afterEach, describe, expect, it, vi } from "vitest";

import { matchesIn, Work } from "../../src/content/detection/detection.ts";
import type { Detector } from "../../src/content/detection/detector.ts";
import { DETECTORS, SECRETS } from "../../src/content/detectors.ts";
import { ENCODINGS } from "./encodings.ts";
import { stepsOf } from "./expression-steps.ts";
import { characters, PLANTED } from "./planted-secrets.ts";

const ALL: readonly Detector[] = [...SECRETS, ...Object.values(DETECTORS)];
const PERSONAL =
  "joe@example.com +49 89 1234567 4111 1111 1111 1111 DE89370400440532013000 10.0.0.1 fe80::1 SSN: 078-05-1120";

/** Parts of which a text is made that gives hope again and again, and never keeps it. */
const HOPES: readonly string[] = [
  ...Array.from("aA1 -_./:=@\\%&'\"+("),
  "a1",
  "1 ",
  "1-",
  "a.",
  "ab:",
  "1.",
  "%25",
  "\\\\",
  "\\u",
  "&#",
  "eyJ",
  "eyJ-",
  "sk-",
  "sk-a",
  "hf_",
  "AIza",
  "key-",
  "JQQJ9",
  "://",
  "a:b@",
  "password",
  "password=",
  'password":"',
  "api key ",
  "token is ",
  "--a-token ",
  "bearer ",
  "cookie:",
  "-----BEGIN PRIVATE KEY-----",
  "-----BEGIN ",
  "phone: ",
  "social security ",
  "+1 ",
  "(555) ",
  "DE89 ",
  "QUJD",
  "QUJD\n",
  "414243",
  "65, ",
  "65",
  "41 ",
  "0x41:",
  "\u001B[",
  "[1;",
  "curl ",
  "curl -u ",
  "<password>",
  '["password","',
  'password":{"value":"',
  "AKIA",
  "sk-proj-",
  "http://",
  "www.",
  "hooks.slack.com/services/",
];

/** Every expression that the detectors ask while they read texts in which everything is. */
function expressions(): readonly RegExp[] {
  const asked = new Map<string, RegExp>();
  const original = RegExp.prototype.exec;
  vi.spyOn(RegExp.prototype, "exec").mockImplementation(function (this: RegExp, text: string) {
    asked.set(String(this), this);
    return Reflect.apply(original, this, [text]);
  });
  for (const { text } of [...Object.values(PLANTED), { text: PERSONAL }]) {
    for (const { encode } of ENCODINGS) matchesIn(`${text} ${encode(text)}`, ALL);
  }
  vi.restoreAllMocks();
  return [...asked.values()];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("every expression", () => {
  const searching = expressions().filter(({ flags }) => /[gy]/.test(flags));

  it("is known here", () => {
    expect(searching.length).toBeGreaterThan(30);
    const text = `${PERSONAL} ${characters(40)} `.repeat(3);
    for (const { source, flags } of searching) {
      expect(stepsOf(new RegExp(source, flags), text)).toBeGreaterThan(0);
    }
  });

  it("does twice the work for twice the text, whatever the text", () => {
    const slow = searching.flatMap((expression) =>
      HOPES.flatMap((hope) => {
        const once = stepsOf(expression, hope.repeat(Math.ceil(600 / hope.length)));
        const twice = stepsOf(expression, hope.repeat(Math.ceil(600 / hope.length) * 2));
        return twice > once * 2.5 + 100
          ? [`${expression.source.slice(0, 60)} on ${hope}: ${once}, ${twice}`]
          : [];
      }),
    );
    expect(slow).toEqual([]);
  });

  it("is one of which the count tells the good from the bad", () => {
    expect(stepsOf(/(?:a+)+b/g, "a".repeat(16))).toBeGreaterThan(50_000);
    const quadratic = [300, 600].map((length) =>
      stepsOf(/\beyJ[\w-]*\./g, "eyJ-".repeat(length / 4)),
    );
    expect(quadratic[1]! / quadratic[0]!).toBeGreaterThan(3.5);
    const linear = [300, 600].map((length) => stepsOf(/a[bc]{0,9}d/g, "abcbc".repeat(length / 5)));
    expect(linear[1]! / linear[0]!).toBeLessThan(2.1);
  });
});

describe("the characters that are read", () => {
  it("are a small number of times those of the text, whatever it is", () => {
    const worst = HOPES.map((hope) => {
      const text = hope.repeat(Math.ceil(20_000 / hope.length));
      const work = new Work(Infinity);
      let spent = 0;
      vi.spyOn(work, "spend").mockImplementation((characters_) => {
        spent += characters_;
      });
      matchesIn(text, ALL, work);
      return spent / text.length;
    });
    expect(Math.max(...worst)).toBeLessThan(16);
  });

  it("have a limit, past which the text is let go", () => {
    expect(() => matchesIn("some text", ALL, new Work(5))).toThrow(RangeError);
    let layers = "hello world, hello world, ";
    for (let depth = 0; depth < 6; depth += 1) layers = btoa(layers);
    expect(() => matchesIn(layers, ALL)).not.toThrow();
  });
});
