import type { Publisher } from '@bellwether/bus';
import { decodeFrame, traceIdOf } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { FrameBuilder } from './frame-builder.ts';
import { FrameSender } from './frame-sender.ts';

const logger = createLogger({ service: 'spec', level: 'silent' });

/** A topic that acknowledges only when it is told to. */
class HeldTopic implements Publisher {
  readonly messages: { data: Uint8Array; attributes: Record<string, string> }[] = [];
  readonly #answers: PromiseWithResolvers<string>[] = [];

  async publish(data: Uint8Array, attributes: Record<string, string>): Promise<string> {
    this.messages.push({ data, attributes });
    const answer = Promise.withResolvers<string>();
    this.#answers.push(answer);
    return answer.promise;
  }

  async flush(): Promise<void> {
    await Promise.allSettled(this.#answers.map(({ promise }) => promise));
  }

  acknowledge(index: number): void {
    this.#answers[index]?.resolve(String(index));
  }

  fail(index: number, error: Error): void {
    this.#answers[index]?.reject(error);
  }
}

function frames(shard: number) {
  const builder = new FrameBuilder(shard, 'tape-0000000001');
  return () => builder.takeLast(1);
}

function start(maxOutstanding: number) {
  const held = [new HeldTopic(), new HeldTopic()] as const;
  let id = 0;
  const ids = {
    next: () => String((id += 1)),
    hex: (digits: number) => (id += 1).toString(16).padStart(digits, '0'),
  };
  return { held, sender: new FrameSender({ publishers: held, ids, logger, maxOutstanding }) };
}

describe('FrameSender', () => {
  it('publishes to the topic of the shard, with a trace of its own for each frame', async () => {
    const { held, sender } = start(8);
    const next = frames(1);
    await sender.send(next());
    await sender.send(next());
    const attributes = held[1].messages.map((message) => message.attributes);
    expect(attributes).toEqual([
      {
        shard: '01',
        epoch: 'tape-0000000001',
        number: '1',
        codec: '1',
        'ce-traceparent': expect.any(String),
      },
      {
        shard: '01',
        epoch: 'tape-0000000001',
        number: '2',
        codec: '1',
        'ce-traceparent': expect.any(String),
      },
    ]);
    const traces = attributes.map((each) => traceIdOf(each['ce-traceparent']));
    expect(new Set(traces).size).toBe(2);
    expect(traces).not.toContain(undefined);
    expect(held[1].messages.map(({ data }) => decodeFrame(data).number)).toEqual([1, 2]);
    expect(held[0].messages).toEqual([]);
  });

  it('holds the caller back while too many frames are not acknowledged', async () => {
    const { held, sender } = start(2);
    const next = frames(0);
    await sender.send(next());
    let hasRoom = false;
    const second = sender.send(next()).then(() => (hasRoom = true));
    await turn();
    expect(hasRoom).toBe(false);
    held[0].acknowledge(0);
    await second;
    expect(hasRoom).toBe(true);
  });

  it('drains when every frame is acknowledged', async () => {
    const { held, sender } = start(8);
    const next = frames(0);
    await sender.send(next());
    await sender.send(next());
    let isDrained = false;
    const drained = sender.drain().then(() => (isDrained = true));
    held[0].acknowledge(1);
    await turn();
    expect(isDrained).toBe(false);
    held[0].acknowledge(0);
    await drained;
    expect(isDrained).toBe(true);
  });

  it('sends nothing more once a frame could not be published', async () => {
    const { held, sender } = start(8);
    const next = frames(0);
    await sender.send(next());
    await sender.send(next());
    held[0].fail(0, new Error('topic is gone'));
    held[0].acknowledge(1);
    await turn();
    await expect(sender.send(next())).rejects.toThrow('a frame could not be published');
    await expect(sender.drain()).rejects.toThrow('a frame could not be published');
    expect(held[0].messages).toHaveLength(2);
  });
});
