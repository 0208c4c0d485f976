import type { Detector } from "./detection/detector.ts";
import { card } from "./detectors/card.ts";
import { email } from "./detectors/email.ts";
import { iban } from "./detectors/iban.ts";
import { ip } from "./detectors/ip.ts";
import { keys } from "./detectors/keys.ts";
import { mac } from "./detectors/mac.ts";
import { named } from "./detectors/named.ts";
import { phone } from "./detectors/phone.ts";
import { ssn } from "./detectors/ssn.ts";
import { tokens } from "./detectors/tokens.ts";
import { url } from "./detectors/url.ts";

/** What may be taken out of content beside secrets. */
export type PersonalKind = "email" | "phone" | "card" | "iban" | "ssn" | "ip" | "mac" | "url";

export const DETECTORS: Readonly<Record<PersonalKind, Detector>> = {
  email,
  phone,
  card,
  iban,
  ssn,
  ip,
  mac,
  url,
};

/** Keys, tokens, passwords: nothing that leaves the process has them. */
export const SECRETS: readonly Detector[] = [keys, tokens, named];
