import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FairQueue } from './fair-queue.ts';

interface Item {
  readonly tenant: string;
  readonly work: number;
}

/** The same, by looking at everything each time. */
class SlowQueue {
  #waiting: Item[] = [];
  readonly #ends = new Map<string, number>();
  #now = 0;

  push(item: Item): void {
    const isIdle = this.#waiting.every(({ tenant }) => tenant !== item.tenant);
    if (isIdle) this.#ends.set(item.tenant, Math.max(this.#endOf(item.tenant), this.#now));
    this.#waiting.push(item);
  }

  heads(): Item[] {
    const firsts = this.#waiting.filter(
      (item, i) => this.#waiting.findIndex(({ tenant }) => tenant === item.tenant) === i,
    );
    return firsts.toSorted(
      (a, b) => this.#endOf(a.tenant) - this.#endOf(b.tenant) || (a.tenant < b.tenant ? -1 : 1),
    );
  }

  take(item: Item): void {
    this.#now = Math.max(this.#now, this.#endOf(item.tenant));
    this.#ends.set(item.tenant, this.#endOf(item.tenant) + item.work);
    this.remove(item);
  }

  remove(item: Item): void {
    this.#waiting = this.#waiting.filter((other) => other !== item);
    if (this.#waiting.length > 0) return;
    this.#ends.clear();
    this.#now = 0;
  }

  #endOf(tenant: string): number {
    return this.#ends.get(tenant) ?? this.#now;
  }
}

/** Does so many of the tenants' first items, of one unit each; whose they were. */
function take(queue: FairQueue<Item>, count: number): string {
  const taken = Array.from({ length: count }, () => {
    const [first] = queue.heads();
    if (first !== undefined) queue.shift(first.tenant, first.work);
    return first?.tenant;
  });
  return taken.join('');
}

function push(queue: FairQueue<Item>, tenant: string, count: number): void {
  for (let i = 0; i < count; i += 1) queue.push(tenant, { tenant, work: 1 });
}

describe('the fair queue', () => {
  it('lets no tenant save up while it has nothing waiting', () => {
    const queue = new FairQueue<Item>();
    push(queue, 'a', 20);
    push(queue, 'b', 1);
    expect(take(queue, 10)).toBe('abaaaaaaaa');
    push(queue, 'b', 5);
    expect(take(queue, 8)).toBe('babababa');
  });

  it('gives one that comes later its share from then on', () => {
    const queue = new FairQueue<Item>();
    push(queue, 'a', 20);
    expect(take(queue, 8)).toBe('aaaaaaaa');
    push(queue, 'z', 5);
    expect(take(queue, 8)).toBe('zazazaza');
  });

  it('has the turns of start-time fair queuing, whatever comes, goes and is taken back', () => {
    const pushed = fc.record({
      tenant: fc.constantFrom('a', 'b', 'c', 'd'),
      work: fc.integer({ min: 1, max: 9 }),
    });
    const steps = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: pushed },
        { weight: 2, arbitrary: fc.record({ take: fc.nat(2) }) },
        { weight: 1, arbitrary: fc.record({ remove: fc.nat(9) }) },
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (todo) => {
        const queue = new FairQueue<Item>();
        const slow = new SlowQueue();
        const waiting = new Set<Item>();
        for (const step of todo) {
          if ('tenant' in step) {
            queue.push(step.tenant, step);
            slow.push(step);
            waiting.add(step);
          } else if ('take' in step) {
            const item = slow.heads()[step.take];
            if (item === undefined) continue;
            queue.shift(item.tenant, item.work);
            slow.take(item);
            waiting.delete(item);
          } else {
            const item = [...waiting][step.remove];
            if (item === undefined) continue;
            expect(queue.remove(item.tenant, item)).toBe(true);
            slow.remove(item);
            waiting.delete(item);
            expect(queue.remove(item.tenant, item)).toBe(false);
          }
          expect([...queue.heads()]).toEqual(slow.heads());
          expect(queue.size).toBe(waiting.size);
        }
      }),
    );
  });
});
