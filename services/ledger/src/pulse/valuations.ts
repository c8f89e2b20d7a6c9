import {
  type Holding,
  type PriceTable,
  type Rate,
  formatDecimal,
  invariant,
  rateBetween,
  valuationPrice,
} from '@bellwether/domain';

/** What of a holding says how it is valued. */
type Valued = Pick<Holding, 'symbol' | 'side' | 'contract'>;

interface Valuation extends Valued {
  readonly name: string;
  /** The account's currency. */
  readonly currency: string;
  users: number;
}

const most = 65_536;

/**
 * How holdings are valued, each kind of it under a number: by symbol, side, contract, and the currency of the account. Of each number
 * a value (what one unit is worth in the settlement currency) and a rate (what that currency is worth in the account's); both
 * are no numbers where no price says them.
 */
export class Valuations {
  values = new Float64Array(1024).fill(Number.NaN);
  rates = new Float64Array(1024).fill(Number.NaN);
  readonly #prices: PriceTable;
  readonly #byName = new Map<string, number>();
  readonly #all: (Valuation | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #bySymbol = new Map<string, Set<number>>();
  /** By the pair of currencies, where they are two. */
  readonly #byPair = new Map<
    string,
    { from: string; to: string; rate: number; users: number; numbers: Set<number> }
  >();

  constructor(prices: PriceTable) {
    this.#prices = prices;
  }

  /** The number of a holding's valuation; it stays until `release` was called as often. */
  use(holding: Valued, currency: string): number {
    const name = nameOf(holding, currency);
    const known = this.#byName.get(name);
    const number = known ?? this.#admit(name, holding, currency);
    const valuation = this.#all[number];
    if (valuation) valuation.users += 1;
    return number;
  }

  release(number: number): void {
    const valuation = this.#all[number];
    invariant(valuation, `nothing is valued by ${number}`);
    valuation.users -= 1;
    if (valuation.users > 0) return;
    const { name, symbol, contract, currency } = valuation;
    this.#byName.delete(name);
    this.#all[number] = undefined;
    this.#free.push(number);
    remove(this.#bySymbol, symbol, number);
    this.#byPair.get(pairOf(contract.currency, currency))?.numbers.delete(number);
    this.#releasePair(contract.currency, currency);
  }

  /** A currency in which an account holds cash: its rate is kept until `releaseCash` was called as often. */
  useCash(from: string, to: string): void {
    this.#usePair(from, to);
  }

  releaseCash(from: string, to: string): void {
    this.#releasePair(from, to);
  }

  /** What a unit of cash is worth in the account's currency; no number where no price says it. */
  rate(from: string, to: string): number {
    return from === to ? 1 : (this.#byPair.get(pairOf(from, to))?.rate ?? Number.NaN);
  }

  /** The symbol's prices have changed. */
  revalue(symbol: string): void {
    for (const number of this.#bySymbol.get(symbol) ?? []) this.#value(number);
  }

  /** Prices have changed that rates may go by. */
  rerate(): void {
    for (const pair of this.#byPair.values()) {
      const rate = numberOf(rateBetween(pair.from, pair.to, this.#prices));
      if (Object.is(rate, pair.rate)) continue;
      pair.rate = rate;
      for (const number of pair.numbers) this.rates[number] = rate;
    }
  }

  /** What a valuation lacks: the symbol, or the rate. */
  lacking(number: number): readonly string[] {
    const valuation = this.#all[number];
    if (valuation === undefined) return [];
    const { symbol, contract, currency } = valuation;
    return [
      ...(Number.isNaN(this.values[number]) ? [symbol] : []),
      ...(Number.isNaN(this.rates[number]) ? [pairOf(contract.currency, currency)] : []),
    ];
  }

  /** Everything that is held anywhere and lacks a price, sorted. */
  get allLacking(): string[] {
    const names = new Set(this.#all.flatMap((_, number) => this.lacking(number)));
    for (const [name, { rate }] of this.#byPair) if (Number.isNaN(rate)) names.add(name);
    return [...names].toSorted();
  }

  #admit(name: string, { symbol, side, contract }: Valued, currency: string): number {
    const number = this.#free.pop() ?? this.#all.length;
    invariant(number < most, `more than ${most} ways to value what is held`);
    if (number >= this.values.length) {
      this.values = longer(this.values);
      this.rates = longer(this.rates);
    }
    this.#all[number] = { name, symbol, side, contract, currency, users: 0 };
    this.#byName.set(name, number);
    const numbers = this.#bySymbol.get(symbol) ?? new Set();
    this.#bySymbol.set(symbol, numbers.add(number));
    this.#usePair(contract.currency, currency);
    this.#byPair.get(pairOf(contract.currency, currency))?.numbers.add(number);
    this.rates[number] = this.rate(contract.currency, currency);
    this.#value(number);
    return number;
  }

  #value(number: number): void {
    const valuation = this.#all[number];
    if (valuation === undefined) return;
    const { kind, multiplier } = valuation.contract;
    const exact = valuationPrice(valuation, this.#prices);
    const price = exact === undefined ? Number.NaN : Number(formatDecimal(exact));
    this.values[number] = kind === 'linear' ? price * Number(multiplier) : -Number(multiplier) / price;
  }

  #usePair(from: string, to: string): void {
    if (from === to) return;
    const name = pairOf(from, to);
    const pair = this.#byPair.get(name);
    if (pair !== undefined) pair.users += 1;
    else
      this.#byPair.set(name, {
        from,
        to,
        rate: numberOf(rateBetween(from, to, this.#prices)),
        users: 1,
        numbers: new Set(),
      });
  }

  #releasePair(from: string, to: string): void {
    const name = pairOf(from, to);
    const pair = this.#byPair.get(name);
    if (pair === undefined) return;
    pair.users -= 1;
    if (pair.users === 0) this.#byPair.delete(name);
  }
}

function nameOf({ symbol, side, contract }: Valued, currency: string): string {
  const { kind, multiplier } = contract;
  return JSON.stringify([symbol, side, kind, multiplier, contract.currency, currency]);
}

function pairOf(from: string, to: string): string {
  return `${from}/${to}`;
}

function numberOf(rate: Rate | undefined): number {
  return rate === undefined ? Number.NaN : Number(rate.rate);
}

function longer(column: Float64Array): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(column.length * 2).fill(Number.NaN);
  copy.set(column);
  return copy;
}

function remove(sets: Map<string, Set<number>>, name: string, number: number): void {
  const numbers = sets.get(name);
  numbers?.delete(number);
  if (numbers?.size === 0) sets.delete(name);
}
