import type { LedgerTradeDocument } from '@bellwether/contracts';
import { type Decimal, add, decimal, formatDecimal, negate, zero } from '@bellwether/domain';

/** By what amounts are summed; a trade counts under each of its tags, and under `-` where it has none of it. */
export type Grouping = 'strategy' | 'symbol' | 'tag' | 'none';
export type Period = 'day' | 'week' | 'month';

/** What trades came to in one period, group and currency. */
export interface PnlRow {
  /** The first day of the period, UTC: `2026-11-23`. Weeks start on Monday. */
  readonly from: string;
  /** The strategy, symbol or tag; `-` for trades without. */
  readonly group: string;
  readonly currency: string;
  /** Trades that settled or paid in this currency. */
  readonly trades: number;
  /** Before fees. */
  readonly realizedPnl: string;
  readonly fees: string;
  /** After fees. */
  readonly net: string;
}

type Trade = Pick<
  LedgerTradeDocument,
  'tradedAt' | 'symbol' | 'strategy' | 'tags' | 'currency' | 'realizedPnl' | 'fee' | 'feeCurrency'
>;

interface Sum {
  readonly from: string;
  readonly group: string;
  readonly currency: string;
  trades: number;
  pnl: Decimal;
  fees: Decimal;
}

/**
 * Realized P&L and fees of trades by period and group, sorted by period, group and currency. A fee in another currency
 * than the trade's has its own row; nothing is converted.
 */
export async function profitAndLoss(
  trades: AsyncIterable<Trade> | Iterable<Trade>,
  { period, by }: { readonly period: Period; readonly by: Grouping },
): Promise<PnlRow[]> {
  const sums = new Map<string, Sum>();
  for await (const trade of trades) {
    const from = startOf(period, trade.tradedAt);
    const { currency, feeCurrency, realizedPnl, fee } = trade;
    for (const group of groupsOf(trade, by)) {
      const own = sumOf(sums, { from, group, currency });
      own.trades += 1;
      own.pnl = add(own.pnl, decimal(realizedPnl));
      const paid = sumOf(sums, { from, group, currency: feeCurrency });
      if (paid !== own) paid.trades += 1;
      paid.fees = add(paid.fees, decimal(fee));
    }
  }
  return [...sums.values()].toSorted(inOrder).map(({ pnl, fees, ...row }) => ({
    ...row,
    realizedPnl: formatDecimal(pnl),
    fees: formatDecimal(fees),
    net: formatDecimal(add(pnl, negate(fees))),
  }));
}

/** The first day of a time's period, UTC. @param at epoch milliseconds. */
export function startOf(period: Period, at: number): string {
  const day = new Date(at);
  if (period === 'week') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (period === 'month') day.setUTCDate(1);
  return day.toISOString().slice(0, 10);
}

function groupsOf({ strategy, symbol, tags = [] }: Trade, by: Grouping): readonly string[] {
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

function sumOf(sums: Map<string, Sum>, place: Pick<Sum, 'from' | 'group' | 'currency'>): Sum {
  const key = JSON.stringify([place.from, place.group, place.currency]);
  const known = sums.get(key);
  if (known !== undefined) return known;
  const fresh = { ...place, trades: 0, pnl: zero, fees: zero };
  sums.set(key, fresh);
  return fresh;
}

function inOrder(a: Sum, b: Sum): number {
  return textOrder(a.from, b.from) || textOrder(a.group, b.group) || textOrder(a.currency, b.currency);
}

function textOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
