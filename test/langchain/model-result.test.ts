import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { commonResponse, modelResult } from "../../src/langchain/model-result.ts";
import { streamNotes } from "../../src/langchain/stream-notes.ts";

function modelOf(model: string): string | undefined {
  const output = { generations: [[{ message: { response_metadata: { model_name: model } } }]] };
  return commonResponse(modelResult(output), streamNotes()).model;
}

describe("a text that LangChain has joined from equal chunks", () => {
  it.each([
    ["gpt-5gpt-5", "gpt-5"],
    ["fp_wirefp_wirefp_wire", "fp_wire"],
    ["gpt-5", "gpt-5"],
    ["aa", "aa"],
  ])("%s is read as %s", (said, once) => {
    expect(modelOf(said)).toBe(once);
  });

  it("is read once, however often it was joined, and clipped where it is", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{3,12}-\d{1,3}$/),
        fc.integer({ min: 1, max: 300 }),
        (name, times) => {
          expect(modelOf(name.repeat(times))).toBe(name);
        },
      ),
    );
  });
});

it.each(["run-01a1fab0", "lc_run--1", "lc-1"])("LangChain's own id %s is no response id", (id) => {
  expect(
    commonResponse(modelResult({ generations: [[{ message: { id } }]] }), streamNotes()).id,
  ).toBeUndefined();
});

it("an estimate of LangChain's is never taken for a count", () => {
  const output = {
    generations: [[{ message: {} }]],
    llmOutput: { estimatedTokenUsage: { promptTokens: 9, completionTokens: 8, totalTokens: 17 } },
  };
  expect(commonResponse(modelResult(output), streamNotes()).usage).toBeUndefined();
});
