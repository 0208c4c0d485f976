/**
 * `langchain-otel/cost`: what model calls cost, and what they may cost.
 */
export { priceOf } from "../pricing/price-of.ts";
export type { ModelPrice, PriceTable, PriceTier, TokenPrices } from "../pricing/price-table.ts";
export type { CostParts, PricedTokens } from "../pricing/price-tokens.ts";
export type { Cost, PricedCall, PriceSource } from "../pricing/pricing.ts";
export type { PricePart } from "../pricing/rates.ts";
export {
  type BudgetScope,
  CostTracker,
  type ReservationRequest,
  type ReservedCall,
} from "../budget/cost-tracker.ts";
export type { Account, Period, Spender } from "../budget/account.ts";
export type { BudgetOptions, BudgetStatus } from "../budget/budget.ts";
export { BudgetExceededError } from "../budget/budget-exceeded-error.ts";
export type { BudgetMeter } from "../budget/budget-metrics.ts";
export type {
  Balance,
  Charge,
  CostStore,
  Limit,
  PaidBy,
  Refusal,
  Reservation,
} from "../budget/store/cost-store.ts";
export type { Picos, Sums, UsageCell } from "../budget/sums.ts";
export type { ThresholdEvent } from "../budget/thresholds.ts";
export type { CostTrackerOptions } from "../budget/tracker-options.ts";
export type { EndedCall, EndedCallCost, UsageRecord } from "../budget/usage-record.ts";
export type {
  StoreFilter,
  UsageFilter,
  UsageShare,
  UsageSummary,
} from "../budget/usage-summary.ts";
export { budgetGuard, type BudgetGuardOptions } from "./budget-guard.ts";
export {
  type BudgetMiddleware,
  budgetMiddleware,
  type BudgetMiddlewareOptions,
  type ModelCallRequest,
} from "./budget-middleware.ts";
export type { EnforcementOptions } from "./enforcement.ts";
export { sqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts";
