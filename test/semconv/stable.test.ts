import * as published from "@opentelemetry/semantic-conventions";
import { expect, it } from "vitest";

import * as stable from "../../src/semconv/stable.ts";

it.each(Object.entries(stable))("%s is what the conventions' package says", (name, value) => {
  expect(Object.entries(published)).toContainEqual([name, value]);
});
