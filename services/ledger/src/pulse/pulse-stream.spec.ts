import type { PulseView } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { PulseStream } from './pulse-stream.ts';

function streamOfCounts() {
  let at = 0;
  let views = 0;
  const stream = new PulseStream((): PulseView => {
    views += 1;
    return { of: 'house', at, pricedAt: 0, unpriced: [], totals: [], tenants: [] };
  });
  const pulse = (): void => {
    at += 1;
    stream.pulsed();
  };
  return { stream, pulse, views: () => views };
}

describe('a subscription of the pulse', () => {
  it('waits for the next pulse, and tells each at most once', async () => {
    const { stream, pulse } = streamOfCounts();
    const subscription = stream.subscribe({ of: 'house' });
    pulse();
    expect(await subscription.next()).toMatchObject({ at: 1 });
    const next = subscription.next();
    pulse();
    expect(await next).toMatchObject({ at: 2 });
  });

  it('tells a slow subscriber the latest alone: nothing queues, and nothing is made for it', async () => {
    const { stream, pulse, views } = streamOfCounts();
    const slow = stream.subscribe({ of: 'house' });
    for (let each = 0; each < 10_000; each += 1) pulse();
    expect(views()).toBe(0);
    expect(await slow.next()).toMatchObject({ at: 10_000 });
    expect(views()).toBe(1);
  });

  it('ends for who waits when it is closed', async () => {
    const { stream } = streamOfCounts();
    const subscription = stream.subscribe({ of: 'house' });
    const next = subscription.next();
    subscription.close();
    expect(await next).toBeUndefined();
    expect(stream.subscribers).toBe(0);
  });

  it('is refused when there are too many', () => {
    const { stream } = streamOfCounts();
    const all = Array.from({ length: 256 }, () => stream.subscribe({ of: 'house' }));
    expect(() => stream.subscribe({ of: 'house' })).toThrow('256 subscribers');
    all[0]?.close();
    expect(() => stream.subscribe({ of: 'house' })).not.toThrow();
  });
});
