import type { CreditPrices } from '../credits/credits-state.ts';

/** What an account may do, and by which model its shadow broker fills. Amounts are decimal text. */
export interface AccountSettings {
  /** In which its P&L, limits and equity are counted. */
  readonly currency: string;
  readonly limits: Limits;
  readonly fills: FillModel;
  /** Where its orders go; without it, to the shadow broker. It stays while anything is open there. */
  readonly broker?: string;
  /** What metered commands cost; off where it is absent. */
  readonly creditPrices?: CreditPrices;
}

/** The broker inside: it fills from the ticks, in the commit that decides. */
export const shadowBroker = 'shadow';

export function brokerOf({ settings }: { readonly settings: AccountSettings }): string {
  return settings.broker ?? shadowBroker;
}

/** Every limit is off where it is absent. Amounts are in the account's currency. */
export interface Limits {
  readonly maxOpenPositions?: number;
  /** Notional of all positions and working entries of a symbol. */
  readonly maxSymbolExposure?: string;
  readonly maxTotalExposure?: string;
  /** Orders that enter, per sliding minute. */
  readonly maxOrdersPerMinute?: number;
  /** Since midnight UTC, realized and open P&L together. */
  readonly maxDailyLoss?: string;
  /** From the highest equity that was seen, open P&L included. */
  readonly maxDrawdown?: string;
  /** No entry into a symbol for so long after a stop in it. */
  readonly coolDownAfterStopMs?: number;
  /** After so many stops within a window no entry at all for a while. */
  readonly stopGuard?: { readonly stops: number; readonly windowMs: number; readonly pauseMs: number };
  /** How far an order's price may be from the last price, percent. */
  readonly collarPercent?: string;
}

/**
 * How the shadow broker fills. `exact`: the whole quantity at the deciding tick's price, without fee.
 * `modelled`: see `order/fill.ts`.
 */
export type FillModel =
  | { readonly kind: 'exact' }
  | {
      readonly kind: 'modelled';
      /** Of trades, which have no quote: half of it is paid on either side, percent of the price. */
      readonly spreadPercent: string;
      /** Against what takes liquidity, percent of the price. */
      readonly slippagePercent: string;
      readonly makerFeePercent: string;
      readonly takerFeePercent: string;
      /** Fees are charged in this currency, at the rate given; without it in the settlement currency. */
      readonly feeAsset?: { readonly currency: string; readonly rate: string };
      /** At most this share of a trade's size fills an order at that trade; without it all of an order fills at once. */
      readonly maxShareOfTrade?: string;
    };

export const defaultSettings: AccountSettings = {
  currency: 'USD',
  limits: {},
  fills: { kind: 'exact' },
};
