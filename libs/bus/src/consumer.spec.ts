import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@bellwether/observability';
import { Consumer } from './consumer.ts';
import type { ConsumerOptions } from './consumer.ts';
import type { Consumption } from './consumption.ts';
import type { Outcome } from './deliver.ts';
import type { Received } from './received.ts';

describe('Consumer', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('settles each message by its outcome', async () => {
    const outcomes: Record<string, Outcome> = { good: 'ack', bad: 'nack' };
    const { consumer, stream } = open({ deliver: ({ id }) => Promise.resolve(outcomes[id] ?? 'nack') });
    const [good, bad] = [stream().receive('good'), stream().receive('bad')];
    await settle();
    await consumer.close();
    expect([good.settled, bad.settled]).toEqual(['ack', 'nack']);
  });

  it('handles the messages of one lane in order and lanes side by side', async () => {
    const work = pendingWork();
    const { consumer, stream } = open({ deliver: work.deliver, laneOf: ({ id }) => id[0] ?? '' });
    for (const id of ['a1', 'a2', 'b1']) stream().receive(id);
    await settle();
    expect(work.started).toEqual(['a1', 'b1']);
    work.finish('a1');
    await settle();
    expect(work.started).toEqual(['a1', 'b1', 'a2']);
    work.finish('a2', 'b1');
    await consumer.close();
  });

  it('starts what arrives at once in order, each when the one before it has had its turn', async () => {
    const log: string[] = [];
    const { consumer, stream } = open({
      deliver: async ({ id }) => {
        log.push(`${id} starts`);
        await Promise.resolve();
        log.push(`${id} ends`);
        return 'ack';
      },
    });
    const ids = Array.from({ length: 100 }, (_, i) => String(i));
    for (const id of ids) stream().receive(id);
    expect(log).toEqual([]);
    await settle();
    const starts = (id: string) => log.indexOf(`${id} starts`);
    expect(ids.toSorted((a, b) => starts(a) - starts(b))).toEqual(ids);
    for (const id of ids.slice(3)) expect(log.indexOf(`${Number(id) - 3} ends`)).toBeLessThan(starts(id));
    await consumer.close();
  });

  it('handles a message whose lane cannot be told', async () => {
    const { consumer, stream } = open({
      deliver: () => Promise.resolve('nack'),
      laneOf: () => {
        throw new SyntaxError('unexpected end');
      },
    });
    const message = stream().receive('poison');
    await settle();
    await consumer.close();
    expect(message.settled).toBe('nack');
  });

  it('stops pulling on close and waits for what is in flight', async () => {
    const work = pendingWork();
    const { consumer, stream } = open({ deliver: work.deliver });
    const message = stream().receive('1');
    await settle();
    const closed = consumer.close();
    expect(stream().isOpen).toBe(false);
    work.finish('1');
    await closed;
    expect(message.settled).toBe('ack');
  });

  it('leaves alone what was not started or not finished when it closed', async () => {
    const work = pendingWork();
    const { consumer, stream } = open({ deliver: work.deliver, laneOf: () => 'one' });
    const [unfinished, waiting] = [stream().receive('unfinished'), stream().receive('waiting')];
    await settle();
    const closed = consumer.close();
    const late = stream().receive('late');
    await jest.advanceTimersByTimeAsync(4_300);
    await closed;
    expect(work.started).toEqual(['unfinished']);
    expect([unfinished, waiting, late].map(({ settled }) => settled)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(stream().renews).toBe(false);
    work.fail('unfinished');
    await settle();
    expect(unfinished.settled).toBeUndefined();
  });

  it('is unhealthy from the death of its stream until a reopened one delivers', async () => {
    const { consumer, stream, streams } = open({ deliver: () => Promise.resolve('ack') });
    stream().die();
    await jest.advanceTimersByTimeAsync(1);
    expect(consumer.isHealthy).toBe(false);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(streams).toHaveLength(2);
    expect(consumer.isHealthy).toBe(false);
    stream().receive('1');
    expect(consumer.isHealthy).toBe(true);
    await settle();
    await consumer.close();
  });

  it('is healthy again when a reopened stream lives for five seconds', async () => {
    const { consumer, stream } = open({ deliver: () => Promise.resolve('ack') });
    stream().die();
    await jest.advanceTimersByTimeAsync(6_010);
    expect(consumer.isHealthy).toBe(true);
    await consumer.close();
  });

  it('reopens with a back-off of at most 30 s', async () => {
    const { consumer, stream, streams } = open({ deliver: () => Promise.resolve('ack') });
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      const before = streams.length;
      stream().die();
      await jest.advanceTimersByTimeAsync(seconds * 1_000 - 1);
      expect(streams).toHaveLength(before);
      await jest.advanceTimersByTimeAsync(2);
      expect(streams).toHaveLength(before + 1);
    }
    await consumer.close();
  });

  it('takes an interrupted stream, which the client retries, for healthy', async () => {
    const { consumer, stream } = open({ deliver: () => Promise.resolve('ack') });
    stream().emit('error', new Error('unavailable'));
    await jest.advanceTimersByTimeAsync(1);
    expect(consumer.isHealthy).toBe(true);
    await consumer.close();
  });

  it('does not reopen a stream that dies while it closes, nor one whose reopening was due', async () => {
    const { consumer, stream, streams } = open({ deliver: () => Promise.resolve('ack') });
    stream().die();
    await jest.advanceTimersByTimeAsync(500);
    await consumer.close();
    stream().die();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(streams).toHaveLength(1);
  });
});

