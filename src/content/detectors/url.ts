import type { Detector } from "../detection/detector.ts";
import { byPattern } from "../detection/detector.ts";

/** Addresses in the web. */
export const url: Detector = byPattern({
  kind: "url",
  head: /(?:https?:\/\/|\bwww\.)[^\s<>"{}|\\^`[\]]/gi,
  tail: /[^\s<>"{}|\\^`[\]]*/y,
});
