import type { AccountColumns } from './account-columns.ts';

/** Sums over the accounts of a tenant that are counted in one currency. */
export interface GroupTotals {
  readonly tenant: string;
  readonly currency: string;
  accounts: number;
  /** Of them, those that could not be valued: they are in no sum. */
  unvalued: number;
  pnl: number;
  equity: number;
  exposure: number;
  drawdown: number;
}

/** Adds accounts up by tenant and currency. */
export class PulseTotalsOf {
  readonly #groups: GroupTotals[] = [];
  readonly #byName = new Map<string, number>();
  readonly #ofTenant = new Map<string, Set<number>>();
  #groupOf = new Uint32Array(1024);

  get all(): readonly GroupTotals[] {
    return this.#groups.filter(({ accounts }) => accounts > 0);
  }

  accountsOf(tenant: string): readonly number[] {
    return [...(this.#ofTenant.get(tenant) ?? [])];
  }

  /** From now on the account is one of the tenant's, counted in this currency. */
  assign(index: number, tenant: string, currency: string): void {
    if (index >= this.#groupOf.length) {
      const longer = new Uint32Array(this.#groupOf.length * 2);
      longer.set(this.#groupOf);
      this.#groupOf = longer;
    }
    const name = JSON.stringify([tenant, currency]);
    const group = this.#byName.get(name) ?? this.#groups.length;
    if (group === this.#groups.length) {
      this.#byName.set(name, group);
      this.#groups.push({ tenant, currency, ...nothing });
    }
    this.#groupOf[index] = group;
    const indexes = this.#ofTenant.get(tenant) ?? new Set();
    this.#ofTenant.set(tenant, indexes.add(index));
  }

  /** Makes of what holdings are worth, cash and cost each account's numbers, follows the peaks, and sums. */
  sum({ pnl, equity, exposure, drawdown, peak, cash, cost }: AccountColumns, count: number): void {
    const groups = this.#groups;
    const groupOf = this.#groupOf;
    for (const group of groups) Object.assign(group, nothing);
    for (let index = 0; index < count; index += 1) {
      const group = groups[groupOf[index] ?? 0];
      if (group === undefined) continue;
      const worth = equity[index] ?? 0;
      const gain = worth - (cost[index] ?? 0);
      const value = worth + (cash[index] ?? 0);
      pnl[index] = gain;
      equity[index] = value;
      group.accounts += 1;
      if (Number.isNaN(value)) {
        drawdown[index] = value;
        group.unvalued += 1;
        continue;
      }
      const before = peak[index] ?? 0;
      const highest = before >= value ? before : value; // also where there was none
      peak[index] = highest;
      drawdown[index] = highest - value;
      group.pnl += gain;
      group.equity += value;
      group.exposure += exposure[index] ?? 0;
      group.drawdown += highest - value;
    }
  }
}

const nothing = { accounts: 0, unvalued: 0, pnl: 0, equity: 0, exposure: 0, drawdown: 0 };
