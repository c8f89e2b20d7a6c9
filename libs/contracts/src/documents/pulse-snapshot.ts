/**
 * `users/{uid}/accounts/{accountId}/projections/pulse`: what the account was worth when that last changed materially. Amounts in
 * its currency; null, all of them, while something has no price.
 */
export interface PulseSnapshotDocument {
  readonly tenantId: string;
  readonly currency: string;
  /** The journal sequence whose holdings were valued. */
  readonly version: number;
  readonly openPositions: number;
  readonly worth: {
    readonly equity: string;
    readonly cash: string;
    readonly unrealizedPnl: string;
    readonly exposure: string;
  } | null;
  /** The highest equity since the account began anew, deposits counted in, rounded; null before the first. */
  readonly peakEquity: string | null;
  /** Symbols without a price, and rates such as `BTC/USD`: the first of them. */
  readonly unpriced: readonly string[];
  /** When it was valued, epoch milliseconds. */
  readonly at: number;
}
