interface Flow<Item> {
  /** What its next item starts at, in units of work of an equal share. */
  start: number;
  readonly waiting: Item[];
}

const mostIdle = 1_000;

/**
 * Waiting work in a fair order: whoever has had least goes first, so that tenants with work waiting get equal
 * shares, and what one does not use goes to the others. Within a tenant the order is that of `push`.
 *
 * Start-time fair queuing: an item starts where the tenant's last one ended, or at the work that is being
 * done now if the tenant was idle. So no tenant saves up, and none is held up for what it had while alone.
 */
export class FairQueue<Item> {
  readonly #flows = new Map<string, Flow<Item>>();
  #now = 0;
  size = 0;

  push(tenant: string, item: Item): void {
    const flow = this.#flows.get(tenant) ?? { start: this.#now, waiting: [] };
    if (flow.waiting.length === 0) flow.start = Math.max(flow.start, this.#now);
    this.#flows.set(tenant, flow);
    flow.waiting.push(item);
    this.size += 1;
  }

  /** The first item of each tenant, those first that have had least. */
  heads(): readonly { readonly tenant: string; readonly item: Item }[] {
    return [...this.#flows]
      .flatMap(
        ([
          tenant,
          {
            start,
            waiting: [item],
          },
        ]) => (item === undefined ? [] : [{ tenant, start, item }]),
      )
      .toSorted((a, b) => a.start - b.start || (a.tenant < b.tenant ? -1 : 1));
  }

  /** Takes the tenant's first item: that much work is done for it. */
  shift(tenant: string, work: number): void {
    const flow = this.#flows.get(tenant);
    if (flow?.waiting.shift() === undefined) return;
    this.#now = Math.max(this.#now, flow.start);
    flow.start += work;
    this.size -= 1;
    if (this.size === 0) this.#reset();
    else if (this.#flows.size > mostIdle) this.#forgetIdle();
  }

  /** Takes an item out, wherever it stands. False when it is not there. */
  remove(tenant: string, item: Item): boolean {
    const flow = this.#flows.get(tenant);
    const at = flow?.waiting.indexOf(item) ?? -1;
    if (flow === undefined || at === -1) return false;
    flow.waiting.splice(at, 1);
    this.size -= 1;
    if (this.size === 0) this.#reset();
    return true;
  }

  /** Nobody waits, so nobody has had more than another who wanted it. */
  #reset(): void {
    this.#flows.clear();
    this.#now = 0;
  }

  #forgetIdle(): void {
    for (const [tenant, { start, waiting }] of this.#flows)
      if (waiting.length === 0 && start <= this.#now) this.#flows.delete(tenant);
  }
}
