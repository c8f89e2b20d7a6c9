import type { ArmedFrom, PriceSource } from '../market/tick.ts';

export type Side = 'long' | 'short';

/** Why a position was closed, or what fired. */
export type ExitReason = 'stopLoss' | 'takeProfit' | 'trailingStop';

/** The levels that protect a position. Prices and distances are decimal text in quote currency. */
export interface Exits {
  readonly stopLoss?: string;
  readonly takeProfit?: string;
  /** Follows the best price since arming, the entry price included, at this distance. */
  readonly trailing?: { readonly distance: string };
}

/** What stays the same over a position's life. Amounts are decimal text. */
export interface PositionTerms {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly entryPrice: string;
  readonly quoteCurrency: string;
  readonly priceSource: PriceSource;
  readonly exits: Exits;
  readonly armedFrom: ArmedFrom;
  /** Epoch milliseconds. */
  readonly openedAt: number;
}

/** Our instruction to close: committed before any broker is called, under an id that never changes. */
export interface ExitOrder {
  readonly clientOrderId: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
}

export type Position =
  | (PositionTerms & { readonly status: 'open' })
  | (PositionTerms & { readonly status: 'closing'; readonly reason: ExitReason; readonly order: ExitOrder })
  | (PositionTerms & {
      readonly status: 'closed';
      readonly reason: ExitReason;
      readonly exitPrice: string;
      readonly realizedPnl: string;
      /** Epoch milliseconds. */
      readonly closedAt: number;
    });
