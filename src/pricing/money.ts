/**
 * Sums of money in whole numbers. As floating point, 0.1 + 0.2 is not 0.3, and a million calls of a budget add that up;
 * so prices are read as the decimals that were written, multiplied and added as integers, and rounded once, at the end.
 */

/** A price or a factor as written, in units of 10^-12: `decimal(0.15)` is 150_000_000_000n. */
export function decimal(value: number): bigint {
  return BigInt(value.toFixed(DIGITS).replace(".", ""));
}

/** `decimal(1)`: the factor that changes nothing. */
export const ONE: bigint = 10n ** 12n;

/** What so many tokens cost, at a price per million tokens and a factor, both as `decimal` has them. */
export function amount(tokens: number, perMillion: bigint, factor: bigint): Money {
  return BigInt(tokens) * perMillion * factor;
}

/** USD in units of 10^-30, which only `amount` makes. */
export type Money = bigint;

/** In USD, rounded to 10^-12 of it: the number that prints as the decimal it is. */
export function usd(money: Money): number {
  const unit = 10n ** 18n;
  return Number((money + unit / 2n) / unit) / 1e12;
}

// --- internal ---

/** More than any provider writes, and few enough to print 0.18000000000000002 as the 0.18 that was meant. */
const DIGITS = 12;
