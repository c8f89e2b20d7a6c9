import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../src/core/clock.ts';
import { Meter } from '../src/core/meter.ts';
import { parseFaults } from '../src/faults/fault.ts';
import { FaultPlan } from '../src/faults/fault-plan.ts';
import { RequestFeed } from '../src/faults/request-feed.ts';
import { Traffic } from '../src/faults/traffic.ts';
import { startPubSub } from '../src/pubsub/index.ts';
import { cleanups, closeAll, Service } from './pubsub-service.ts';

afterEach(closeAll);

const json = expect.any(String);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const topic = 'projects/p/topics/main';
const subscription = 'projects/p/subscriptions/main';
const schema = 'projects/p/schemas/flag';
const avro = JSON.stringify({ type: 'record', name: 'Flag', fields: [{ name: 'on', type: 'boolean' }] });
const noContent = {};

class Rest {
  readonly faults = new FaultPlan();
  #port = 0;

  async start(): Promise<this> {
    const meter = new Meter();
    const traffic = new Traffic(this.faults, new RequestFeed(), meter);
    const server = await startPubSub({ port: 0, clock: systemClock(), meter, traffic });
    cleanups.push(() => server.close());
    this.#port = server.port;
    return this;
  }

  /** `call('GET projects/p/topics')` answers `[200, {...}]`. */
  async call(
    request: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<[number, unknown]> {
    const [method = '', path = ''] = request.split(' ');
    const response = await fetch(`http://127.0.0.1:${this.#port}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  }
}

/** The first text of the field anywhere in an answer. */
function find(field: string, answer: unknown): string {
  return new RegExp(`"${field}":\\[?"([^"]+)"`).exec(JSON.stringify(answer))?.[1] ?? '';
}

/** Publishes one message and pulls it. */
async function received(rest: Rest): Promise<string> {
  await rest.call(`PUT ${topic}`);
  await rest.call(`PUT ${subscription}`, { topic });
  await rest.call(`POST ${topic}:publish`, { messages: [{ data: base64('a') }] });
  const [, pulled] = await rest.call(`POST ${subscription}:pull`, { maxMessages: 1 });
  return find('ackId', pulled);
}

describe('the REST mapping of Pub/Sub', () => {
  it('serves the life of topics and subscriptions', async () => {
    const rest = await new Rest().start();
    const labels = { team: 'desk' };
    expect(await rest.call(`PUT ${topic}`, { labels })).toEqual([
      200,
      { name: topic, labels, state: 'ACTIVE' },
    ]);
    const created = {
      name: subscription,
      topic,
      pushConfig: {},
      ackDeadlineSeconds: 20,
      messageRetentionDuration: '604800s',
      expirationPolicy: { ttl: '2678400s' },
      retryPolicy: { minimumBackoff: '0.500s', maximumBackoff: '600s' },
      state: 'ACTIVE',
    };
    const asked = { topic, ackDeadlineSeconds: 20, retryPolicy: { minimumBackoff: '0.5s' } };
    expect(await rest.call(`PUT ${subscription}`, asked)).toEqual([200, created]);
    expect(await rest.call(`GET ${subscription}`)).toEqual([200, created]);
    const patch = { subscription: { ackDeadlineSeconds: 30 }, updateMask: 'ackDeadlineSeconds' };
    expect(await rest.call(`PATCH ${subscription}`, patch)).toEqual([
      200,
      { ...created, ackDeadlineSeconds: 30 },
    ]);
    const retention = { topic: { messageRetentionDuration: '600s' }, updateMask: 'messageRetentionDuration' };
    expect(await rest.call(`PATCH ${topic}`, retention)).toMatchObject([
      200,
      { messageRetentionDuration: '600s', labels },
    ]);
    expect(await rest.call(`GET ${topic}/subscriptions`)).toEqual([200, { subscriptions: [subscription] }]);
    const push = { pushConfig: { pushEndpoint: 'http://127.0.0.1:9/' } };
    expect(await rest.call(`POST ${subscription}:modifyPushConfig`, push)).toEqual([200, noContent]);
    expect(await rest.call(`GET ${subscription}`)).toMatchObject([200, push]);
    expect(await rest.call(`POST ${subscription}:detach`, {})).toEqual([200, noContent]);
    expect(await rest.call(`GET ${subscription}`)).toMatchObject([200, { detached: true }]);
    expect(await rest.call(`DELETE ${subscription}`)).toEqual([200, noContent]);
    expect(await rest.call(`DELETE ${topic}`)).toEqual([200, noContent]);
    expect(await rest.call(`GET ${topic}`)).toMatchObject([404, { error: { status: 'NOT_FOUND' } }]);
  });

  it('lists page by page', async () => {
    const rest = await new Rest().start();
    for (const id of ['aaa', 'bbb', 'ccc']) await rest.call(`PUT projects/p/topics/${id}`);
    const [, first] = await rest.call('GET projects/p/topics?pageSize=2');
    expect(first).toEqual({
      topics: ['aaa', 'bbb'].map((id) => ({ name: `projects/p/topics/${id}`, state: 'ACTIVE' })),
      nextPageToken: json,
    });
    const token = encodeURIComponent(find('nextPageToken', first));
    expect(await rest.call(`GET projects/p/topics?pageSize=2&pageToken=${token}`)).toEqual([
      200,
      { topics: [{ name: 'projects/p/topics/ccc', state: 'ACTIVE' }] },
    ]);
  });

  it('publishes, pulls and acknowledges', async () => {
    const rest = await new Rest().start();
    await rest.call(`PUT ${topic}`);
    await rest.call(`PUT ${subscription}`, { topic, enableMessageOrdering: true });
    const message = { data: base64('buy'), attributes: { side: 'long' }, orderingKey: 'k' };
    const [status, published] = await rest.call(`POST ${topic}:publish`, { messages: [message] });
    expect([status, published]).toEqual([200, { messageIds: [json] }]);
    const [, pulled] = await rest.call(`POST ${subscription}:pull`, { maxMessages: 5 });
    expect(pulled).toEqual({
      receivedMessages: [
        { ackId: json, message: { ...message, messageId: find('messageIds', published), publishTime: json } },
      ],
    });
    const ackIds = [find('ackId', pulled)];
    expect(
      await rest.call(`POST ${subscription}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds: 60 }),
    ).toEqual([200, noContent]);
    expect(await rest.call(`POST ${subscription}:acknowledge`, { ackIds })).toEqual([200, noContent]);
    expect(await rest.call(`POST ${subscription}:pull`, { maxMessages: 5, returnImmediately: true })).toEqual(
      [200, noContent],
    );
  });

  it('makes snapshots and seeks', async () => {
    const rest = await new Rest().start();
    await rest.call(`PUT ${topic}`);
    await rest.call(`PUT ${subscription}`, { topic });
    const snapshot = 'projects/p/snapshots/before';
    expect(await rest.call(`PUT ${snapshot}`, { subscription })).toEqual([
      200,
      { name: snapshot, topic, expireTime: json },
    ]);
    expect(await rest.call(`GET ${topic}/snapshots`)).toEqual([200, { snapshots: [snapshot] }]);
    await rest.call(`POST ${topic}:publish`, { messages: [{ data: base64('a') }] });
    const pull = `POST ${subscription}:pull`;
    const now = new Date(Date.now() + 1000).toISOString();
    expect(await rest.call(`POST ${subscription}:seek`, { time: now })).toEqual([200, noContent]);
    expect(await rest.call(pull, { maxMessages: 1, returnImmediately: true })).toEqual([200, noContent]);
    expect(await rest.call(`POST ${subscription}:seek`, { snapshot })).toEqual([200, noContent]);
    expect(await rest.call(pull, { maxMessages: 1 })).toMatchObject([
      200,
      { receivedMessages: [{ message: { data: base64('a') } }] },
    ]);
    expect(await rest.call(`DELETE ${snapshot}`)).toEqual([200, noContent]);
  });

  it('keeps schemas and validates by them', async () => {
    const rest = await new Rest().start();
    const [, made] = await rest.call('POST projects/p/schemas?schemaId=flag', {
      type: 'AVRO',
      definition: avro,
    });
    expect(made).toEqual({
      name: schema,
      type: 'AVRO',
      definition: avro,
      revisionId: json,
      revisionCreateTime: json,
    });
    expect(await rest.call('GET projects/p/schemas?view=FULL')).toEqual([200, { schemas: [made] }]);
    expect(await rest.call(`GET ${schema}:listRevisions?view=BASIC`)).toMatchObject([
      200,
      { schemas: [{ name: expect.stringContaining(schema) }] },
    ]);
    const validate = (text: string) =>
      rest.call('POST projects/p/schemas:validateMessage', {
        name: schema,
        message: base64(text),
        encoding: 'JSON',
      });
    expect(await validate('{"on":true}')).toEqual([200, noContent]);
    expect(await validate('{"on":1}')).toMatchObject([400, { error: { status: 'INVALID_ARGUMENT' } }]);
    const bad = { schema: { type: 'AVRO', definition: '{}' } };
    expect(await rest.call('POST projects/p/schemas:validate', bad)).toMatchObject([
      400,
      { error: { code: 400 } },
    ]);
    expect(await rest.call(`DELETE ${schema}`)).toEqual([200, noContent]);
  });

  it('keeps access policies', async () => {
    const rest = await new Rest().start();
    await rest.call(`PUT ${topic}`);
    const bindings = [{ role: 'roles/pubsub.viewer', members: ['allUsers'] }];
    const [, policy] = await rest.call(`POST ${topic}:setIamPolicy`, { policy: { bindings } });
    expect(policy).toEqual({ bindings, etag: json });
    const options = 'options.requestedPolicyVersion=3';
    expect(await rest.call(`GET ${topic}:getIamPolicy?${options}`)).toEqual([200, policy]);
    const permissions = ['pubsub.topics.get'];
    expect(await rest.call(`POST ${topic}:testIamPermissions`, { permissions })).toEqual([
      200,
      { permissions },
    ]);
    const stale = { policy: { bindings, etag: base64('old') } };
    expect(await rest.call(`POST ${topic}:setIamPolicy`, stale)).toMatchObject([
      409,
      { error: { status: 'ABORTED' } },
    ]);
  });

  it.each<[request: string, body: unknown, status: number, name: string]>([
    [`PUT ${topic}`, undefined, 409, 'ALREADY_EXISTS'],
    ['PUT projects/p/topics/goog-a', undefined, 400, 'INVALID_ARGUMENT'],
    [`PUT projects/p/subscriptions/other`, { topic: 'projects/p/topics/none' }, 404, 'NOT_FOUND'],
    [`POST ${topic}:publish`, { messages: [] }, 400, 'INVALID_ARGUMENT'],
    [`POST ${topic}:publish`, { messages: [{ data: '!' }] }, 400, 'INVALID_ARGUMENT'],
    [`POST ${topic}:publish`, { massages: [] }, 400, 'INVALID_ARGUMENT'],
    [`POST ${topic}:publish`, '{"messages":', 400, 'INVALID_ARGUMENT'],
    [`POST ${topic}:publish`, '[]', 400, 'INVALID_ARGUMENT'],
    [`POST ${topic}:shout`, {}, 404, 'NOT_FOUND'],
    ['GET nothing', undefined, 404, 'NOT_FOUND'],
    ['GET projects/p/topics/%E0%A4%A', undefined, 400, 'INVALID_ARGUMENT'],
    [
      'PUT projects/p/subscriptions/stored',
      { topic, cloudStorageConfig: { bucket: 'b' } },
      501,
      'UNIMPLEMENTED',
    ],
  ])('answers %s with %j by %i %s', async (request, body, status, name) => {
    const rest = await new Rest().start();
    await rest.call(`PUT ${topic}`);
    expect(await rest.call(request, body)).toEqual([
      status,
      { error: { code: status, message: json, status: name } },
    ]);
  });

  it('says of each ack id of an exactly-once subscription why it did not count', async () => {
    const rest = await new Rest().start();
    await rest.call(`PUT ${topic}`);
    await rest.call(`PUT ${subscription}`, { topic, enableExactlyOnceDelivery: true });
    expect(await rest.call(`POST ${subscription}:acknowledge`, { ackIds: ['x'] })).toMatchObject([
      400,
      {
        error: {
          status: 'INVALID_ARGUMENT',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
              domain: 'pubsub.googleapis.com',
              metadata: { x: 'PERMANENT_FAILURE_INVALID_ACK_ID' },
            },
          ],
        },
      },
    ]);
  });

  it('shares its port and its state with gRPC', async () => {
    const service = await Service.start();
    const created = await service.createTopic();
    const answer = await fetch(`http://127.0.0.1:${service.server.port}/v1/${created.name}`);
    expect(await answer.json()).toEqual({ name: created.name, state: 'ACTIVE' });
  });

  it('is closed to web pages and to rebound names', async () => {
    const rest = await new Rest().start();
    expect(await rest.call(`GET ${topic}`, undefined, { origin: 'https://example.com' })).toMatchObject([
      403,
      { error: { status: 'PERMISSION_DENIED' } },
    ]);
  });

  it('is struck as planned: before the effect nothing happens, after it only the answer is lost', async () => {
    const rest = await new Rest().start();
    const ackId = await received(rest);
    const at = { service: 'pubsub', method: 'Acknowledge', resource: subscription, times: 1 };
    const unavailable = { kind: 'error', code: 'UNAVAILABLE' };
    const acknowledge = () => rest.call(`POST ${subscription}:acknowledge`, { ackIds: [ackId] });
    rest.faults.add(parseFaults({ at: { ...at, side: 'before' }, do: unavailable }));
    expect(await acknowledge()).toMatchObject([503, { error: { status: 'UNAVAILABLE' } }]);
    const nack = { ackIds: [ackId], ackDeadlineSeconds: 0 };
    await rest.call(`POST ${subscription}:modifyAckDeadline`, nack);
    const [, again] = await rest.call(`POST ${subscription}:pull`, { maxMessages: 1 });
    const ackIds = [find('ackId', again)];
    rest.faults.add(parseFaults({ at: { ...at, side: 'after' }, do: { kind: 'drop' } }));
    await expect(rest.call(`POST ${subscription}:acknowledge`, { ackIds })).rejects.toThrow('fetch failed');
    await rest.call(`POST ${subscription}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds: 0 });
    const pulled = await rest.call(`POST ${subscription}:pull`, { maxMessages: 1, returnImmediately: true });
    expect(pulled).toEqual([200, noContent]);
  });
});
