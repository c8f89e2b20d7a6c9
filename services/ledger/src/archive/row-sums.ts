import type { ClosedTradeDocument, LedgerTradeDocument } from '@bellwether/contracts';
import { type Decimal, add, decimal, formatDecimal, zero } from '@bellwether/domain';

/** How many rows there are, and exact sums over them by currency, decimal text. */
export interface RowSums {
  readonly rows: number;
  readonly proceeds: Readonly<Record<string, string>>;
  readonly realizedPnl: Readonly<Record<string, string>>;
  readonly fees: Readonly<Record<string, string>>;
}

export function sumTrades(trades: readonly LedgerTradeDocument[]): RowSums {
  const sums = new Sums();
  for (const { currency, feeCurrency, proceeds, realizedPnl, fee } of trades) {
    move(sums.proceeds, currency, proceeds);
    move(sums.realizedPnl, currency, realizedPnl);
    move(sums.fees, feeCurrency, fee);
  }
  return sums.of(trades.length);
}

/** What closed positions gained and paid; what they cost and brought is told by their trades alone. */
export function sumPositions(positions: readonly ClosedTradeDocument[]): RowSums {
  const sums = new Sums();
  for (const { currency, realizedPnl, fees } of positions) {
    move(sums.realizedPnl, currency, realizedPnl);
    for (const [of, fee] of Object.entries(fees)) move(sums.fees, of, fee);
  }
  return sums.of(positions.length);
}

class Sums {
  readonly proceeds = new Map<string, Decimal>();
  readonly realizedPnl = new Map<string, Decimal>();
  readonly fees = new Map<string, Decimal>();

  of(rows: number): RowSums {
    return {
      rows,
      proceeds: textsOf(this.proceeds),
      realizedPnl: textsOf(this.realizedPnl),
      fees: textsOf(this.fees),
    };
  }
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
