import type { Publisher } from '@bellwether/bus';
import { createLogger } from '@bellwether/observability';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { commitOf } from './commit.builder.ts';
import { Relay } from './relay.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

/** Stores what it is given when it is told to. */
class FakePublisher implements Publisher {
  readonly sent: { data: string; attributes: Record<string, string> }[] = [];
  readonly #answers: PromiseWithResolvers<string>[] = [];

  async publish(data: Uint8Array, attributes: Record<string, string>): Promise<string> {
    this.sent.push({ data: Buffer.from(data).toString(), attributes });
    const answer = Promise.withResolvers<string>();
    this.#answers.push(answer);
    return answer.promise;
  }

  async flush(): Promise<void> {
    this.store();
    return Promise.resolve();
  }

  store(): void {
    for (const { resolve } of this.#answers.splice(0)) resolve('id');
  }

  fail(): void {
    for (const { reject } of this.#answers.splice(0)) reject(new Error('not stored'));
  }
}

describe('the relay', () => {
  let publisher: FakePublisher;
  let settled: number[][];
  let names: unknown[];
  let failsToSettle: boolean;
  let relay: Relay;

  beforeEach(() => {
    jest.useFakeTimers();
    publisher = new FakePublisher();
    settled = [];
    names = [];
    failsToSettle = false;
    relay = new Relay(
      publisher,
      {
        settle: async (published) => {
          if (failsToSettle) throw new Error('unreachable');
          settled.push(published.map(({ seq }) => seq));
          names.push(...published);
          return Promise.resolve();
        },
      },
      logger,
    );
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const isUnderWay = (...seqs: readonly number[]) => seqs.map((seq) => relay.isUnderWay('ann.main', seq));

  it('publishes a commit as it is stored, with what is needed to route it', async () => {
    const publishing = relay.publish({ commit: commitOf(3) });
    publisher.store();
    await publishing;
    const [message] = publisher.sent;
    expect(JSON.parse(message?.data ?? '')).toEqual(commitOf(3));
    expect(message?.attributes).toMatchObject({
      'ce-id': 'ann.main:0000000003',
      tenant: 'acme',
      account: 'ann.main',
      seq: '3',
    });
  });

  it('publishes the events as the text that was stored, where they are text', async () => {
    const { events } = commitOf(3);
    const eventsJson = JSON.stringify(events, undefined, 1);
    void relay.publish({ commit: commitOf(3), eventsJson });
    const [message] = publisher.sent;
    expect(message?.data).toContain(`"events":${eventsJson}}`);
    expect(JSON.parse(message?.data ?? '')).toEqual(commitOf(3));
    publisher.store();
    await relay.close();
  });

  it('deletes pointers once their messages are acknowledged, several at a time', async () => {
    const publishing = [1, 2].map(async (seq) => relay.publish({ commit: commitOf(seq) }));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(settled).toEqual([]);
    publisher.store();
    await Promise.all(publishing);
    expect(settled).toEqual([]);
    await jest.advanceTimersByTimeAsync(20);
    expect(settled).toEqual([[1, 2]]);
    const next = relay.publish({ commit: commitOf(3) });
    publisher.store();
    await next;
    await jest.advanceTimersByTimeAsync(20);
    expect(settled).toEqual([[1, 2], [3]]);
  });

  it('keeps nothing of a commit but the name of its pointer', async () => {
    void relay.publish({ commit: commitOf(1) });
    await relay.close();
    expect(names).toEqual([{ accountId: 'ann.main', seq: 1 }]);
  });

  it('has a commit under way until its pointer is deleted', async () => {
    const publishing = relay.publish({ commit: commitOf(1) });
    expect(isUnderWay(1, 2)).toEqual([true, false]);
    publisher.store();
    await publishing;
    expect(isUnderWay(1)).toEqual([true]);
    await jest.advanceTimersByTimeAsync(20);
    expect(isUnderWay(1)).toEqual([false]);
  });

  it('leaves what cannot be published in the outbox, for the sweeper', async () => {
    const publishing = relay.publish({ commit: commitOf(1) });
    publisher.fail();
    await publishing;
    await relay.close();
    expect(settled).toEqual([]);
    expect(isUnderWay(1)).toEqual([false]);
  });

  it('leaves what cannot be deleted to the sweeper, and goes on', async () => {
    failsToSettle = true;
    const first = relay.publish({ commit: commitOf(1) });
    publisher.store();
    await first;
    await jest.advanceTimersByTimeAsync(20);
    expect(isUnderWay(1)).toEqual([false]);
    failsToSettle = false;
    const second = relay.publish({ commit: commitOf(2) });
    publisher.store();
    await second;
    await relay.close();
    expect(settled).toEqual([[2]]);
  });

  it('closes when all that was being published is out of the outbox', async () => {
    for (const seq of [1, 2]) void relay.publish({ commit: commitOf(seq) });
    await relay.close();
    expect(settled).toEqual([[1, 2]]);
    expect(isUnderWay(1, 2)).toEqual([false, false]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
