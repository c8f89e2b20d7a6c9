import { type PriceTable, type Rate, rateBetween } from '@bellwether/domain';

interface Pair {
  readonly from: string;
  readonly to: string;
  users: number;
}

/** What currencies are worth in others, each pair that somebody uses under a number; no number where no price says it. */
export class PulseRates {
  /** By the number of the pair. */
  rates = new Float64Array(64);
  readonly #prices: PriceTable;
  readonly #pairs: (Pair | undefined)[] = [];
  readonly #byName = new Map<string, number>();
  readonly #free: number[] = [];

  constructor(prices: PriceTable) {
    this.#prices = prices;
  }

  /** The number of a pair; it stays until `release` was called as often. */
  use(from: string, to: string): number {
    const name = pairName(from, to);
    const known = this.#byName.get(name);
    const number = known ?? this.#free.pop() ?? this.#pairs.length;
    const pair = this.#pairs[number] ?? { from, to, users: 0 };
    pair.users += 1;
    if (known !== undefined) return number;
    this.#pairs[number] = pair;
    this.#byName.set(name, number);
    if (number >= this.rates.length)
      this.rates = Float64Array.of(...this.rates, ...new Float64Array(this.rates.length));
    this.rates[number] = numberOf(rateBetween(from, to, this.#prices));
    return number;
  }

  release(number: number): void {
    const pair = this.#pairs[number];
    if (pair === undefined) return;
    pair.users -= 1;
    if (pair.users > 0) return;
    this.#byName.delete(pairName(pair.from, pair.to));
    this.#pairs[number] = undefined;
    this.#free.push(number);
  }

  /** Prices have changed that rates may go by: the pairs whose rates have, too. */
  refresh(): number[] {
    return this.#pairs.flatMap((pair, number) => {
      if (pair === undefined) return [];
      const rate = numberOf(rateBetween(pair.from, pair.to, this.#prices));
      if (Object.is(rate, this.rates[number])) return [];
      this.rates[number] = rate;
      return [number];
    });
  }

  /** What a pair is called where no price says its rate. */
  lacking(number: number): readonly string[] {
    const pair = this.#pairs[number];
    return pair !== undefined && Number.isNaN(this.rates[number]) ? [pairName(pair.from, pair.to)] : [];
  }

  get allLacking(): readonly string[] {
    return this.#pairs.flatMap((_, number) => this.lacking(number));
  }
}

function pairName(from: string, to: string): string {
  return `${from}/${to}`;
}

function numberOf(rate: Rate | undefined): number {
  return rate === undefined ? Number.NaN : Number(rate.rate);
}
