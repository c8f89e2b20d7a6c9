import type { AccountRef, Commit, Marks } from '@bellwether/contracts';
import {
  type Holding,
  Holdings,
  type HoldingsChange,
  PnlPulse,
  closingValue,
  decimal,
  formatDecimal,
  invariant,
} from '@bellwether/domain';
import { AccountColumns } from './account-columns.ts';
import { ForeignAmounts } from './foreign-amounts.ts';
import { LastPrices } from './last-prices.ts';
import { PulseRates } from './pulse-rates.ts';
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
  readonly held: Map<string, Held>;
}

/** A position in numbers: both negative where it is short. */
interface Held {
  /** How it is valued. */
  readonly number: number;
  readonly quantity: number;
  readonly cost: number;
  readonly currency: string;
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
  readonly #rates = new PulseRates(this.prices.of);
  readonly #valuations = new Valuations(this.prices.of, this.#rates);
  readonly #foreign = new ForeignAmounts(this.#rates);
  readonly #core = new PnlPulse();
  readonly #totals = new PulseTotalsOf();
  readonly #accounts: Entry[] = [];
  readonly #byId = new Map<string, Entry>();
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
    const entry: Entry = { ref, index, holdings, version, held: new Map() };
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
    this.#takeAmounts(entry);
    this.#movePeak(entry, change);
    return 'applied';
  }

  /** Takes new prices. */
  note({ at, marks }: Marks): void {
    for (const mark of marks) {
      this.prices.note(mark, at);
      this.#valuations.revalue(mark.symbol);
    }
    for (const pair of this.#rates.refresh()) this.#valuations.rerate(pair);
    this.#pricedAt = Math.max(this.#pricedAt, at);
  }

  /** Marks everything to market. */
  pulse(): void {
    const { columns } = this;
    this.#core.worth(this.#valuations.worths, { worth: columns.equity, exposure: columns.exposure });
    columns.cash.set(columns.ownCash);
    columns.cost.set(columns.ownCost);
    this.#foreign.addTo(columns);
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
  unpricedOf({ index }: PulsedAccount): string[] {
    const ofPositions = this.#core.symbolsOf(index).flatMap((number) => this.#valuations.lacking(number));
    return [...new Set([...ofPositions, ...this.#foreign.lacking(index)])].toSorted();
  }

  /** What anybody lacks a price of. */
  get unpriced(): string[] {
    return [...new Set([...this.#valuations.allLacking, ...this.#rates.allLacking])].toSorted();
  }

  #takeHoldings(entry: Entry): void {
    const { ref, index, holdings } = entry;
    this.#totals.assign(index, ref.tenant, holdings.currency);
    this.#revalue(entry, holdings.positions.keys());
    this.#takeAmounts(entry);
  }

  /** @param currency in which they were counted. */
  #forgetHoldings(entry: Entry, currency = entry.holdings.currency): void {
    for (const { number } of entry.held.values()) {
      this.#core.set(entry.index, number, 0, 0);
      this.#valuations.release(number);
    }
    this.#positions -= entry.held.size;
    entry.held.clear();
    this.#foreign.set(entry.index, currency, new Map());
  }

  /** Brings the columns up to date on these positions, and on what is valued as they are or were. */
  #revalue({ index, holdings, held }: Entry, positionIds: Iterable<string>): void {
    const affected = new Map<number, { quantity: number; cost: number }>();
    for (const id of positionIds) {
      const before = held.get(id);
      const holding = holdings.positions.get(id);
      if (holding === undefined) held.delete(id);
      else {
        const number = this.#valuations.use(holding, holdings.currency);
        held.set(id, heldOf(number, holding));
        affected.set(number, { quantity: 0, cost: 0 });
      }
      this.#positions += Number(holding !== undefined) - Number(before !== undefined);
      if (before === undefined) continue;
      affected.set(before.number, { quantity: 0, cost: 0 });
      this.#valuations.release(before.number);
    }
    for (const { number, quantity, cost } of affected.size === 0 ? [] : held.values()) {
      const sum = affected.get(number);
      if (sum === undefined) continue;
      sum.quantity += quantity;
      sum.cost += cost;
    }
    for (const [number, { quantity, cost }] of affected) this.#core.set(index, number, quantity, cost);
  }

  /** Takes the account's cash and what its positions cost, by currency. */
  #takeAmounts({ index, holdings, held }: Entry): void {
    const { currency: own } = holdings;
    const amounts = new Map<string, { cash: number; cost: number }>();
    const of = (currency: string): { cash: number; cost: number } => {
      const amount = amounts.get(currency) ?? { cash: 0, cost: 0 };
      amounts.set(currency, amount);
      return amount;
    };
    for (const [currency, amount] of holdings.cash)
      if (amount.units !== 0n) of(currency).cash = numberOf(amount);
    for (const { currency, cost } of held.values()) of(currency).cost += cost;
    const { cash, cost } = of(own);
    this.columns.ownCash[index] = cash;
    this.columns.ownCost[index] = cost;
    amounts.delete(own);
    this.#foreign.set(index, own, amounts);
  }

  /** Money that comes from outside is no gain, and none that goes there is a loss. */
  #movePeak({ index, holdings }: Entry, { deposits, isAnew }: HoldingsChange): void {
    const { peak } = this.columns;
    if (isAnew) peak[index] = Number.NaN;
    for (const { currency, amount } of deposits) {
      const pair = this.#rates.use(currency, holdings.currency);
      peak[index] = (peak[index] ?? Number.NaN) + numberOf(amount) * (this.#rates.rates[pair] ?? Number.NaN);
      this.#rates.release(pair);
    }
  }
}

function heldOf(number: number, holding: Holding): Held {
  const { side, quantity, entryPrice, contract } = holding;
  return {
    number,
    quantity: side === 'long' ? Number(quantity) : -Number(quantity),
    cost: numberOf(closingValue(holding, decimal(entryPrice))),
    currency: contract.currency,
  };
}

function numberOf(amount: Parameters<typeof formatDecimal>[0]): number {
  const number = Number(formatDecimal(amount));
  invariant(Number.isFinite(number), 'an amount is no number');
  return number;
}
