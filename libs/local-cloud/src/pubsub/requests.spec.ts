import { describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { step } from './machine.ts';
import type { CallInput, CallName } from './machine.ts';
import { createState } from './state.ts';
import type { PubSubState } from './state.ts';
import { StatusError } from './status.ts';

type Call = CallInput<CallName>;

const topic = 'projects/p/topics/main';
const subscription = 'projects/p/subscriptions/main';
const message = { data: Buffer.from('x') };

function answer(state: PubSubState, call: Call): object | StatusError {
  const { reply } = step(state, call, state.now + 1);
  if (reply === undefined) throw new Error('no reply');
  return 'error' in reply ? reply.error : reply.response;
}

function serviceWithTopicAndSubscription(): PubSubState {
  const state = createState(1_700_000_000_000_000);
  answer(state, { type: 'call', name: 'CreateTopic', request: { name: topic } });
  answer(state, { type: 'call', name: 'CreateSubscription', request: { name: subscription, topic } });
  return state;
}

const publish = (...messages: object[]): Call => ({
  type: 'call',
  name: 'Publish',
  request: { topic, messages },
});
const create = (options: object): Call => ({
  type: 'call',
  name: 'CreateSubscription',
  request: { name: 'projects/p/subscriptions/new', topic, ...options },
});
const update = (paths: string[], change: object): Call => ({
  type: 'call',
  name: 'UpdateSubscription',
  request: { subscription: { name: subscription, ...change }, updateMask: { paths } },
});

describe('refusals', () => {
  const refused: readonly (readonly [string, Call, status, RegExp])[] = [
    [
      'a topic that exists',
      { type: 'call', name: 'CreateTopic', request: { name: topic } },
      status.ALREADY_EXISTS,
      /^Resource already exists in the project \(resource=main\)\.$/,
    ],
    [
      'a topic with a bad name',
      { type: 'call', name: 'CreateTopic', request: { name: 'projects/p/topics/1' } },
      status.INVALID_ARGUMENT,
      /^Invalid resource name given \(name=projects\/p\/topics\/1\)/,
    ],
    [
      'a topic with a schema that is not there',
      {
        type: 'call',
        name: 'CreateTopic',
        request: { name: 'projects/p/topics/new', schemaSettings: { schema: 'projects/p/schemas/none' } },
      },
      status.NOT_FOUND,
      /resource=none/,
    ],
    [
      'a topic that is not there',
      { type: 'call', name: 'GetTopic', request: { topic: 'projects/p/topics/none' } },
      status.NOT_FOUND,
      /^Resource not found \(resource=none\)\.$/,
    ],
    [
      'publishing to a topic that is not there',
      { type: 'call', name: 'Publish', request: { topic: 'projects/p/topics/none', messages: [message] } },
      status.NOT_FOUND,
      /resource=none/,
    ],
    [
      'a subscription that is not there',
      { type: 'call', name: 'GetSubscription', request: { subscription: 'projects/p/subscriptions/none' } },
      status.NOT_FOUND,
      /resource=none/,
    ],
    ['a subscription that exists', create({ name: subscription }), status.ALREADY_EXISTS, /resource=main/],
    [
      'a subscription to no topic',
      create({ topic: 'projects/p/topics/none' }),
      status.NOT_FOUND,
      /resource=none/,
    ],
    ['a short ack deadline', create({ ackDeadlineSeconds: 9 }), status.INVALID_ARGUMENT, /value=9/],
    ['a long ack deadline', create({ ackDeadlineSeconds: 601 }), status.INVALID_ARGUMENT, /value=601/],
    ['a bad filter', create({ filter: 'kind = 1' }), status.INVALID_ARGUMENT, /filter/],
    [
      'too few delivery attempts',
      create({ deadLetterPolicy: { deadLetterTopic: topic, maxDeliveryAttempts: 4 } }),
      status.INVALID_ARGUMENT,
      /value=4/,
    ],
    [
      'a dead-letter topic that is not there',
      create({ deadLetterPolicy: { deadLetterTopic: 'projects/p/topics/none' } }),
      status.NOT_FOUND,
      /resource=none/,
    ],
    [
      'a back-off above the maximum',
      create({ retryPolicy: { minimumBackoff: { seconds: 20 }, maximumBackoff: { seconds: 10 } } }),
      status.INVALID_ARGUMENT,
      /backoff/,
    ],
    [
      'push to another host',
      create({ pushConfig: { pushEndpoint: 'https://example.com' } }),
      status.UNIMPLEMENTED,
      /Push/,
    ],
    ['push to nowhere', create({ pushConfig: { pushEndpoint: 'x' } }), status.INVALID_ARGUMENT, /endpoint=x/],
    [
      'another filter',
      update(['filter'], { filter: 'attributes:a' }),
      status.INVALID_ARGUMENT,
      /not mutable/,
    ],
    ['an update of nothing', update([], {}), status.INVALID_ARGUMENT, /update_mask/],
    [
      'a bad update',
      update(['ack_deadline_seconds'], { ackDeadlineSeconds: 5 }),
      status.INVALID_ARGUMENT,
      /value=5/,
    ],
    ['no message', publish(), status.INVALID_ARGUMENT, /message_count is too small/],
    [
      '1001 messages',
      publish(...Array.from({ length: 1001 }, () => message)),
      status.INVALID_ARGUMENT,
      /1001/,
    ],
    ['an empty message', publish(message, { data: Buffer.alloc(0) }), status.INVALID_ARGUMENT, /is empty/],
    ['10 MiB', publish({ data: Buffer.alloc(10 * 1024 * 1024) }), status.INVALID_ARGUMENT, /10485760/],
    [
      'two ordering keys',
      publish({ ...message, orderingKey: 'a' }, { ...message, orderingKey: 'b' }),
      status.INVALID_ARGUMENT,
      /the same ordering key/,
    ],
    [
      'a long ordering key',
      publish({ ...message, orderingKey: 'k'.repeat(1025) }),
      status.INVALID_ARGUMENT,
      /1024/,
    ],
    ['a long attribute', publish({ attributes: { a: 'x'.repeat(1025) } }), status.INVALID_ARGUMENT, /'a'/],
    [
      'a long extension',
      {
        type: 'call',
        name: 'ModifyAckDeadline',
        request: { subscription, ackIds: ['x'], ackDeadlineSeconds: 601 },
      },
      status.INVALID_ARGUMENT,
      /value=601/,
    ],
    [
      'a topic retention of five minutes',
      {
        type: 'call',
        name: 'UpdateTopic',
        request: {
          topic: { name: topic, messageRetentionDuration: { seconds: 300 } },
          updateMask: { paths: ['message_retention_duration'] },
        },
      },
      status.INVALID_ARGUMENT,
      /value=300/,
    ],
    [
      'another name of a topic',
      {
        type: 'call',
        name: 'UpdateTopic',
        request: { topic: { name: topic }, updateMask: { paths: ['name'] } },
      },
      status.INVALID_ARGUMENT,
      /not mutable/,
    ],
    [
      'a snapshot of no subscription',
      {
        type: 'call',
        name: 'CreateSnapshot',
        request: { name: 'projects/p/snapshots/new', subscription: 'projects/p/subscriptions/none' },
      },
      status.NOT_FOUND,
      /resource=none/,
    ],
    [
      'a time to live under a day',
      create({ expirationPolicy: { ttl: { seconds: 3600 } } }),
      status.INVALID_ARGUMENT,
      /one day/,
    ],
    [
      'a schema that is none',
      {
        type: 'call',
        name: 'CreateSchema',
        request: { parent: 'projects/p', schemaId: 'new', schema: { type: 'AVRO', definition: '{}' } },
      },
      status.INVALID_ARGUMENT,
      /schema/,
    ],
    [
      'the policy of nothing',
      { type: 'call', name: 'GetIamPolicy', request: { resource: 'projects/p/topics/none' } },
      status.NOT_FOUND,
      /resource=none/,
    ],
    [
      'detaching what is not there',
      {
        type: 'call',
        name: 'DetachSubscription',
        request: { subscription: 'projects/p/subscriptions/none' },
      },
      status.NOT_FOUND,
      /resource=none/,
    ],
    [
      'seeking to a snapshot that is not there',
      { type: 'call', name: 'Seek', request: { subscription, snapshot: 'projects/p/snapshots/x' } },
      status.NOT_FOUND,
      /resource=x/,
    ],
  ];

  it.each(refused)('%s', (_, call, code, details) => {
    const error = answer(serviceWithTopicAndSubscription(), call);
    expect(error).toMatchObject({ code, message: expect.stringMatching(details) });
  });

  it('changes nothing', () => {
    const state = serviceWithTopicAndSubscription();
    const { records, settlements } = step(state, publish(message, { data: Buffer.alloc(0) }), state.now + 1);
    expect([records, settlements]).toEqual([[], []]);
  });
});

describe('lists', () => {
  it('come in pages, in the order of names, of one project only', () => {
    const state = createState(0);
    for (const id of ['ccc', 'aaa', 'bbb']) {
      answer(state, { type: 'call', name: 'CreateTopic', request: { name: `projects/p/topics/${id}` } });
      answer(state, { type: 'call', name: 'CreateTopic', request: { name: `projects/p2/topics/${id}` } });
    }
    const list = (pageToken: string): object =>
      answer(state, {
        type: 'call',
        name: 'ListTopics',
        request: { project: 'projects/p', pageSize: 2, pageToken },
      });
    expect(list('')).toMatchObject({
      topics: [{ name: 'projects/p/topics/aaa' }, { name: 'projects/p/topics/bbb' }],
      nextPageToken: 'projects/p/topics/bbb',
    });
    expect(list('projects/p/topics/bbb')).toMatchObject({
      topics: [{ name: 'projects/p/topics/ccc' }],
      nextPageToken: '',
    });
  });
});

describe('a deleted topic', () => {
  it('leaves its subscriptions with what they hold', () => {
    const state = serviceWithTopicAndSubscription();
    answer(state, publish(message));
    answer(state, { type: 'call', name: 'DeleteTopic', request: { topic } });
    expect(answer(state, { type: 'call', name: 'GetSubscription', request: { subscription } })).toMatchObject(
      {
        topic: '_deleted-topic_',
      },
    );
    const pull = { type: 'pull', consumer: 1, request: { subscription, maxMessages: 1 } } as const;
    expect(step(state, pull, state.now + 1).deliveries[0]?.messages).toHaveLength(1);
  });
});

describe('a deleted subscription', () => {
  it('ends its streams with NOT_FOUND', () => {
    const state = serviceWithTopicAndSubscription();
    const request = { subscription, streamAckDeadlineSeconds: 10 };
    step(state, { type: 'open', consumer: 1, request }, state.now + 1);
    const deleted = { type: 'call', name: 'DeleteSubscription', request: { subscription } } as const;
    expect(step(state, deleted, state.now + 1).ended).toMatchObject([
      { consumer: 1, error: { code: status.NOT_FOUND } },
    ]);
  });
});
