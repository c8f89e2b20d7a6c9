import { stat } from 'node:fs/promises';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import protos from '@google-cloud/pubsub/build/protos/protos.js';
import { cleanups, closeAll, Service, subscriptionName, temporaryDirectory } from './pubsub-service.ts';

const megabyte = 1_000_000;

/** A message as gRPC sends it. */
function framed(body: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

afterEach(closeAll);

describe('a small backlog that much passes through', () => {
  it('leaves a log of bounded size, which is all that a start reads', async () => {
    const dataDir = await temporaryDirectory();
    const service = await Service.start(dataDir);
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    const receiver = service.receive(subscription);
    const logFile = join(dataDir, 'pubsub.log');
    const sizes: number[] = [];
    const rounds = 25;
    for (let round = 1; round <= rounds; round += 1) {
      await Promise.all(
        Array.from({ length: 8 }, () => topic.publishMessage({ data: Buffer.alloc(megabyte, round) })),
      );
      await receiver.count(round * 8);
      sizes.push((await stat(logFile)).size);
    }
    expect(Math.max(...sizes)).toBeLessThan(120 * megabyte);
  }, 120_000);
});

describe('a stream that is never read', () => {
  it('is sent a bounded share of the backlog, while others get all of it', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [unread] = await topic.createSubscription(subscriptionName());
    const [read] = await topic.createSubscription(subscriptionName());
    const session = connect(`http://127.0.0.1:${service.server.port}`);
    cleanups.push(() => Promise.resolve(session.destroy()));
    const { StreamingPullRequest } = protos.google.pubsub.v1;
    const request = StreamingPullRequest.encode({ subscription: unread.name, streamAckDeadlineSeconds: 600 });
    session
      .request({
        ':method': 'POST',
        ':path': '/google.pubsub.v1.Subscriber/StreamingPull',
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      .write(framed(request.finish()));
    const receiver = service.receive(read);
    const messages = 60;
    for (let sent = 0; sent < messages; sent += 10)
      await Promise.all(
        Array.from({ length: 10 }, () => topic.publishMessage({ data: Buffer.alloc(megabyte) })),
      );
    await receiver.count(messages);
    const toUnread = (service.meter.snapshot()['pubsub.deliveredMessages'] ?? 0) - messages;
    expect(toUnread).toBeGreaterThan(0);
    expect(toUnread).toBeLessThan(20);
  });
});
