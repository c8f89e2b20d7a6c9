import type { AccountColumns } from './account-columns.ts';
import type { PulseRates } from './pulse-rates.ts';

/** What an account has in one currency: cash, and what its positions cost. */
export interface ForeignAmount {
  readonly cash: number;
  readonly cost: number;
}

interface Owner {
  readonly account: number;
  readonly currency: string;
}

/** What accounts have in other currencies than their own: an entry for each account and currency, in columns without gaps. */
export class ForeignAmounts {
  readonly #rates: PulseRates;
  #accounts = new Uint32Array(1024);
  #pairs = new Uint32Array(1024);
  #cash = new Float64Array(1024);
  #costs = new Float64Array(1024);
  readonly #owners: Owner[] = [];
  /** Places of an account's entries, by currency. */
  readonly #places = new Map<number, Map<string, number>>();

  constructor(rates: PulseRates) {
    this.#rates = rates;
  }

  /** From now on the account has this, and nothing in any other currency. @param own its currency. */
  set(account: number, own: string, amounts: ReadonlyMap<string, ForeignAmount>): void {
    const places = this.#places.get(account) ?? new Map<string, number>();
    this.#places.set(account, places);
    for (const currency of places.keys()) if (!amounts.has(currency)) this.#remove(places, currency);
    for (const [currency, { cash, cost }] of amounts) {
      const place = places.get(currency) ?? this.#append(places, { account, currency }, own);
      this.#cash[place] = cash;
      this.#costs[place] = cost;
    }
    if (places.size === 0) this.#places.delete(account);
  }

  /** Adds everything to the accounts' own amounts, at the rates of now. */
  addTo({ cash, cost }: AccountColumns): void {
    const { rates } = this.#rates;
    const count = this.#owners.length;
    for (let place = 0; place < count; place += 1) {
      const account = this.#accounts[place] ?? 0;
      const rate = rates[this.#pairs[place] ?? 0] ?? Number.NaN;
      cash[account] = (cash[account] ?? 0) + (this.#cash[place] ?? 0) * rate;
      cost[account] = (cost[account] ?? 0) + (this.#costs[place] ?? 0) * rate;
    }
  }

  /** The rates that an account lacks. */
  lacking(account: number): readonly string[] {
    const places = this.#places.get(account)?.values() ?? [];
    return [...places].flatMap((place) => this.#rates.lacking(this.#pairs[place] ?? 0));
  }

  #append(places: Map<string, number>, owner: Owner, own: string): number {
    const place = this.#owners.push(owner) - 1;
    if (place >= this.#accounts.length) {
      this.#accounts = longer(this.#accounts, Uint32Array);
      this.#pairs = longer(this.#pairs, Uint32Array);
      this.#cash = longer(this.#cash, Float64Array);
      this.#costs = longer(this.#costs, Float64Array);
    }
    this.#accounts[place] = owner.account;
    this.#pairs[place] = this.#rates.use(owner.currency, own);
    places.set(owner.currency, place);
    return place;
  }

  /** The last entry takes its place. */
  #remove(places: Map<string, number>, currency: string): void {
    const place = places.get(currency);
    if (place === undefined) return;
    places.delete(currency);
    this.#rates.release(this.#pairs[place] ?? 0);
    const last = this.#owners.length - 1;
    const moved = this.#owners.pop();
    if (place === last || moved === undefined) return;
    this.#owners[place] = moved;
    this.#accounts[place] = this.#accounts[last] ?? 0;
    this.#pairs[place] = this.#pairs[last] ?? 0;
    this.#cash[place] = this.#cash[last] ?? 0;
    this.#costs[place] = this.#costs[last] ?? 0;
    this.#places.get(moved.account)?.set(moved.currency, place);
  }
}

function longer<Column extends Uint32Array | Float64Array>(
  before: Column,
  kind: new (length: number) => Column,
): Column {
  const after = new kind(before.length * 2);
  after.set(before);
  return after;
}
