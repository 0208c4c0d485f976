import type { Detector } from "../detection/detector.ts";
import { byExpression } from "../detection/detector.ts";

/** Addresses of network cards. */
export const mac: Detector = byExpression(
  "mac",
  /(?<![\w:-])[\dA-Fa-f]{2}([:-])(?:[\dA-Fa-f]{2}\1){4}[\dA-Fa-f]{2}(?![\w:-])/g,
);
