import type { AccountRef, Commit, Marks } from '@bellwether/contracts';
import {
  Holdings,
  type HoldingsChange,
  PnlPulse,
  add,
  closingValue,
  decimal,
  formatDecimal,
  invariant,
  negate,
  zero,
} from '@bellwether/domain';
import { AccountColumns } from './account-columns.ts';
import { LastPrices } from './last-prices.ts';
import { type GroupTotals, PulseTotalsOf } from './pulse-totals.ts';
import { Valuations } from './valuations.ts';

/** An account as the pulse knows it. */
export interface PulsedAccount {
  readonly ref: AccountRef;
  /** Where it stands in the columns. */
  readonly index: number;
  readonly holdings: Holdings;
  /** The journal sequence that it has followed. */
  readonly version: number;
}

interface Entry extends PulsedAccount {
  version: number;
  /** The valuation of each position, by its id. */
  readonly numbers: Map<string, number>;
  /** Currencies other than its own that it holds. */
  foreign: readonly string[];
}

/** `gap`: entries before it are missing. `unknown`: the account has to be read first. */
export type Applied = 'applied' | 'old' | 'gap' | 'unknown';

/**
 * Everything that all accounts hold, marked to market whenever `pulse` is called: memory alone. An account counts whole
 * or, where something of it has no price, not at all.
 */
export class PulseBook {
  readonly prices = new LastPrices();
  readonly columns = new AccountColumns();
  readonly #valuations = new Valuations(this.prices.of);
  readonly #core = new PnlPulse();
  readonly #totals = new PulseTotalsOf();
  readonly #accounts: Entry[] = [];
  readonly #byId = new Map<string, Entry>();
  readonly #withForeign = new Set<Entry>();
  #pricedAt = 0;
  #positions = 0;

  get accounts(): readonly PulsedAccount[] {
    return this.#accounts;
  }

  get positions(): number {
    return this.#positions;
  }

  /** When the newest prices were told, epoch milliseconds; 0 before the first. */
  get pricedAt(): number {
    return this.#pricedAt;
  }

  account(accountId: string): PulsedAccount | undefined {
    return this.#byId.get(accountId);
  }

  /** Takes an account as it was read; one that is known already is replaced unless it has gone further. */
  put(
    ref: AccountRef,
    stored: { readonly version: number; readonly holdings: Holdings; readonly peak?: number },
  ): void {
    const known = this.#byId.get(ref.accountId);
    if (known !== undefined && known.version >= stored.version) return;
    if (known !== undefined) this.#forgetHoldings(known);
    const { version, holdings, peak } = stored;
    const index = known?.index ?? this.#accounts.length;
    const entry: Entry = { ref, index, holdings, version, numbers: new Map(), foreign: [] };
    this.#accounts[index] = entry;
    this.#byId.set(ref.accountId, entry);
    if (known === undefined) {
      this.columns.admit(index);
      this.#core.set(index, 0, 0, 0);
      if (peak !== undefined) this.columns.peak[index] = peak;
    }
    this.#takeHoldings(entry);
  }

