import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPublisher } from '../src/index.ts';
import { startTestPubSub } from './start-pubsub.ts';
import type { TestPubSub } from './start-pubsub.ts';

describe('openPublisher', () => {
  let cloud: TestPubSub;

  beforeAll(async () => {
    cloud = await startTestPubSub();
    await cloud.pubsub.createTopic('topic');
  });
  afterAll(() => cloud.close());

  const never = { maxMessages: 100, maxMilliseconds: 600_000 };

  it('sends at once what is published while nothing is on its way', async () => {
    const publisher = openPublisher(cloud.pubsub, 'topic', never);
    const first = await publisher.publish(bytes('1'), {});
    expect(await publisher.publish(bytes('2'), {})).not.toBe(first);
  });

  it('gathers what follows it, and sends a batch when it is full', async () => {
    const publisher = openPublisher(cloud.pubsub, 'topic', { ...never, maxMessages: 2 });
    const stored: string[] = [];
    const publish = async (text: string): Promise<void> => {
      await publisher.publish(bytes(text), {});
      stored.push(text);
    };
    const [first, second] = [publish('1'), publish('2')];
    await first;
    expect(stored).toEqual(['1']);
    await Promise.all([second, publish('3')]);
    expect(stored.toSorted((a, b) => a.localeCompare(b))).toEqual(['1', '2', '3']);
  });

  it('flushes what waits and what is on its way', async () => {
    const publisher = openPublisher(cloud.pubsub, 'topic', { ...never, maxMessages: 2 });
    const stored: string[] = [];
    const publishing = ['1', '2', '3'].map(async (text) => {
      await publisher.publish(bytes(text), {});
      stored.push(text);
    });
    await publisher.flush();
    await Promise.resolve();
    expect(stored.toSorted((a, b) => a.localeCompare(b))).toEqual(['1', '2', '3']);
    await Promise.all(publishing);
  });

  it('tells the publish of a failure, not the flush', async () => {
    const publisher = openPublisher(cloud.pubsub, 'unknown', never);
    const publishing = publisher.publish(bytes('1'), {});
    await Promise.all([expect(publishing).rejects.toMatchObject({ code: 5 }), publisher.flush()]);
    await expect(publisher.flush()).resolves.toBeUndefined();
  });
});

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
