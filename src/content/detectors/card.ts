import type { Detector, Match } from "../detection/detector.ts";

/** Numbers of payment cards: those of a known network, of its length, whose check digit is right. */
export const card: Detector = {
  find: (text) => {
    const matches: Match[] = [];
    START.lastIndex = 0;
    for (let found = START.exec(text); found !== null; found = START.exec(text)) {
      const end = cardAt(text, found.index);
      if (end === undefined) continue;
      matches.push({ start: found.index, end, kind: "card" });
      START.lastIndex = end;
    }
    return matches;
  },
};

// --- internal ---

/** A digit that no number goes on with, nor the part of one after a point. */
const START = /(?<![A-Za-z\d]|\d[.,])[2-6](?=(?:[ -]?\d){12})/g;
const LONGEST = 19;
const SHORTEST_GROUP = 3;

/** Numbers of the networks, with how long they are. */
const NETWORKS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|(?:6011|64[4-9]\d|65\d{2}|62\d{2}|81\d{2})\d{12}|(?:5[06-9]|6\d)\d{14})$/;

/** Where the longest card number ends that begins there. */
function cardAt(text: string, start: number): number | undefined {
  let digits = "";
  let group = 0;
  let end: number | undefined;
  for (let index = start; digits.length < LONGEST; index += 1) {
    const each = text.charAt(index);
    if (isDigit(each)) {
      digits += each;
      group += 1;
      if (!/[A-Za-z\d]/.test(text.charAt(index + 1)) && isCard(digits)) end = index + 1;
    } else {
      const goesOn = (each === " " || each === "-") && isDigit(text.charAt(index + 1));
      if (!goesOn || group < SHORTEST_GROUP) break;
      group = 0;
    }
  }
  return end;
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}

/** The check of Luhn: every second digit from the right counts twice. */
function isCard(digits: string): boolean {
  if (!NETWORKS.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.at(-1 - place));
    const twice = digit * 2;
    sum += place % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}
