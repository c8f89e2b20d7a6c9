import { PubSub } from '@google-cloud/pubsub';
import { describe, expect, it, jest } from '@jest/globals';
import { openPublisher } from './publisher.ts';

describe('a publisher', () => {
  it('hands bytes to the client as a buffer of the same memory, which it looks into no further', async () => {
    const pubsub = new PubSub({ projectId: 'test' });
    const published: (Uint8Array | string | null | undefined)[] = [];
    const topic = Object.assign(pubsub.topic('ticks'), {
      publishMessage: async (message: { data?: Uint8Array | string | null }) =>
        Promise.resolve(`${published.push(message.data)}`),
    });
    jest.spyOn(pubsub, 'topic').mockReturnValue(topic);
    const bytes = Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 4);
    const publisher = openPublisher(pubsub, 'ticks', { maxMessages: 1, maxMilliseconds: 0 });
    expect(await publisher.publish(bytes, {})).toBe('1');
    const [data] = published;
    expect(Buffer.isBuffer(data)).toBe(true);
    expect(data).toEqual(Buffer.of(2, 3, 4));
    bytes[0] = 9;
    expect(data).toEqual(Buffer.of(9, 3, 4));
  });
});
