import type { LedgerTradeDocument, ToldDocument } from '@bellwether/contracts';
import {
  type Decimal,
  add,
  compare,
  decimal,
  formatDecimal,
  isPositive,
  negate,
  zero,
} from '@bellwether/domain';
import { signed } from '../messages/wording.ts';
import type { SummaryPeriod } from './summary-period.ts';

/** What a summary reads of a trade. */
export type SummedTrade = Pick<
  LedgerTradeDocument,
  | 'tradedAt'
  | 'symbol'
  | 'strategy'
  | 'currency'
  | 'realizedPnl'
  | 'fee'
  | 'feeCurrency'
  | 'effect'
  | 'broker'
>;

const mostNamed = 8;
const mostPoints = 120;

interface Group {
  net: Map<string, Decimal>;
  closings: number;
}

/**
 * Sums the trades of a period, in whatever order they come: realized P&L after fees by currency, strategy and symbol, and how
 * it ran. Holds no trade.
 */
export class Summary {
  readonly #period: SummaryPeriod;
  readonly #gross = new Map<string, Decimal>();
  readonly #fees = new Map<string, Decimal>();
  readonly #net = new Map<string, Decimal>();
  readonly #strategies = new Map<string, Group>();
  readonly #symbols = new Map<string, Group>();
  /** Of each currency, how many closings it has, and its net result in each part of the period. */
  readonly #runs = new Map<string, { closings: number; readonly parts: Decimal[] }>();
  #trades = 0;
  #closings = 0;
  #wins = 0;
  #isShadow = true;

  constructor(period: SummaryPeriod) {
    this.#period = period;
  }

  add(trade: SummedTrade): void {
    const { currency, feeCurrency, effect, broker } = trade;
    const [pnl, fee] = [decimal(trade.realizedPnl), decimal(trade.fee)];
    const isClosing = effect === 'reduce' || effect === 'close';
    this.#trades += 1;
    if (isClosing) this.#closings += 1;
    if (isClosing && isPositive(pnl)) this.#wins += 1;
    if (broker !== 'shadow') this.#isShadow = false;
    if (isClosing) addTo(this.#gross, currency, pnl);
    addTo(this.#fees, feeCurrency, fee);
    for (const [paidIn, amount] of [
      [currency, pnl],
      [feeCurrency, negate(fee)],
    ] as const) {
      addTo(this.#net, paidIn, amount);
      addTo(groupOf(this.#strategies, trade.strategy ?? '-').net, paidIn, amount);
      addTo(groupOf(this.#symbols, trade.symbol).net, paidIn, amount);
      this.#run(paidIn, trade.tradedAt, amount);
    }
    if (!isClosing) return;
    groupOf(this.#strategies, trade.strategy ?? '-').closings += 1;
    groupOf(this.#symbols, trade.symbol).closings += 1;
    const run = this.#runs.get(currency);
    if (run !== undefined) run.closings += 1;
  }

  /** @param open positions that are open now, and in how many accounts. */
  told(of: 'day' | 'week', open: { readonly positions: number; readonly accounts: number }): ToldDocument {
    const { first, last } = this.#period;
    const result = amounts(this.#net) || '0';
    const [main] = [...this.#runs].toSorted(([, a], [, b]) => b.closings - a.closings);
    const details = [
      ['Result', result],
      ['Before fees', amounts(this.#gross)],
      ['Fees', amounts(this.#fees, String)],
      ['Trades', String(this.#trades)],
      ['Closings', String(this.#closings)],
      ['Won', this.#closings === 0 ? '' : `${Math.round((this.#wins / this.#closings) * 100)} %`],
      ['By strategy', named(this.#strategies)],
      ['By symbol', named(this.#symbols)],
      ['Open now', open.positions === 0 ? 'nothing' : `${open.positions} in ${open.accounts} accounts`],
    ] as const;
    return {
      severity: 'info',
      headline: `${of === 'day' ? `Day ${first}` : `Week ${first} to ${last}`}: ${this.#trades === 0 ? 'no trades' : `${result}, ${this.#closings} closed`}`,
      details: details.flatMap(([name, value]) => (value === '' ? [] : { name, value })),
      ...(this.#trades > 0 && this.#isShadow ? { isShadow: true } : {}),
      ...(main === undefined || this.#closings === 0
        ? {}
        : { chart: { title: `P&L ${main[0]}`, points: runningSum(main[1].parts), from: first, to: last } }),
    };
  }

  #run(currency: string, tradedAt: number, amount: Decimal): void {
    const { from, before } = this.#period;
    const found = this.#runs.get(currency);
    const run = found ?? { closings: 0, parts: Array.from({ length: mostPoints }, () => zero) };
    if (found === undefined) this.#runs.set(currency, run);
    const part = Math.floor(((tradedAt - from) / (before - from)) * mostPoints);
    const at = Math.min(mostPoints - 1, Math.max(0, part));
    run.parts[at] = add(run.parts[at] ?? zero, amount);
  }
}

/** From zero on; numbers, since they become pixels. */
function runningSum(parts: readonly Decimal[]): number[] {
  let sum: Decimal = zero;
  return [0, ...parts.map((part) => Number(formatDecimal((sum = add(sum, part)))))];
}

function groupOf(groups: Map<string, Group>, name: string): Group {
  const group = groups.get(name) ?? { net: new Map<string, Decimal>(), closings: 0 };
  groups.set(name, group);
  return group;
}

function addTo(sums: Map<string, Decimal>, currency: string, amount: Decimal): void {
  sums.set(currency, add(sums.get(currency) ?? zero, amount));
}

/** `+12.5 USDT, -3 EUR`; what is zero is left out. */
function amounts(sums: ReadonlyMap<string, Decimal>, write: (amount: string) => string = signed): string {
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([currency, sum]) => (sum.units === 0n ? [] : `${write(formatDecimal(sum))} ${currency}`))
    .slice(0, mostNamed)
    .join(', ');
}

/** Those with the most closings first: `dip +12.5 USDT (4), swing -3 USDT (1), and 2 more`. */
function named(groups: ReadonlyMap<string, Group>): string {
  const sorted = [...groups].toSorted(
    ([a, one], [b, other]) => other.closings - one.closings || sizeOrder(one, other) || (a < b ? -1 : 1),
  );
  const told = sorted
    .slice(0, mostNamed)
    .map(([name, { net, closings }]) => `${name.slice(0, 40)} ${amounts(net) || '0'} (${closings})`);
  const rest = sorted.length - told.length;
  return [...told, ...(rest === 0 ? [] : [`and ${rest} more`])].join(', ');
}

/** By the first currency of each, the larger result first. */
function sizeOrder(one: Group, other: Group): number {
  const [a = zero] = one.net.values();
  const [b = zero] = other.net.values();
  return compare(b, a);
}
