import { describe, expect, it } from '@jest/globals';
import { Script } from './script.fixture.ts';
import type { Options } from './script.fixture.ts';

/**
 * Each line is what happens, and what is delivered then. `seek N` goes back N seconds, `return S` to the snapshot S,
 * `retain N` keeps what the topic got for N seconds.
 */
type Line = readonly [happens: string, delivered: string];

const retaining: Options = { retainAckedMessages: true, messageRetentionDuration: { seconds: 600 } };

const cases: readonly (readonly [title: string, options: Options, lines: readonly Line[]])[] = [
  [
    'a seek back delivers nothing acknowledged when nothing retains it',
    {},
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['ack a', ''],
      ['seek 60', '1:b'],
    ],
  ],
  [
    'a seek back delivers again what the subscription retains, acknowledged or not',
    retaining,
    [
      ['open 1', ''],
      ['publish a', '1:a'],
      ['ack a', ''],
      ['wait 5', ''],
      ['publish b c', '1:b 1:c'],
      ['ack b', ''],
      ['seek 2', '1:b 1:c'],
      ['seek 60', '1:a 1:b 1:c'],
    ],
  ],
  [
    'a seek back reaches no further than the retention',
    retaining,
    [
      ['open 1', ''],
      ['publish a', '1:a'],
      ['ack a', ''],
      ['wait 599', ''],
      ['publish b', '1:b'],
      ['ack b', ''],
      ['wait 1', ''],
      ['seek 700', '1:b'],
    ],
  ],
  [
    'a seek back delivers again what the topic retains',
    {},
    [
      ['retain 600', ''],
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['ack a b', ''],
      ['wait 5', ''],
      ['seek 60', '1:a 1:b'],
      ['ack a b', ''],
      ['retain', ''],
      ['seek 60', ''],
    ],
  ],
  [
    'a seek back keeps the order of a key',
    { ...retaining, enableMessageOrdering: true },
    [
      ['open 1', ''],
      ['publish a1 b1 a2', '1:a1 1:b1 1:a2'],
      ['ack a1', ''],
      ['seek 60', '1:a1 1:b1 1:a2'],
      ['nack a1', '1:a1 1:a2'],
    ],
  ],
  [
    'a seek to a snapshot delivers what was unacknowledged then and all since',
    {},
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['ack a', ''],
      ['snapshot sss', ''],
      ['ack b', ''],
      ['publish c', '1:c'],
      ['ack c', ''],
      ['return sss', '1:b 1:c'],
      ['ack b c', ''],
      ['return sss', '1:b 1:c'],
    ],
  ],
  [
    'a retaining subscription and its snapshots outlive a restart',
    retaining,
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['ack a', ''],
      ['snapshot sss', ''],
      ['ack b', ''],
      ['publish c', '1:c'],
      ['restart', ''],
      ['open 2', '2:c'],
      ['ack c', ''],
      ['return sss', '2:b 2:c'],
      ['ack b c', ''],
      ['seek 60', '2:a 2:b 2:c'],
      ['restart', ''],
      ['open 3', '3:a 3:b 3:c'],
    ],
  ],
  [
    'and a compaction',
    retaining,
    [
      ['open 1', ''],
      ['publish a b', '1:a 1:b'],
      ['ack a', ''],
      ['snapshot sss', ''],
      ['ack b', ''],
      ['publish c', '1:c'],
      ['compact', ''],
      ['restart', ''],
      ['open 2', '2:c'],
      ['ack c', ''],
      ['return sss', '2:b 2:c'],
      ['ack b c', ''],
      ['seek 60', '2:a 2:b 2:c'],
    ],
  ],
  [
    'a detached subscription drops what it holds and receives nothing, also after a restart',
    {},
    [
      ['publish a', ''],
      ['detach', ''],
      ['publish b', ''],
      ['restart', ''],
      ['publish c', ''],
    ],
  ],
];

describe('replay', () => {
  it.each(cases)('%s', (_, options, lines) => {
    const script = new Script(options);
    expect(lines.map(([happens]) => [happens, script.run(happens)])).toEqual(lines);
  });

  it('is refused to a snapshot that is not there', () => {
    expect(() => new Script({}).run('return none')).toThrow('Resource not found (resource=none).');
  });

  it('ends for a snapshot after seven days', () => {
    const script = new Script({});
    script.run('snapshot sss');
    script.run(`wait ${7 * 24 * 3600 + 1}`);
    expect(() => script.run('return sss')).toThrow('Resource not found (resource=sss).');
  });

  it('needs a subscription that is not detached', () => {
    const script = new Script({});
    script.run('detach');
    expect(() => script.run('open 1')).toThrow(/detached/);
  });
});

describe('expiry', () => {
  const day = 24 * 3600;

  it.each([
    ['is deleted after 31 days without use', {}, [`wait ${31 * day + 1}`], false],
    ['is kept by its use', {}, [`wait ${30 * day}`, 'open 1', 'close 1', `wait ${30 * day}`], true],
    ['is kept by an open stream', {}, ['open 1', `wait ${62 * day}`], true],
    [
      'lives as long as its policy says',
      { expirationPolicy: { ttl: { seconds: day } } },
      [`wait ${day + 1}`],
      false,
    ],
    ['lives for ever when its policy has no time', { expirationPolicy: {} }, [`wait ${400 * day}`], true],
  ] as const)('a subscription %s', (_, options, lines, isKept) => {
    const script = new Script(options);
    for (const line of lines) script.run(line);
    const open = (): string => script.run('open 9');
    if (isKept) expect(open()).toBe('');
    else expect(open).toThrow('Resource not found (resource=main).');
  });
});