class FakeMessage {
  readonly data = Buffer.alloc(0);
  readonly attributes = {};
  readonly deliveryAttempt = 0;
  readonly publishTime = { getTime: () => 0, getMicroseconds: () => 0, getNanoseconds: () => 0 };
  settled: Outcome | undefined;

  constructor(
    readonly id: string,
    readonly onSettled: () => void,
  ) {}

  ack() {
    this.settled ??= 'ack';
    this.onSettled();
  }

  nack() {
    this.settled ??= 'nack';
    this.onSettled();
  }
}

/** As much of the client's Subscription as the consumer uses. */
class FakeStream extends EventEmitter {
  isOpen = true;
  renews = true;
  #leased = 0;
  readonly #empty = Promise.withResolvers<void>();

  receive(id: string): FakeMessage {
    this.#leased += 1;
    const message = new FakeMessage(id, () => {
      this.#leased -= 1;
      if (this.#leased === 0) this.#empty.resolve();
    });
    this.emit('message', message);
    return message;
  }

  die() {
    this.emit('error', new Error('permission denied'));
    this.isOpen = false;
    this.emit('close');
  }

  async close(): Promise<void> {
    this.isOpen = false;
    if (this.#leased > 0) await this.#empty.promise;
  }

  setOptions({ maxExtensionTime }: { maxExtensionTime: { milliseconds: number } }) {
    this.renews = maxExtensionTime.milliseconds > 0;
  }
}

type Deliver = (message: Received) => Promise<Outcome>;

function open({ deliver, laneOf }: { readonly deliver: Deliver } & Pick<Consumption, 'laneOf'>) {
  const streams: FakeStream[] = [];
  const pubsub = {
    subscription() {
      const stream = new FakeStream();
      streams.push(stream);
      return stream;
    },
  };
  const consumption = { subscription: 's', pattern: 'p', ...(laneOf === undefined ? {} : { laneOf }) };
  const logger = createLogger({ service: 'test', level: 'silent' });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client's classes have private members
  const fake = pubsub as unknown as ConsumerOptions['pubsub'];
  const consumer = new Consumer({
    pubsub: fake,
    consumption,
    deliver: (message, tell) => void deliver(message).then((outcome) => tell(message, outcome)),
    logger,
  });
  const stream = () => {
    const newest = streams.at(-1);
    if (newest === undefined) throw new Error('no stream was opened');
    return newest;
  };
  return { consumer, stream, streams };
}

/** Handlers that end when they are told to. */
function pendingWork() {
  const started: string[] = [];
  const ends = new Map<string, (outcome: Outcome) => void>();
  return {
    started,
    deliver: ({ id }: { id: string }) =>
      new Promise<Outcome>((resolve) => {
        started.push(id);
        ends.set(id, resolve);
      }),
    finish: (...ids: string[]) => ids.forEach((id) => ends.get(id)?.('ack')),
    fail: (id: string) => ends.get(id)?.('nack'),
  };
}

async function settle() {
  await jest.advanceTimersByTimeAsync(0);
}
