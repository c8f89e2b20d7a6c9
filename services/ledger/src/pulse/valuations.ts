import { type Holding, type PriceTable, formatDecimal, invariant, valuationPrice } from '@bellwether/domain';
import type { PulseRates } from './pulse-rates.ts';

/** What of a holding says how it is valued. */
type Valued = Pick<Holding, 'symbol' | 'side' | 'contract'>;

interface Valuation extends Valued {
  readonly name: string;
  /** The pair of its settlement currency and the account's. */
  readonly pair: number;
  users: number;
}

const most = 65_536;

/**
 * How holdings are valued, each kind of it under a number: by symbol, side, contract, and the currency of the account. Of each number
 * what one unit is worth in the account's currency; no number where no price, or no rate, says it.
 */
export class Valuations {
  worths = column();
  /** In the settlement currency. */
  #values = column();
  readonly #prices: PriceTable;
  readonly #rates: PulseRates;
  readonly #all: (Valuation | undefined)[] = [];
  readonly #byName = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #bySymbol = new Map<string, Set<number>>();
  readonly #byPair = new Map<number, Set<number>>();

  constructor(prices: PriceTable, rates: PulseRates) {
    this.#prices = prices;
    this.#rates = rates;
  }

  /** The number of a holding's valuation; it stays until `release` was called as often. */
  use(holding: Valued, currency: string): number {
    const name = nameOf(holding, currency);
    const number = this.#byName.get(name) ?? this.#admit(name, holding, currency);
    const valuation = this.#all[number];
    if (valuation) valuation.users += 1;
    return number;
  }

  release(number: number): void {
    const valuation = this.#all[number];
    invariant(valuation, `nothing is valued by ${number}`);
    valuation.users -= 1;
    if (valuation.users > 0) return;
    const { name, symbol, pair } = valuation;
    this.#byName.delete(name);
    this.#all[number] = undefined;
    this.#free.push(number);
    remove(this.#bySymbol, symbol, number);
    remove(this.#byPair, pair, number);
    this.#rates.release(pair);
  }

  /** The symbol's prices have changed. */
  revalue(symbol: string): void {
    for (const number of this.#bySymbol.get(symbol) ?? []) this.#value(number);
  }

  /** The rate of a pair has changed. */
  rerate(pair: number): void {
    for (const number of this.#byPair.get(pair) ?? []) this.#put(number, this.#values[number] ?? Number.NaN);
  }

  /** What a valuation lacks: the symbol, the rate, or both. */
  lacking(number: number): readonly string[] {
    const valuation = this.#all[number];
    if (valuation === undefined) return [];
    const rates = this.#rates.lacking(valuation.pair);
    return Number.isNaN(this.#values[number]) ? [valuation.symbol, ...rates] : rates;
  }

  get allLacking(): readonly string[] {
    return this.#all.flatMap((_, number) => this.lacking(number));
  }

  #admit(name: string, { symbol, side, contract }: Valued, currency: string): number {
    const number = this.#free.pop() ?? this.#all.length;
    invariant(number < most, `more than ${most} ways to value what is held`);
    if (number >= this.worths.length) {
      this.worths = longer(this.worths);
      this.#values = longer(this.#values);
    }
    const pair = this.#rates.use(contract.currency, currency);
    this.#all[number] = { name, symbol, side, contract, pair, users: 0 };
    this.#byName.set(name, number);
    add(this.#bySymbol, symbol, number);
    add(this.#byPair, pair, number);
    this.#value(number);
    return number;
  }

  #value(number: number): void {
    const valuation = this.#all[number];
    if (valuation === undefined) return;
    const { kind, multiplier } = valuation.contract;
    const exact = valuationPrice(valuation, this.#prices);
    const price = exact === undefined ? Number.NaN : Number(formatDecimal(exact));
    this.#put(number, kind === 'linear' ? price * Number(multiplier) : -Number(multiplier) / price);
  }

  #put(number: number, value: number): void {
    const pair = this.#all[number]?.pair ?? 0;
    this.#values[number] = value;
    this.worths[number] = value * (this.#rates.rates[pair] ?? Number.NaN);
  }
}

function nameOf({ symbol, side, contract }: Valued, currency: string): string {
  const { kind, multiplier } = contract;
  return JSON.stringify([symbol, side, kind, multiplier, contract.currency, currency]);
}

function column(): Float64Array<ArrayBuffer> {
  return new Float64Array(1024).fill(Number.NaN);
}

function longer(before: Float64Array): Float64Array<ArrayBuffer> {
  const after = new Float64Array(before.length * 2).fill(Number.NaN);
  after.set(before);
  return after;
}

function add<Key>(sets: Map<Key, Set<number>>, key: Key, number: number): void {
  const numbers = sets.get(key) ?? new Set();
  sets.set(key, numbers.add(number));
}

function remove<Key>(sets: Map<Key, Set<number>>, key: Key, number: number): void {
  const numbers = sets.get(key);
  numbers?.delete(number);
  if (numbers?.size === 0) sets.delete(key);
}
