import { describe, expect, it } from "vitest";

import { amount, decimal, ONE, usd } from "../../src/pricing/money.ts";

describe("money", () => {
  it("is read as the decimal that was written", () => {
    expect(decimal(0.15)).toBe(150_000_000_000n);
    expect(decimal(1e-12)).toBe(1n);
    expect(decimal(0.180_000_000_000_000_02)).toBe(180_000_000_000n);
    expect(decimal(1_000_000)).toBe(10n ** 18n);
    expect(decimal(-0)).toBe(0n);
    expect(decimal(1)).toBe(ONE);
  });

  it("adds up exactly where floating point does not", () => {
    const tenth = amount(1_000_000, decimal(0.1), ONE);
    const fifth = amount(1_000_000, decimal(0.2), ONE);
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(usd(tenth + fifth)).toBe(0.3);
    let million = 0n;
    for (let call = 0; call < 1_000_000; call++) million += amount(1, decimal(0.15), ONE);
    expect(usd(million)).toBe(0.15);
  });

  it("is rounded once, half a unit up", () => {
    expect(usd(amount(1, decimal(0.000_001_5), ONE))).toBe(2e-12);
    expect(usd(amount(1, decimal(0.000_001_4), ONE))).toBe(1e-12);
    expect(usd(amount(1, decimal(3), decimal(1.15)))).toBe(0.000_003_45);
  });
});
