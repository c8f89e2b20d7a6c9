import { describe, expect, it } from '@jest/globals';
import { Script } from './script.fixture.ts';
import type { Options } from './script.fixture.ts';

/**
 * Each line is what happens, and what is delivered then as `stream:message`, `/attempt` where attempts are counted.
 * In an ordered subscription the first letter of a message is its ordering key; `_` has none.
 */
type Line = readonly [happens: string, delivered: string];

const ordered: Options = { enableMessageOrdering: true };
const deadLetters: Options = {
  deadLetterPolicy: { deadLetterTopic: 'projects/p/topics/dead', maxDeliveryAttempts: 5 },
};
const backoff: Options = {
  retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 30 } },
};

const cases: readonly (readonly [title: string, options: Options, lines: readonly Line[]])[] = [
  [
    'delivers in publish order, what was published before the stream opened too',
    {},
    [
      ['publish a b', ''],
      ['open 1', '1:a 1:b'],
      ['publish c', '1:c'],
    ],
  ],
  [
    'gives each message to one stream, in turns',
    {},
    [
      ['open 1', ''],
      ['open 2', ''],
      ['publish a b c d', '1:b 1:d 2:a 2:c'],
    ],
  ],
  [
    'redelivers a nacked message at once, before newer ones',
    {},
    [
      ['open 1 messages=2', ''],
      ['publish a b c', '1:a 1:b'],
      ['nack b', '1:b'],
      ['nack a b', '1:a 1:b'],
    ],
  ],
  [
    'redelivers when the deadline has passed, not before',
    {},
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['wait 5', ''],
      ['extend 10 b', ''],
      ['wait 4.999999', ''],
      ['wait 0.000001', '1:a'],
      ['wait 5', '1:b'],
    ],
  ],
  [
    'ignores acknowledgements and extensions that come too late',
    {},
    [
      ['open 1', ''],
      ['publish a', '1:a'],
      ['wait 10', '1:a'],
      ['ackOld a', ''],
      ['extendOld 60 a', ''],
      ['wait 10', '1:a'],
      ['ack a', ''],
      ['ack a', ''],
      ['wait 100', ''],
    ],
  ],
  [
    'keeps the messages of a broken stream until their deadline',
    {},
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['close 1', ''],
      ['open 2', ''],
      ['ack b', ''],
      ['wait 9', ''],
      ['wait 1', '2:a'],
    ],
  ],
  [
    'uses the deadline of the stream',
    {},
    [
      ['open 1 deadline=30', ''],
      ['publish a', '1:a'],
      ['wait 29', ''],
      ['wait 1', '1:a'],
    ],
  ],
  [
    'never has more messages outstanding than the stream allows',
    {},
    [
      ['open 1 messages=2', ''],
      ['publish a b c d', '1:a 1:b'],
      ['ack a', '1:c'],
      ['ack b c', '1:d'],
    ],
  ],
  [
    'sends no further message once the allowed bytes are outstanding',
    {},
    [
      ['open 1 bytes=1', ''],
      ['publish a b', '1:a'],
      ['ack a', '1:b'],
    ],
  ],
  [
    'sends nothing while the connection takes nothing',
    {},
    [
      ['open 1', ''],
      ['block 1', ''],
      ['publish a', ''],
      ['unblock 1', '1:a'],
    ],
  ],
  [
    'backs off longer with every failure, up to the maximum',
    backoff,
    [
      ['open 1 deadline=600', ''],
      ['publish a', '1:a'],
      ['nack a', ''],
      ['publish b', '1:b'],
      ['wait 9', ''],
      ['wait 1', '1:a'],
      ['nack a', ''],
      ['wait 20', '1:a'],
      ['nack a', ''],
      ['wait 29', ''],
      ['wait 1', '1:a'],
      ['nack b', ''],
      ['wait 10', '1:b'],
    ],
  ],
  [
    'counts attempts and forwards to the dead-letter topic after the last',
    deadLetters,
    [
      ['open 1', ''],
      ['publish a', '1:a/1'],
      ['nack a', '1:a/2'],
      ['wait 10', '1:a/3'],
      ['nack a', '1:a/4'],
      ['nack a', '1:a/5'],
      ['nack a', 'dead:a'],
      ['wait 100', ''],
    ],
  ],
  [
    'answers a waiting pull with the first messages, and an idle one with none',
    {},
    [
      ['pull 1 2', ''],
      ['publish a b c', '1:a 1:b'],
      ['pull 2 5', '2:c'],
      ['pull 3 5', ''],
      ['ack a b c', ''],
      ['wait 20', '3:'],
    ],
  ],
  [
    'sends a key to one stream only, in order, while others flow elsewhere',
    ordered,
    [
      ['open 1', ''],
      ['open 2', ''],
      ['publish a1 a2 b1 b2 a3', '1:b1 1:b2 2:a1 2:a2 2:a3'],
      ['publish b3 a4', '1:b3 2:a4'],
    ],
  ],
  [
    'waits for room at the stream that has the key, without holding up other keys',
    ordered,
    [
      ['open 1 messages=1', ''],
      ['open 2 messages=2', ''],
      ['publish a1', '2:a1'],
      ['publish b1 b2 c1', '1:b1 2:c1'],
      ['ack b1', '1:b2'],
    ],
  ],
  [
    'redelivers a nacked message and all later ones of its key, acknowledged or not',
    ordered,
    [
      ['open 1', ''],
      ['publish a1 a2 a3 b1', '1:a1 1:a2 1:a3 1:b1'],
      ['ack a3', ''],
      ['nack a2', '1:a2 1:a3'],
      ['ack a1 a2 a3', ''],
      ['wait 100', '1:b1'],
    ],
  ],
  [
    'ignores the ack ids of ordered messages that were taken back',
    ordered,
    [
      ['open 1', ''],
      ['publish a1 a2', '1:a1 1:a2'],
      ['nack a1', '1:a1 1:a2'],
      ['ackOld a1 a2', ''],
      ['wait 10', '1:a1 1:a2'],
    ],
  ],
  [
    'redelivers an ordered message whose deadline has passed with all later ones',
    ordered,
    [
      ['open 1', ''],
      ['publish a1 a2 a3', '1:a1 1:a2 1:a3'],
      ['extend 60 a1 a3', ''],
      ['wait 10', '1:a2 1:a3'],
    ],
  ],
  [
    'puts new messages of a key behind those that are delivered again',
    { ...ordered, ...backoff },
    [
      ['open 1 deadline=60', ''],
      ['publish a1', '1:a1'],
      ['nack a1', ''],
      ['publish a2 b1', '1:b1'],
      ['wait 10', '1:a1 1:a2'],
    ],
  ],
  [
    'gives a key to no other stream before the leases of a broken one have ended',
    ordered,
    [
      ['open 1', ''],
      ['publish a1 a2', '1:a1 1:a2'],
      ['open 2', ''],
      ['close 1', ''],
      ['publish a3 b1', '2:b1'],
      ['ack b1 a1', ''],
      ['wait 10', '2:a2 2:a3'],
    ],
  ],
  [
    'has one batch of a key outstanding among pulls',
    ordered,
    [
      ['publish a1 a2 b1', ''],
      ['pull 1 1', '1:a1'],
      ['pull 2 9', '2:b1'],
      ['ack a1', ''],
      ['pull 3 9', '3:a2'],
    ],
  ],
  [
    'takes a dead letter out of its key and goes on with the rest',
    { ...ordered, ...deadLetters },
    [
      ['open 1', ''],
      ['publish a1 a2', '1:a1/1 1:a2/1'],
      ['nack a1', '1:a1/2 1:a2/1'],
      ['nack a1', '1:a1/3 1:a2/1'],
      ['nack a1', '1:a1/4 1:a2/1'],
      ['nack a1', '1:a1/5 1:a2/1'],
      ['nack a1', 'dead:a1 1:a2/1'],
    ],
  ],
  [
    'delivers messages without a key of an ordered subscription as any others',
    ordered,
    [
      ['open 1', ''],
      ['publish _1 _2', '1:_1 1:_2'],
      ['nack _1', '1:_1'],
    ],
  ],
  [
    'delivers after a restart what was not acknowledged, in order',
    ordered,
    [
      ['open 1', ''],
      ['publish a1 a2 b1 b2', '1:a1 1:a2 1:b1 1:b2'],
      ['ack a2 b1', ''],
      ['restart', ''],
      ['publish b3', ''],
      ['compact', ''],
      ['publish c1', ''],
      ['restart', ''],
      ['open 2', '2:a1 2:a2 2:b2 2:b3 2:c1'],
    ],
  ],
  [
    'forgets what was published before the time it is sought to, and delivers the rest anew',
    ordered,
    [
      ['open 1', ''],
      ['publish a1', '1:a1'],
      ['wait 1', ''],
      ['publish a2 b1', '1:a2 1:b1'],
      ['seek', '1:a2 1:b1'],
      ['restart', ''],
      ['open 2', '2:a2 2:b1'],
    ],
  ],
  [
    'keeps an unacknowledged message for its retention only',
    { messageRetentionDuration: { seconds: 600 } },
    [
      ['publish a', ''],
      ['wait 599', ''],
      ['publish b', ''],
      ['wait 1', ''],
      ['open 1', '1:b'],
    ],
  ],
];

describe('delivery', () => {
  it.each(cases)('%s', (_, options, lines) => {
    const script = new Script(options);
    expect(lines.map(([happens]) => [happens, script.run(happens)])).toEqual(lines);
  });
});
