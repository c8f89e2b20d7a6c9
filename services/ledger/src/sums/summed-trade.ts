import type { LedgerTradeDocument } from '@bellwether/contracts';
import { type Decimal, decimal, zero } from '@bellwether/domain';

/** What sums need of a trade. */
export type SummedTrade = Pick<
  LedgerTradeDocument,
  'symbol' | 'strategy' | 'tags' | 'currency' | 'realizedPnl' | 'fee' | 'feeCurrency'
>;

/** What a trade gained and paid in one currency. */
export interface SummedAmount {
  readonly currency: string;
  /** Before fees. */
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
}

/** A fee in another currency than the trade's stands for itself; nothing is converted. */
export function amountsOf({ currency, feeCurrency, realizedPnl, fee }: SummedTrade): SummedAmount[] {
  const gained = decimal(realizedPnl);
  const paid = decimal(fee);
  return currency === feeCurrency
    ? [{ currency, realizedPnl: gained, fees: paid }]
    : [
        { currency, realizedPnl: gained, fees: zero },
        { currency: feeCurrency, realizedPnl: zero, fees: paid },
      ];
}

/** By what amounts are summed: a trade counts under each of its tags, and under `-` where it has none of it. */
export type Grouping = 'strategy' | 'symbol' | 'tag' | 'none';

export function groupsOf({ strategy, symbol, tags = [] }: SummedTrade, by: Grouping): readonly string[] {
  switch (by) {
    case 'strategy':
      return [strategy ?? '-'];
    case 'symbol':
      return [symbol];
    case 'tag':
      return tags.length === 0 ? ['-'] : [...new Set(tags)];
    case 'none':
      return ['-'];
  }
}
