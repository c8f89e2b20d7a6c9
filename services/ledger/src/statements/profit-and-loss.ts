import type { Firestore } from '@google-cloud/firestore';
import type { ArchivedTrades } from '../archive/archived-trades.ts';
import { type SummedBy, dayMs, daySumsIn } from '../sums/day-sums.ts';
import type { Grouping, SummedTrade } from '../sums/summed-trade.ts';
import { type Period, type PnlRow, PnlSums } from './pnl-sums.ts';
import { storedSums } from './stored-sums.ts';
import { type TradeFilter, tradesOf } from './trade-queries.ts';

export interface PnlOptions {
  readonly period: Period;
  readonly by: Grouping;
}

/**
 * Realized P&L and fees of the trades that the filter names, by period and group, sorted by period, group and currency. A fee in
 * another currency than the trade's has its own row; nothing is converted.
 *
 * Whole days are told from the sums that were booked with the trades: two reads for each account and one for each hundred or so of
 * sums. What those do not tell costs a read for each trade: the hours of a day that is not asked for as a whole, one side of the
 * market, one strategy by symbol or tag, and accounts that were booked before there were sums.
 *
 * @param archived reads what is archived; without it there must be no archives of what is told from trades.
 */
export async function profitAndLossOf(
  firestore: Firestore,
  filter: TradeFilter,
  options: PnlOptions,
  archived?: ArchivedTrades,
): Promise<PnlRow[]> {
  const days = wholeDays(filter);
  const stored =
    isSummed(filter, options) && days.from < days.before
      ? await storedSums(firestore, { ...filter, ...days })
      : undefined;
  if (stored === undefined) return profitAndLoss(tradesOf(firestore, filter, archived), options);
  const sums = new PnlSums(options);
  const told = toldBy(filter, options);
  for (const text of stored)
    for (const sum of daySumsIn(text, told)) {
      if (sum.day < days.from || sum.day >= days.before) continue;
      if (filter.strategy !== undefined && sum.group !== filter.strategy) continue;
      sums.add(sum.day, options.by === 'none' ? '-' : sum.group, sum, sum.trades);
    }
  for (const edge of edgesOf(filter, days))
    for await (const trade of tradesOf(firestore, { ...filter, ...edge }, archived)) sums.addTrade(trade);
  return sums.rows();
}

/** The same of the trades that are given. */
export async function profitAndLoss(
  trades:
    | AsyncIterable<SummedTrade & { readonly tradedAt: number }>
    | Iterable<SummedTrade & { readonly tradedAt: number }>,
  options: PnlOptions,
): Promise<PnlRow[]> {
  const sums = new PnlSums(options);
  for await (const trade of trades) sums.addTrade(trade);
  return sums.rows();
}

/** Sums tell a trade by one thing at a time. `-` also stands for trades without a strategy. */
function isSummed({ side, strategy }: TradeFilter, { by }: PnlOptions): boolean {
  if (side !== undefined || strategy === '-') return false;
  return strategy === undefined || by === 'strategy' || by === 'none';
}

/** By which sums: each trade has one symbol and one strategy. */
function toldBy({ strategy }: TradeFilter, { by }: PnlOptions): SummedBy {
  if (strategy !== undefined) return 'strategy';
  return by === 'none' ? 'symbol' : by;
}

interface Span {
  readonly from: number;
  readonly before: number;
}

/** The days of which every hour is asked for. */
function wholeDays({ from = 0, before = Infinity }: TradeFilter): Span {
  return { from: Math.ceil(from / dayMs) * dayMs, before: Math.floor(before / dayMs) * dayMs };
}

/** What is asked for before and after its whole days. */
function edgesOf({ from, before }: TradeFilter, days: Span): Span[] {
  return [
    ...(from === undefined || from === days.from ? [] : [{ from, before: days.from }]),
    ...(before === undefined || before === days.before ? [] : [{ from: days.before, before }]),
  ];
}
