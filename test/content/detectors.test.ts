import { describe, expect, it } from "vitest";

import { matchesIn, replaced } from "../../src/content/detection/detection.ts";
import { DETECTORS } from "../../src/content/detectors.ts";

type Name = keyof typeof DETECTORS;

function without(name: Name, text: string): string {
  return replaced(text, matchesIn(text, [DETECTORS[name]]));
}

/** What is found, with what stands round it. */
const FOUND: Readonly<Record<Name, readonly (readonly [text: string, clean: string])[]>> = {
  email: [
    ["mail john.doe+x@example.co.uk.", "mail [redacted:email]."],
    ["<a@b.co>, mailto:c_d@e-f.org", "<[redacted:email]>, mailto:[redacted:email]"],
    ["a@b.com,c@d.com;e@f.com", "[redacted:email],[redacted:email];[redacted:email]"],
    ["'o'brien@example.com'", "'[redacted:email]'"],
    ["jörg@müller.de", "[redacted:email]"],
    [`${"x".repeat(70)}@example.com`, "[redacted:email]"],
    ["user@10.example.com", "[redacted:email]"],
  ],
  phone: [
    ["call +49 (0) 89 1234567!", "call [redacted:phone]!"],
    ["+14155552671", "[redacted:phone]"],
    ["+44 20 7946 0958", "[redacted:phone]"],
    ["0049 89 1234567", "[redacted:phone]"],
    ["(555) 123-4567", "[redacted:phone]"],
    ["555-123-4567, 555.123.4567", "[redacted:phone], [redacted:phone]"],
    ["1-800-555-0199 and 1 800 555 0199", "[redacted:phone] and [redacted:phone]"],
    ['{"phone": "5551234567"}', '{"phone": "[redacted:phone]"}'],
    ["Tel: 089 1234567", "Tel: [redacted:phone]"],
    ["555\u2011123\u20114567", "[redacted:phone]"],
  ],
  card: [
    ["4111111111111111", "[redacted:card]"],
    ["4111 1111 1111 1111 123", "[redacted:card] 123"],
    ["4111-1111-1111-1111.", "[redacted:card]."],
    ["378282246310005, 3782 822463 10005", "[redacted:card], [redacted:card]"],
    ["5555555555554444 2223003122003222", "[redacted:card] [redacted:card]"],
    [
      "6011111111111117 30569309025904 3530111333300000",
      "[redacted:card] [redacted:card] [redacted:card]",
    ],
    ["12 4111111111111111", "12 [redacted:card]"],
    ["4111\u00A01111\u00A01111\u00A01111", "[redacted:card]"],
  ],
  iban: [
    ["DE89370400440532013000", "[redacted:iban]"],
    ["IBAN DE89 3704 0044 0532 0130 00 and", "IBAN [redacted:iban] and"],
    ["GB82 WEST 1234 5698 7654 32.", "[redacted:iban]."],
    ["no9386011117947", "[redacted:iban]"],
    ["FR14 2004 1010 0505 0001 3M02 606", "[redacted:iban]"],
  ],
  ssn: [
    ["078-05-1120", "[redacted:ssn]"],
    ["SSN: 078 05 1120, ssn 078051120", "SSN: [redacted:ssn], ssn [redacted:ssn]"],
  ],
  ip: [
    ["from 10.0.0.1:8080", "from [redacted:ip]:8080"],
    ["http://192.168.1.20/x root@172.16.0.9", "http://[redacted:ip]/x root@[redacted:ip]"],
    ["10.0.0.1-10.0.0.9", "[redacted:ip]-[redacted:ip]"],
    ["2001:db8::8a2e:370:7334", "[redacted:ip]"],
    ["[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:443", "[[redacted:ip]]:443"],
    ["fe80::1, ::ffff:192.168.1.20.", "[redacted:ip], [redacted:ip]."],
  ],
  mac: [["00:1A:2b:3C:4d:5E 00-1a-2b-3c-4d-5e", "[redacted:mac] [redacted:mac]"]],
  url: [["see https://example.com/a?b=c, www.example.org", "see [redacted:url] [redacted:url]"]],
};

/** What is something else. */
const KEPT: Readonly<Record<Name, readonly string[]>> = {
  email: [
    "@scope/package@1.2.3",
    "typescript@5.9.0-dev.next",
    "a @ b",
    "user@host",
    "@app.route('/x')",
    "x@y.z",
  ],
  phone: [
    "order 5551234567",
    "256 512 1024, 512 768 1024",
    "2026-02-01T10:00:00+0100",
    "1769940000000",
    "550e8400-e29b-41d4-a716-446655440000",
    "+1.5 -3, c++11",
    "gpt-5-mini-2026-02-01 v1.2.3",
    "0012345678",
  ],
  card: [
    "4111111111111112",
    "1769940000000 1769940000000000 1769940000000000000",
    "0.4111111111111111",
    "order 1234567890123456",
    "a4111111111111111b",
    "4,111,111,111,111,111",
    "550e8400-e29b-41d4-a716-446655440000",
    "[0.41231231231231, 0.52312312312312]",
  ],
  iban: [
    "DE89370400440532013001",
    "AB12 3456 7890 1234 5678",
    "ID20 2601 0112 3456 7890",
    "DE89 3704 0044",
  ],
  ssn: ["000-12-3456 666-12-3456 912-34-5678", "123-45-67890", "2026-02-0199", "123 45 6789"],
  ip: [
    "version 1.2.3.4",
    "v1.2.3.4 and Version: 10.0.0.1",
    "Chrome/120.0.0.0 Safari/537.36",
    "lib-1.2.3.4.tgz ==1.2.3.4",
    "1.2.3.4.5 256.1.1.1 1.2.3",
    "10:30:45 12:34:56:78:9a:bc",
    "std::vector<int> a::b dead::beef ::1 x[::2]",
  ],
  mac: ["00:1A:2b:3C:4d", "2026-02-01-10-30-45", "00:11:22:33:44:55:66"],
  url: ["http:/x file:///a www"],
};

describe.each(Object.keys(DETECTORS) as Name[])("%s", (name) => {
  it.each(FOUND[name])("is found in %s", (text, clean) => {
    expect(without(name, text)).toBe(clean);
  });

  it.each(KEPT[name])("is not found in %s", (text) => {
    expect(without(name, text)).toBe(text);
  });
});
