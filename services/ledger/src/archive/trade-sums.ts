import type { LedgerTradeDocument } from '@bellwether/contracts';
import { type Decimal, add, decimal, formatDecimal, zero } from '@bellwether/domain';

/** How many trades there are, and exact sums over them by currency, decimal text. */
export interface TradeSums {
  readonly rows: number;
  readonly proceeds: Readonly<Record<string, string>>;
  readonly realizedPnl: Readonly<Record<string, string>>;
  readonly fees: Readonly<Record<string, string>>;
}

export function sumTrades(trades: readonly LedgerTradeDocument[]): TradeSums {
  const sums = {
    proceeds: new Map<string, Decimal>(),
    realizedPnl: new Map<string, Decimal>(),
    fees: new Map<string, Decimal>(),
  };
  for (const { currency, feeCurrency, proceeds, realizedPnl, fee } of trades) {
    move(sums.proceeds, currency, proceeds);
    move(sums.realizedPnl, currency, realizedPnl);
    move(sums.fees, feeCurrency, fee);
  }
  return {
    rows: trades.length,
    proceeds: textsOf(sums.proceeds),
    realizedPnl: textsOf(sums.realizedPnl),
    fees: textsOf(sums.fees),
  };
}

function move(sums: Map<string, Decimal>, currency: string, amount: string): void {
  sums.set(currency, add(sums.get(currency) ?? zero, decimal(amount)));
}

function textsOf(sums: ReadonlyMap<string, Decimal>): Record<string, string> {
  return Object.fromEntries(
    [...sums]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, sum]) => [currency, formatDecimal(sum)]),
  );
}
