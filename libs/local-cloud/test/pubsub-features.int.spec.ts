import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AckError, Encodings, SchemaTypes, SchemaViews } from '@google-cloud/pubsub';
import type { Message } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import {
  cleanups,
  closeAll,
  publishAll,
  Service,
  subscriptionName,
  temporaryDirectory,
} from './pubsub-service.ts';

afterEach(closeAll);

const province = JSON.stringify({
  type: 'record',
  name: 'Province',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'code', type: 'string' },
  ],
});

describe('exactly-once delivery', () => {
  it('confirms each acknowledgement, and says which came too late', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName(), {
      enableExactlyOnceDelivery: true,
    });
    const receiver = service.receive(subscription);
    const messages: Message[] = [];
    receiver.handle = (message) => void messages.push(message);
    await publishAll(topic, ['in time', 'late']);
    await receiver.count(2);
    const [first, second] = messages;
    expect(await first?.ackWithResponse()).toBe('SUCCESS');
    service.advance(3600);
    await expect(second?.ackWithResponse()).rejects.toThrow(AckError);
  });
});

describe('snapshots', () => {
  it('bring back what was acknowledged after them, also after a restart', async () => {
    const dataDir = await temporaryDirectory();
    const before = await Service.start(dataDir);
    const topic = await before.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    await publishAll(topic, ['a']);
    await subscription.createSnapshot('before');
    const { ackIds } = await before.pull(subscription.name);
    await before.subscriber.acknowledge({ subscription: subscription.name, ackIds });
    expect((await before.client.getSnapshots())[0].map(({ name }) => name)).toEqual([
      'projects/p/snapshots/before',
    ]);
    await before.client.close();
    await before.server.close();
    const after = await Service.start(dataDir);
    await after.client.subscription(subscription.name).seek('before');
    expect((await after.pull(subscription.name)).texts).toEqual(['a']);
    await after.client.snapshot('before').delete();
    await expect(after.client.subscription(subscription.name).seek('before')).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });
});

describe('schemas', () => {
  it('refuse what does not conform, and tell subscribers the revision', async () => {
    const service = await Service.start();
    await service.client.createSchema('province', SchemaTypes.Avro, province);
    const [topic] = await service.client.createTopic({
      name: 'projects/p/topics/provinces',
      schemaSettings: { schema: 'projects/p/schemas/province', encoding: Encodings.Json },
    });
    const [subscription] = await topic.createSubscription(subscriptionName());
    await expect(topic.publishMessage({ json: { name: 'Ontario' } })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
    await topic.publishMessage({ json: { name: 'Ontario', code: 'ON' } });
    const received: Message[] = [];
    const receiver = service.receive(subscription);
    receiver.handle = (message) => (received.push(message), message.ack());
    expect(await receiver.count(1)).toEqual(['{"name":"Ontario","code":"ON"}']);
    const { revisionId } = await service.client.schema('province').get(SchemaViews.Full);
    expect(received[0]?.attributes).toEqual({
      googclient_schemaencoding: 'JSON',
      googclient_schemaname: 'projects/p/schemas/province',
      googclient_schemarevisionid: revisionId,
    });
  });

  it('are listed, validated, kept and deleted', async () => {
    const dataDir = await temporaryDirectory();
    const before = await Service.start(dataDir);
    await before.client.createSchema('province', SchemaTypes.Avro, province);
    await before.client.close();
    await before.server.close();
    const { client } = await Service.start(dataDir);
    const listed: (string | null | undefined)[] = [];
    for await (const { name, definition } of client.listSchemas(SchemaViews.Full))
      listed.push(name, definition);
    expect(listed).toEqual(['projects/p/schemas/province', province]);
    await expect(
      client.validateSchema({ type: SchemaTypes.Avro, definition: '{"not":"avro"}' }),
    ).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await client.schema('province').delete();
    await expect(client.schema('province').get(SchemaViews.Full)).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });
});

describe('push', () => {
  it('posts messages with a token until they are answered with success', async () => {
    const requests: { headers: IncomingHttpHeaders; body: string }[] = [];
    const done = Promise.withResolvers<void>();
    const endpoint = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(requests.length === 1 ? 500 : 204).end();
        if (requests.length === 2) done.resolve();
      });
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => {
      endpoint.closeAllConnections();
      await new Promise((resolve) => endpoint.close(resolve));
    });
    const address = endpoint.address();
    const pushEndpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/messages`;
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName(), {
      pushConfig: { pushEndpoint, oidcToken: { serviceAccountEmail: 'push@p.iam', audience: 'me' } },
    });
    const messageId = await topic.publishMessage({ data: Buffer.from('hello'), attributes: { a: 'b' } });
    await done.promise;
    const [, second] = requests;
    expect(JSON.parse(second?.body ?? '')).toMatchObject({
      message: { data: 'aGVsbG8=', attributes: { a: 'b' }, messageId, message_id: messageId },
      subscription: subscription.name,
    });
    const [, claims = ''] = (second?.headers.authorization ?? '').split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: 'me',
      email: 'push@p.iam',
      iss: 'https://accounts.google.com',
    });
    await expect(service.pull(subscription.name)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    await subscription.modifyPushConfig({});
    await publishAll(topic, ['pulled']);
    expect((await service.pull(subscription.name)).texts).toContain('pulled');
  });
});

describe('ordered publishing', () => {
  it('halts for a key when a message of it is refused, until it is resumed', async () => {
    const service = await Service.start();
    const { name } = await service.createTopic();
    const topic = service.client.topic(name, { messageOrdering: true, batching: { maxMessages: 1 } });
    const publish = (text: string, orderingKey: string): Promise<string> =>
      topic.publishMessage({ data: Buffer.from(text), orderingKey });
    const outcomes = await Promise.allSettled([publish('', 'a'), publish('x', 'a'), publish('y', 'b')]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    topic.resumePublishing('a');
    await expect(publish('x', 'a')).resolves.toMatch(/^\d+$/);
  });
});

describe('access policies', () => {
  it('are kept, with an etag against lost updates', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const bindings = [{ role: 'roles/pubsub.publisher', members: ['user:a@example.com'] }];
    const [policy] = await topic.iam.setPolicy({ bindings });
    expect((await topic.iam.getPolicy())[0]).toMatchObject({ bindings });
    await topic.iam.setPolicy({ bindings, etag: policy.etag ?? '' });
    await expect(topic.iam.setPolicy({ bindings, etag: policy.etag ?? '' })).rejects.toMatchObject({
      code: status.ABORTED,
    });
    expect((await topic.iam.testPermissions(['pubsub.topics.get']))[0]).toEqual({
      'pubsub.topics.get': true,
    });
  });
});

describe('detached subscriptions', () => {
  it('say so, and their topic no longer lists them', async () => {
    const service = await Service.start();
    const topic = await service.createTopic();
    const [subscription] = await topic.createSubscription(subscriptionName());
    await service.client.detachSubscription(subscription.name);
    expect(await subscription.detached()).toEqual([true]);
    expect((await topic.getSubscriptions())[0]).toEqual([]);
  });
});