  /** Follows a commit. An account's commits must come in the order of its journal: others are not applied. */
  apply({ tenant, uid, accountId, seq, events }: Commit): Applied {
    if (seq === 1 && !this.#byId.has(accountId))
      this.put({ tenant, uid, accountId }, { version: 0, holdings: Holdings.unopened() });
    const entry = this.#byId.get(accountId);
    if (entry === undefined) return 'unknown';
    if (seq <= entry.version) return 'old';
    if (seq > entry.version + 1) return 'gap';
    const { currency } = entry.holdings;
    const change = entry.holdings.apply(seq, events);
    entry.version = seq;
    if (entry.holdings.currency === currency) this.#revalue(entry, change.positionIds);
    else {
      this.#forgetHoldings(entry, currency);
      this.#takeHoldings(entry);
    }
    this.#takeCash(entry);
    this.#movePeak(entry, change);
    return 'applied';
  }

  /** Takes new prices. */
  note({ at, marks }: Marks): void {
    for (const mark of marks) {
      this.prices.note(mark, at);
      this.#valuations.revalue(mark.symbol);
    }
    this.#valuations.rerate();
    this.#pricedAt = Math.max(this.#pricedAt, at);
  }

  /** Marks everything to market. */
  pulse(): void {
    const { columns } = this;
    const { values, rates } = this.#valuations;
    this.#core.worth(values, rates, { pnl: columns.pnl, worth: columns.equity, exposure: columns.exposure });
    columns.cash.set(columns.ownCash);
    for (const { index, holdings, foreign } of this.#withForeign)
      for (const currency of foreign) {
        const amount = numberOf(holdings.cash.get(currency) ?? zero);
        columns.cash[index] =
          (columns.cash[index] ?? 0) + amount * this.#valuations.rate(currency, holdings.currency);
      }
    this.#totals.sum(columns, this.#accounts.length);
  }

  /** As of the last pulse, by tenant and currency. */
  get totals(): readonly GroupTotals[] {
    return this.#totals.all;
  }

  /** The accounts of a tenant, in no order that means anything. */
  accountsOf(tenant: string): readonly PulsedAccount[] {
    return this.#totals.accountsOf(tenant).flatMap((index) => this.#accounts[index] ?? []);
  }

  /** Whether the account could be valued at the last pulse. */
  isValued({ index }: PulsedAccount): boolean {
    return !Number.isNaN(this.columns.equity[index]);
  }

  /** What an account lacks a price of, sorted: symbols, and rates such as `BTC/USD`. */
  unpricedOf({ index, holdings }: PulsedAccount): string[] {
    const { currency, cash } = holdings;
    const names = new Set(this.#core.symbolsOf(index).flatMap((number) => this.#valuations.lacking(number)));
    for (const [held, { units }] of cash)
      if (units !== 0n && Number.isNaN(this.#valuations.rate(held, currency)))
        names.add(`${held}/${currency}`);
    return [...names].toSorted();
  }

  /** What anybody lacks a price of. */
  get unpriced(): string[] {
    return this.#valuations.allLacking;
  }

  #takeHoldings(entry: Entry): void {
    const { ref, index, holdings } = entry;
    this.#totals.assign(index, ref.tenant, holdings.currency);
    this.#revalue(entry, holdings.positions.keys());
    this.#takeCash(entry);
  }

  /** @param currency in which they were counted. */
  #forgetHoldings(entry: Entry, currency = entry.holdings.currency): void {
    for (const number of entry.numbers.values()) {
      this.#core.set(entry.index, number, 0, 0);
      this.#valuations.release(number);
    }
    this.#positions -= entry.numbers.size;
    entry.numbers.clear();
    for (const held of entry.foreign) this.#valuations.releaseCash(held, currency);
    entry.foreign = [];
    this.#withForeign.delete(entry);
  }

  /** Brings the columns up to date on these positions, and on what is valued as they are or were. */
  #revalue({ index, holdings, numbers }: Entry, positionIds: Iterable<string>): void {
    const affected = new Set<number>();
    for (const id of positionIds) {
      const before = numbers.get(id);
      const holding = holdings.positions.get(id);
      if (holding === undefined) numbers.delete(id);
      else {
        const number = this.#valuations.use(holding, holdings.currency);
        numbers.set(id, number);
        affected.add(number);
      }
      this.#positions += Number(holding !== undefined) - Number(before !== undefined);
      if (before === undefined) continue;
      affected.add(before);
      this.#valuations.release(before);
    }
    const sums = new Map([...affected].map((number) => [number, { quantity: zero, cost: zero }]));
    for (const [id, number] of affected.size === 0 ? [] : numbers) {
      const sum = sums.get(number);
      const holding = holdings.positions.get(id);
      if (sum === undefined || holding === undefined) continue;
      const size = decimal(holding.quantity);
      sum.quantity = add(sum.quantity, holding.side === 'long' ? size : negate(size));
      sum.cost = add(sum.cost, closingValue(holding, decimal(holding.entryPrice)));
    }
    for (const [number, { quantity, cost }] of sums)
      this.#core.set(index, number, numberOf(quantity), numberOf(cost));
  }

  #takeCash(entry: Entry): void {
    const { index, holdings } = entry;
    const { currency, cash } = holdings;
    this.columns.ownCash[index] = numberOf(cash.get(currency) ?? zero);
    const foreign = [...cash].flatMap(([held, { units }]) =>
      held === currency || units === 0n ? [] : [held],
    );
    for (const held of foreign) if (!entry.foreign.includes(held)) this.#valuations.useCash(held, currency);
    for (const held of entry.foreign)
      if (!foreign.includes(held)) this.#valuations.releaseCash(held, currency);
    entry.foreign = foreign;
    if (foreign.length > 0) this.#withForeign.add(entry);
    else this.#withForeign.delete(entry);
  }

  /** Money that comes from outside is no gain, and none that goes there is a loss. */
  #movePeak({ index, holdings }: Entry, { deposits, isAnew }: HoldingsChange): void {
    const { peak } = this.columns;
    if (isAnew) peak[index] = Number.NaN;
    for (const { currency, amount } of deposits)
      peak[index] =
        (peak[index] ?? Number.NaN) + numberOf(amount) * this.#valuations.rate(currency, holdings.currency);
  }
}

function numberOf(amount: Parameters<typeof formatDecimal>[0]): number {
  const number = Number(formatDecimal(amount));
  invariant(Number.isFinite(number), 'an amount is no number');
  return number;
}
