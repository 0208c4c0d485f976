import { AIMessage, HumanMessage, SystemMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { messagesOf } from "../../../src/langchain/messages/messages.ts";

const text = (role: string, content: string) => ({ role, parts: [{ type: "text", content }] });

describe("a conversation", () => {
  it("is read whole where there is room", () => {
    const messages = [
      new SystemMessage("Be brief"),
      new HumanMessage("Hi"),
      new AIMessage("Hello"),
    ];
    expect(messagesOf(messages, { most: 50_000, blobs: 0 })).toEqual([
      text("system", "Be brief"),
      text("user", "Hi"),
      text("assistant", "Hello"),
    ]);
  });

  it("can be one text, one message, or one pair", () => {
    const reading = { most: 50_000, blobs: 0 };
    expect(messagesOf("Hi", reading)).toEqual([text("user", "Hi")]);
    expect(messagesOf(new HumanMessage("Hi"), reading)).toEqual([text("user", "Hi")]);
    expect(messagesOf(["human", "Hi"], reading)).toEqual([text("user", "Hi")]);
    expect(
      messagesOf(
        [
          ["system", "Be brief"],
          ["human", "Hi"],
        ],
        reading,
      ),
    ).toEqual([text("system", "Be brief"), text("user", "Hi")]);
  });

  it("of ten thousand messages is read from its end, and no further than it is written", () => {
    let reads = 0;
    const messages = Array.from({ length: 10_000 }, (_, at) => ({
      role: "user",
      get content() {
        reads += 1;
        return `message ${at}`;
      },
    }));
    const read = messagesOf([new SystemMessage("Be brief"), ...messages], { most: 1000, blobs: 0 });
    expect(read[0]).toEqual(text("system", "Be brief"));
    expect(read[1]).toEqual({
      role: "omitted",
      parts: [{ type: "omitted", messages: 10_000 - (read.length - 2) }],
    });
    expect(read.at(-1)).toEqual(text("user", "message 9999"));
    expect(read.length).toBeGreaterThan(10);
    expect(reads).toBeLessThan(100);
  });

  it("has its newest message, however long that is", () => {
    const long = "x".repeat(5000);
    expect(
      messagesOf([new HumanMessage("Hi"), new HumanMessage(long)], { most: 100, blobs: 0 }),
    ).toEqual([{ role: "omitted", parts: [{ type: "omitted", messages: 1 }] }, text("user", long)]);
  });

  it("loses no message to one that cannot be read", () => {
    const hostile = {
      role: "user",
      get content(): string {
        throw new Error("no");
      },
    };
    expect(messagesOf([hostile, new HumanMessage("Hi")], { most: 50_000, blobs: 0 })).toEqual([
      { role: "unknown", parts: [{ type: "unreadable" }] },
      text("user", "Hi"),
    ]);
  });

  it("of whatever it may be never throws", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withSet: true,
          withTypedArray: true,
        }),
        fc.integer({ min: 1, max: 1000 }),
        (value, most) => {
          const read = messagesOf(value, { most, blobs: 0 });
          for (const { role, parts } of read) {
            expect(typeof role).toBe("string");
            expect(Array.isArray(parts)).toBe(true);
          }
        },
      ),
    );
  });
});
