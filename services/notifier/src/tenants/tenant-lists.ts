import type { Clock } from '@bellwether/domain';

/** How long a list is used before it is read again: what was changed counts after that. */
const keptMs = 2_000;
const maxTenants = 10_000;

interface Kept<Item> {
  readonly readAt: number;
  readonly list: Promise<readonly Item[]>;
}

/** Lists of tenants, as their documents say; kept in memory for two seconds. */
export class TenantLists<Item> {
  readonly #clock: Clock;
  readonly #read: (tenant: string) => Promise<readonly Item[]>;
  readonly #lists = new Map<string, Kept<Item>>();

  constructor(clock: Clock, read: (tenant: string) => Promise<readonly Item[]>) {
    this.#clock = clock;
    this.#read = read;
  }

  async of(tenant: string): Promise<readonly Item[]> {
    const now = this.#clock.now();
    const kept = this.#lists.get(tenant);
    if (kept !== undefined && now - kept.readAt < keptMs) return kept.list;
    if (this.#lists.size >= maxTenants) this.#lists.clear();
    const list = this.#read(tenant);
    this.#lists.set(tenant, { readAt: now, list });
    list.catch(() => this.#lists.delete(tenant)); // whoever awaits it learns why
    return list;
  }

  /** Reads it anew when it is asked for next. */
  forget(tenant: string): void {
    this.#lists.delete(tenant);
  }
}
