import type { Frame, HealthChange } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bitcoin, frameOf } from '../ticks/frame.builder.ts';
import { SymbolPauses } from './symbol-pauses.ts';

const ether = { ...bitcoin, symbol: 'ETH-USDT' };
const instruments = [bitcoin, ether];

/** Ticks of Bitcoin and Ether in turn. */
function frame(ticks: number, health: readonly HealthChange[] = [], parts: Partial<Frame> = {}): Frame {
  const found = frameOf({
    instruments,
    ...parts,
    ticks: Array.from({ length: ticks }, (_, i) => ({ instrument: i % 2, exchangeAt: i, first: i + 1 })),
  });
  return health.length === 0 ? found : { ...found, health };
}

function change(at: number, symbol: string, health: HealthChange['health']): HealthChange {
  return { at, symbol, health, reason: 'spec', since: at };
}

/** The symbols of a frame's ticks, as the book is given them. */
function symbolsOf({ instruments: found, instrument }: Frame): string[] {
  return Array.from(instrument, (index) => found[index]?.symbol ?? '?');
}

describe('the pauses of symbols', () => {
  it('leave a frame alone while every symbol is healthy', () => {
    const whole = frame(4);
    expect(new SymbolPauses().follow(whole)).toEqual({ judged: whole, changes: [] });
  });

  it('take the ticks of a paused symbol from the book, from the change on and until the next', () => {
    const pauses = new SymbolPauses();
    const changes = [change(2, 'BTC-USDT', 'stale'), change(6, 'BTC-USDT', 'healthy')];
    const { judged } = pauses.follow(frame(8, changes));
    const [B, E] = ['BTC-USDT', 'ETH-USDT'];
    expect(symbolsOf(judged)).toEqual([B, E, '', E, '', E, B, E]);
    expect(pauses.symbols).toEqual([]);
  });

  it('last over frames, and say where they begin and end', () => {
    const pauses = new SymbolPauses();
    const first = pauses.follow(frame(2, [change(2, 'ETH-USDT', 'suspect')]));
    expect(symbolsOf(first.judged)).toEqual(['BTC-USDT', 'ETH-USDT']);
    expect(pauses.symbols).toEqual(['ETH-USDT']);
    const next = { number: 2, firstOrdinal: 2 };
    expect(symbolsOf(pauses.follow(frame(2, [], next)).judged)).toEqual(['BTC-USDT', '']);
    const last = pauses.follow(frame(2, [change(1, 'ETH-USDT', 'healthy')], { number: 3, firstOrdinal: 4 }));
    const place = { shard: 0, epoch: 'e1', index: 0 };
    expect(first.changes).toEqual([
      {
        symbol: 'ETH-USDT',
        health: 'suspect',
        reason: 'spec',
        since: 2,
        place: { ...place, frame: 1, ordinal: 2 },
      },
    ]);
    expect(last.changes).toEqual([
      {
        symbol: 'ETH-USDT',
        health: 'healthy',
        reason: 'spec',
        since: 1,
        place: { ...place, frame: 3, ordinal: 5 },
      },
    ]);
  });

  it('go on from a checkpoint', () => {
    const pauses = new SymbolPauses({ epoch: 'e1', paused: ['BTC-USDT'] });
    expect(symbolsOf(pauses.follow(frame(2)).judged)).toEqual(['', 'ETH-USDT']);
  });

  it('end with the epoch, which is said', () => {
    const pauses = new SymbolPauses({ epoch: 'e0', paused: ['BTC-USDT', 'ETH-USDT'] });
    const { judged, changes } = pauses.follow(frame(2, [change(0, 'ETH-USDT', 'stale')]));
    expect(symbolsOf(judged)).toEqual(['BTC-USDT', '']);
    expect(changes.map(({ symbol, health, place: { index } }) => `${index} ${symbol} ${health}`)).toEqual([
      '0 BTC-USDT healthy',
      '1 ETH-USDT healthy',
      '2 ETH-USDT stale',
    ]);
  });

  it('mask exactly the ticks after which a symbol was last said to be unhealthy', () => {
    const changesArb = fc.array(
      fc.record({
        at: fc.nat({ max: 24 }),
        symbol: fc.constantFrom('BTC-USDT', 'ETH-USDT', 'SOL-USDT'),
        health: fc.constantFrom('healthy' as const, 'stale' as const, 'suspect' as const),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(changesArb, fc.nat({ max: 24 }), (found, split) => {
        const all = found
          .map(({ at, symbol, health }) => change(at, symbol, health))
          .toSorted((a, b) => a.at - b.at);
        const pauses = new SymbolPauses();
        const whole = frame(24);
        // Two frames, divided anywhere: a change at the border may stand in either.
        const [left, right] = [all.filter(({ at }) => at <= split), all.filter(({ at }) => at > split)];
        const cut = (from: number, to: number, health: readonly HealthChange[], number: number): Frame => ({
          ...whole,
          number,
          firstOrdinal: from,
          length: to - from,
          instrument: whole.instrument.slice(from, to),
          health: health.map((each) => ({ ...each, at: each.at - from })),
        });
        const judged = [cut(0, split, left, 1), cut(split, 24, right, 2)].flatMap((each) =>
          symbolsOf(pauses.follow(each).judged),
        );
        const expected = symbolsOf(whole).map((symbol, i) => {
          const last = all.findLast((each) => each.symbol === symbol && each.at <= i);
          return last === undefined || last.health === 'healthy' ? symbol : '';
        });
        expect(judged).toEqual(expected);
      }),
    );
  });
});
