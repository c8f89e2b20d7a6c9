import { describe, expect, it } from '@jest/globals';
import { step } from './machine.ts';
import { Script } from './script.fixture.ts';
import type { Options } from './script.fixture.ts';
import { createState } from './state.ts';
import type { PubSubState } from './state.ts';

/** Each line is what happens, and what is delivered or refused then. */
type Line = readonly [happens: string, told: string];

const exactlyOnce: Options = { enableExactlyOnceDelivery: true };
const invalid = 'PERMANENT_FAILURE_INVALID_ACK_ID';
const unordered = 'TRANSIENT_FAILURE_UNORDERED_ACK_ID';

const cases: readonly (readonly [title: string, options: Options, lines: readonly Line[]])[] = [
  [
    'confirms an acknowledgement once and refuses its repetition',
    exactlyOnce,
    [
      ['open 1', ''],
      ['publish a', '1:a'],
      ['ack a', ''],
      ['ack a', invalid],
    ],
  ],
  [
    'refuses acknowledgements, extensions and nacks of an ended lease',
    exactlyOnce,
    [
      ['open 1', ''],
      ['publish a', '1:a'],
      ['wait 10', '1:a'],
      ['ackOld a', invalid],
      ['extendOld 60 a', invalid],
      ['extendOld 0 a', invalid],
      ['ack a', ''],
    ],
  ],
  [
    'counts the valid acknowledgements of a request that has an invalid one',
    exactlyOnce,
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['ack none a', invalid],
      ['wait 10', '1:b'],
    ],
  ],
  [
    'delivers nothing again while it is leased, nor after its acknowledgement',
    exactlyOnce,
    [
      ['open 1', ''],
      ['publish a', '1:a'],
      ['wait 9', ''],
      ['extend 60 a', ''],
      ['wait 59', ''],
      ['ack a', ''],
      ['wait 600', ''],
    ],
  ],
  [
    'refuses acknowledgements of a key out of order, for now',
    { ...exactlyOnce, enableMessageOrdering: true },
    [
      ['open 1', ''],
      ['publish a1 a2 b1', '1:a1 1:a2 1:b1'],
      ['ack a2', unordered],
      ['ack b1', ''],
      ['ack a1 a2', ''],
      ['wait 60', ''],
    ],
  ],
  [
    'remembers acknowledgements after a restart',
    exactlyOnce,
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['ack none a', invalid],
      ['restart', ''],
      ['open 2', '2:b'],
      ['ackOld b', invalid],
      ['ack b', ''],
    ],
  ],
];

describe('exactly-once delivery on a stream', () => {
  const topic = 'projects/p/topics/main';
  const subscription = 'projects/p/subscriptions/main';

  function openStream(enableExactlyOnceDelivery: boolean): { state: PubSubState; ackId: string } {
    const state = createState(1_700_000_000_000_000);
    const request = { name: subscription, topic, enableExactlyOnceDelivery };
    step(state, { type: 'call', name: 'CreateTopic', request: { name: topic } }, state.now + 1);
    step(state, { type: 'call', name: 'CreateSubscription', request }, state.now + 1);
    const opening = { subscription, streamAckDeadlineSeconds: 60 };
    const { reply } = step(state, { type: 'open', consumer: 1, request: opening }, state.now + 1);
    expect(reply).toMatchObject({ response: { exactlyOnceDeliveryEnabled: enableExactlyOnceDelivery } });
    const messages = [{ data: Buffer.from('x') }];
    step(state, { type: 'call', name: 'Publish', request: { topic, messages } }, state.now + 1);
    const [delivery] = step(state, { type: 'tick' }, state.now + 1).deliveries;
    return { state, ackId: delivery?.messages[0]?.ackId ?? '' };
  }

  it('is confirmed ack id by ack id', () => {
    const { state, ackId } = openStream(true);
    const request = { ackIds: [ackId, 'none'], modifyDeadlineAckIds: ['none'], modifyDeadlineSeconds: [60] };
    const { confirmations } = step(state, { type: 'continue', consumer: 1, request }, state.now + 1);
    expect(confirmations).toEqual([
      {
        consumer: 1,
        response: {
          acknowledgeConfirmation: { ackIds: [ackId], invalidAckIds: ['none'], unorderedAckIds: [] },
          modifyAckDeadlineConfirmation: { ackIds: [], invalidAckIds: ['none'], unorderedAckIds: [] },
        },
      },
    ]);
  });

  it('is not confirmed without it', () => {
    const { state, ackId } = openStream(false);
    const request = { ackIds: [ackId, 'none'] };
    expect(step(state, { type: 'continue', consumer: 1, request }, state.now + 1).confirmations).toEqual([]);
  });

  it('is announced to open streams when it is switched on', () => {
    const { state } = openStream(false);
    const request = {
      subscription: { name: subscription, enableExactlyOnceDelivery: true },
      updateMask: { paths: ['enable_exactly_once_delivery'] },
    };
    const update = { type: 'call', name: 'UpdateSubscription', request } as const;
    expect(step(state, update, state.now + 1).confirmations).toEqual([
      {
        consumer: 1,
        response: {
          subscriptionProperties: { exactlyOnceDeliveryEnabled: true, messageOrderingEnabled: false },
        },
      },
    ]);
  });
});

describe('exactly-once delivery', () => {
  it.each(cases)('%s', (_, options, lines) => {
    const script = new Script(options);
    expect(lines.map(([happens]) => [happens, script.run(happens)])).toEqual(lines);
  });
});
