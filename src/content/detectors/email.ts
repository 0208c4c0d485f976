import type { Detector, Match } from "../detection/detector.ts";

/** Addresses in the form of `name@host.tld`. */
export const email: Detector = {
  find: (text) => {
    const matches: Match[] = [];
    let last = 0;
    for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
      let start = at;
      while (start > last && LOCAL.test(text.charAt(start - 1))) start -= 1;
      while (start < at && EDGE.test(text.charAt(start))) start += 1;
      DOMAIN.lastIndex = at + 1;
      const domain = start === at ? undefined : DOMAIN.exec(text)?.[0];
      // foo@1.2.3-beta.next is a package.
      if (domain === undefined || /^\d+\.\d+\.\d/.test(domain)) continue;
      last = at + 1 + domain.length;
      matches.push({ start, end: last, kind: "email" });
    }
    return matches;
  },
};

// --- internal ---

const LOCAL = /[\p{L}\p{M}\p{N}._%+'!#$&*/=?^`{|}~-]/u;
/** What stands before an address rather than in it. */
const EDGE = /[.'/=`{|}&?*#]/;
const DOMAIN = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}/uy;
