import type { Detector, Match } from "../detection/detector.ts";

/** International bank account numbers: of a country that has them, of its length, whose check digits are right. */
export const iban: Detector = {
  find: (text) => {
    const matches: Match[] = [];
    START.lastIndex = 0;
    for (let found = START.exec(text); found !== null; found = START.exec(text)) {
      const end = ibanAt(text, found.index);
      if (end === undefined) continue;
      matches.push({ start: found.index, end, kind: "iban" });
      START.lastIndex = end;
    }
    return matches;
  },
};

// --- internal ---

const START = /(?<![A-Za-z\d])[A-Za-z]{2}\d{2}(?=(?:[ -]?[A-Za-z\d]){11})/g;

/** The registry of SWIFT: country and length. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 " +
    "FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 " +
    "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 " +
    "RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
  )
    .split(" ")
    .map((each) => [each.slice(0, 2), Number(each.slice(2))]),
);

function ibanAt(text: string, start: number): number | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  let number = "";
  let index = start;
  for (; number.length < length; index += 1) {
    const each = text.charAt(index);
    if (/[A-Za-z\d]/.test(each)) number += each;
    else if (!/[ -]/.test(each) || !/[A-Za-z\d]/.test(text.charAt(index + 1))) return undefined;
  }
  return !/[A-Za-z\d]/.test(text.charAt(index)) && isIban(number.toUpperCase()) ? index : undefined;
}

/** ISO 7064: the number with its head at its end, letters as two digits, leaves 1 when divided by 97. */
function isIban(number: string): boolean {
  let rest = 0;
  for (const each of number.slice(4) + number.slice(0, 4)) {
    const value = Number.parseInt(each, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
