import type { LedgerTradeDocument } from '@bellwether/contracts';
import { type Decimal, add, decimal, formatDecimal, isZero, zero } from '@bellwether/domain';
import { type SummedTrade, amountsOf, groupsOf } from './summed-trade.ts';

/** What trades of one day came to under one name, in one currency. */
export interface DaySum {
  /** The start of the day, UTC, epoch milliseconds. */
  readonly day: number;
  /** By what it is told; a trade counts under each. */
  readonly by: SummedBy;
  readonly group: string;
  readonly currency: string;
  /** Trades that settled or paid in this currency. */
  readonly trades: number;
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
}

/** Enough for statements by any of them, and for those by nothing: each trade has one symbol. */
export const summedBy = ['symbol', 'strategy', 'tag'] as const;
export type SummedBy = (typeof summedBy)[number];

/** Days since 1970, `by`, group, currency, trades, P&L, fees. Amounts are decimal text, or what was made of it to be added to. */
type Cell = [number, SummedBy, string, string, number, string | Decimal, string | Decimal];

/** The sums by one thing in a text of `DaySums`. */
export function daySumsIn(text: string, wanted: SummedBy): DaySum[] {
  return cellsIn(text).flatMap((cell) => (cell[1] === wanted ? sumOf(cell) : []));
}

export const dayMs = 86_400_000;

/** Exact sums of trades by day, and by symbol, strategy and tag. The same trades in the same order make the same text. */
export class DaySums {
  /** In the order in which they began. */
  readonly #cells: Cell[] = [];
  /** The same by what they are told by and the group: to put a key together for each trade costs more than to look. */
  readonly #byGroup: Readonly<Record<SummedBy, Map<string, Cell[]>>> = {
    symbol: new Map(),
    strategy: new Map(),
    tag: new Map(),
  };

  /** What `text` told. */
  static parse(text: string): DaySums {
    const sums = new DaySums();
    for (const cell of cellsIn(text)) sums.#begin(cell);
    return sums;
  }

  /** How many sums there are. */
  get size(): number {
    return this.#cells.length;
  }

  add(trade: SummedTrade & Pick<LedgerTradeDocument, 'tradedAt'>): void {
    const day = Math.floor(trade.tradedAt / dayMs);
    for (const { currency, realizedPnl, fees } of amountsOf(trade))
      for (const by of summedBy)
        for (const group of groupsOf(trade, by)) {
          const cell = this.#cellOf(day, by, group, currency);
          cell[4] += 1;
          if (!isZero(realizedPnl)) cell[5] = add(amount(cell[5]), realizedPnl);
          if (!isZero(fees)) cell[6] = add(amount(cell[6]), fees);
        }
  }

  *[Symbol.iterator](): Generator<DaySum, void> {
    for (const cell of this.#cells) yield sumOf(cell);
  }

  /** The starts of its first and last day, UTC, epoch milliseconds. */
  days(): { readonly fromAt: number; readonly toAt: number } {
    let [first, last] = [Infinity, -Infinity];
    for (const [day] of this.#cells) [first, last] = [Math.min(first, day), Math.max(last, day)];
    return { fromAt: first * dayMs, toAt: last * dayMs };
  }

  text(): string {
    return JSON.stringify(
      this.#cells.map(([day, by, group, currency, trades, realizedPnl, fees]) => [
        day,
        by,
        group,
        currency,
        trades,
        textOf(realizedPnl),
        textOf(fees),
      ]),
    );
  }

  #cellOf(day: number, by: SummedBy, group: string, currency: string): Cell {
    // Trades come in the order of their days, or nearly so.
    const known = this.#byGroup[by].get(group)?.findLast((cell) => cell[0] === day && cell[3] === currency);
    return known ?? this.#begin([day, by, group, currency, 0, zero, zero]);
  }

  #begin(cell: Cell): Cell {
    const [, by, group] = cell;
    const ofGroup = this.#byGroup[by].get(group);
    if (ofGroup === undefined) this.#byGroup[by].set(group, [cell]);
    else ofGroup.push(cell);
    this.#cells.push(cell);
    return cell;
  }
}

function cellsIn(text: string): Cell[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `text` writes it
  return JSON.parse(text) as Cell[];
}

function sumOf([day, by, group, currency, trades, realizedPnl, fees]: Cell): DaySum {
  return {
    day: day * dayMs,
    by,
    group,
    currency,
    trades,
    realizedPnl: amount(realizedPnl),
    fees: amount(fees),
  };
}

function amount(value: string | Decimal): Decimal {
  return typeof value === 'string' ? decimal(value) : value;
}

function textOf(value: string | Decimal): string {
  return typeof value === 'string' ? value : formatDecimal(value);
}
