import { type Decimal, add, formatDecimal, negate, zero } from '@bellwether/domain';
import { dayMs } from '../sums/day-sums.ts';
import {
  type Grouping,
  type SummedAmount,
  type SummedTrade,
  amountsOf,
  groupsOf,
} from '../sums/summed-trade.ts';

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

interface Sum {
  readonly from: string;
  readonly group: string;
  readonly currency: string;
  trades: number;
  pnl: Decimal;
  fees: Decimal;
}

/** Realized P&L and fees by period and group, put together from trades and from sums of them. */
export class PnlSums {
  readonly #period: Period;
  readonly #by: Grouping;
  readonly #sums = new Map<string, Sum>();
  /** By day since 1970. */
  readonly #starts = new Map<number, string>();

  constructor({ period, by }: { readonly period: Period; readonly by: Grouping }) {
    this.#period = period;
    this.#by = by;
  }

  addTrade(trade: SummedTrade & { readonly tradedAt: number }): void {
    for (const amount of amountsOf(trade))
      for (const group of groupsOf(trade, this.#by)) this.add(trade.tradedAt, group, amount, 1);
  }

  /** @param at a moment of the period, epoch milliseconds. */
  add(at: number, group: string, { currency, realizedPnl, fees }: SummedAmount, trades: number): void {
    const sum = this.#sumOf(this.#startOf(at), group, currency);
    sum.trades += trades;
    sum.pnl = add(sum.pnl, realizedPnl);
    sum.fees = add(sum.fees, fees);
  }

  /** Sorted by period, group and currency. */
  rows(): PnlRow[] {
    return [...this.#sums.values()].toSorted(inOrder).map(({ pnl, fees, ...row }) => ({
      ...row,
      realizedPnl: formatDecimal(pnl),
      fees: formatDecimal(fees),
      net: formatDecimal(add(pnl, negate(fees))),
    }));
  }

  #startOf(at: number): string {
    const day = Math.floor(at / dayMs);
    const known = this.#starts.get(day);
    if (known !== undefined) return known;
    const start = startOf(this.#period, at);
    this.#starts.set(day, start);
    return start;
  }

  #sumOf(from: string, group: string, currency: string): Sum {
    const key = `${from} ${currency} ${group}`;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const fresh = { from, group, currency, trades: 0, pnl: zero, fees: zero };
    this.#sums.set(key, fresh);
    return fresh;
  }
}

/** The first day of a time's period, UTC. @param at epoch milliseconds. */
export function startOf(period: Period, at: number): string {
  const day = new Date(at);
  if (period === 'week') day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (period === 'month') day.setUTCDate(1);
  return day.toISOString().slice(0, 10);
}

function inOrder(a: Sum, b: Sum): number {
  return textOrder(a.from, b.from) || textOrder(a.group, b.group) || textOrder(a.currency, b.currency);
}

function textOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
