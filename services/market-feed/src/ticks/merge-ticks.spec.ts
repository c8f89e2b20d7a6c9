import { describe, expect, it } from '@jest/globals';
import { instrument, tick } from './tick.builder.ts';
import { mergeTicks } from './merge-ticks.ts';
import type { Tick } from './tick.ts';

const first = instrument('FIRST');
const second = instrument('SECOND');
const third = instrument('THIRD');

async function* stream(...batches: Tick[][]): AsyncGenerator<readonly Tick[]> {
  yield* batches;
}

async function collect(streams: AsyncIterable<readonly Tick[]>[]): Promise<string[]> {
  const found: string[] = [];
  for await (const ticks of mergeTicks(streams))
    found.push(...ticks.map((each) => `${each.instrument.symbol} ${each.exchangeAt}`));
  return found;
}

describe('mergeTicks', () => {
  it('orders by time, and equal times by the order of the streams', async () => {
    const found = await collect([
      stream([tick(first, 1), tick(first, 3)], [tick(first, 3), tick(first, 9)]),
      stream([tick(second, 2)], [], [tick(second, 3)], [tick(second, 3), tick(second, 4)]),
      stream(),
      stream([tick(third, 3)]),
    ]);
    expect(found).toEqual([
      'FIRST 1',
      'SECOND 2',
      'FIRST 3',
      'FIRST 3',
      'SECOND 3',
      'SECOND 3',
      'THIRD 3',
      'SECOND 4',
      'FIRST 9',
    ]);
  });

  it('ends every stream when it is ended early', async () => {
    const ended: string[] = [];
    async function* endless(name: string): AsyncGenerator<readonly Tick[]> {
      try {
        for (let at = 1; ; at += 1) yield [tick(first, at)];
      } finally {
        ended.push(name);
      }
    }
    for await (const ticks of mergeTicks([endless('a'), endless('b')])) if (ticks.length > 0) break;
    expect(ended).toEqual(['a', 'b']);
  });
});
