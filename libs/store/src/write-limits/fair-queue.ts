interface Flow<Item> {
  readonly tenant: string;
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
  /** The flows with items waiting, in the order of their turns. */
  readonly #turns: Flow<Item>[] = [];
  #now = 0;
  size = 0;

  push(tenant: string, item: Item): void {
    const flow = this.#flows.get(tenant) ?? { tenant, start: this.#now, waiting: [] };
    this.#flows.set(tenant, flow);
    flow.waiting.push(item);
    this.size += 1;
    if (flow.waiting.length > 1) return;
    flow.start = Math.max(flow.start, this.#now);
    this.#turns.splice(this.#placeOf(flow), 0, flow);
  }

  /** The first item of each tenant, those first that have had least. */
  *heads(): Generator<Item> {
    for (const { waiting } of this.#turns) if (waiting[0] !== undefined) yield waiting[0];
  }

  /** Takes the tenant's first item: that much work is done for it. */
  shift(tenant: string, work: number): void {
    const flow = this.#flows.get(tenant);
    if (flow === undefined || flow.waiting.length === 0) return;
    this.#turns.splice(this.#placeOf(flow), 1);
    flow.waiting.shift();
    this.#now = Math.max(this.#now, flow.start);
    flow.start += work;
    if (flow.waiting.length > 0) this.#turns.splice(this.#placeOf(flow), 0, flow);
    this.#shrink();
  }

  /** Takes an item out, wherever it stands. False when it is not there. */
  remove(tenant: string, item: Item): boolean {
    const flow = this.#flows.get(tenant);
    const at = flow?.waiting.indexOf(item) ?? -1;
    if (flow === undefined || at === -1) return false;
    if (flow.waiting.length === 1) this.#turns.splice(this.#placeOf(flow), 1);
    flow.waiting.splice(at, 1);
    this.#shrink();
    return true;
  }

  #shrink(): void {
    this.size -= 1;
    if (this.size === 0) {
      // Nobody waits, so nobody has had more than another who wanted it.
      this.#flows.clear();
      this.#now = 0;
    } else if (this.#flows.size - this.#turns.length > mostIdle) this.#forgetIdle();
  }

  #forgetIdle(): void {
    for (const [tenant, { start, waiting }] of this.#flows)
      if (waiting.length === 0 && start <= this.#now) this.#flows.delete(tenant);
  }

  /** Where the flow stands among the turns, or would. */
  #placeOf(flow: Flow<Item>): number {
    let low = 0;
    let high = this.#turns.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#turns[middle];
      if (other !== undefined && isBefore(other, flow)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(a: Flow<unknown>, b: Flow<unknown>): boolean {
  return a.start === b.start ? a.tenant < b.tenant : a.start < b.start;
}
