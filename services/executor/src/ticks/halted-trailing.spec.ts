import type { ShardCheckpoint } from '@bellwether/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { openPosition, over } from './armed.builder.ts';
import type { Fired } from './fired.ts';
import { frameOf } from './frame.builder.ts';
import { ShardBook } from './shard-book.ts';

/** What fires while its account is halted comes back to the book when trading is resumed. */
describe('a trailing stop that fires while its account is halted', () => {
  let book: ShardBook;
  let ordinal: number;

  beforeEach(() => {
    book = new ShardBook();
    ordinal = 0;
  });

  /** Judges trades at these prices, in one frame. */
  function trade(...prices: readonly number[]): readonly Fired[] {
    const ticks = prices.map((price, i) => ({ exchangeAt: ordinal + i, first: price * 100 }));
    const frame = frameOf({ epoch: 'e1', number: ordinal + 1, firstOrdinal: ordinal, ticks });
    ordinal += prices.length;
    return book.evaluate(frame);
  }
  const resume = (fired: readonly Fired[]): void => {
    for (const one of fired) book.rearm(one);
  };
  function checkpoint(): ShardCheckpoint {
    return {
      epoch: 'e1',
      frame: ordinal,
      isEpochOver: false,
      nextOrdinal: ordinal,
      exchangeAt: ordinal,
      extremes: book.extremes(),
    };
  }

  it('keeps following while it is halted', () => {
    book.note(openPosition({ exits: { trailing: { distance: '3' } } }));
    const fired = trade(110, 107);
    expect(told(fired)).toEqual(['trailingStop at 107 by 107']);
    expect(trade(105, 120, 118)).toEqual([]);
    resume(fired);
    expect(told(trade(117.5, 117))).toEqual(['trailingStop at 117 by 117']);
  });

  it('stands where it stood when the stop loss fired with it', () => {
    book.note(openPosition({ exits: { stopLoss: '95', trailing: { distance: '20' } } }));
    const fired = trade(130, 94);
    expect(told(fired)).toEqual(['stopLoss at 95 by 94', 'trailingStop at 110 by 94']);
    resume(fired);
    expect(told(trade(112, 109))).toEqual(['trailingStop at 110 by 109']);
  });

  it('stands where it stood after a restart', () => {
    book.note(openPosition({ exits: { trailing: { distance: '3' } } }));
    expect(trade(110, 107, 111, 109)).toHaveLength(1);
    book = new ShardBook(checkpoint());
    book.note(openPosition({ exits: { trailing: { distance: '3' } } }));
    expect(told(trade(108.5, 108))).toEqual(['trailingStop at 108 by 108']);
  });

  it('follows also when kept ticks say that it has fired', () => {
    trade(100, 110, 107, 112);
    const fired = book.note(openPosition({ exits: { trailing: { distance: '3' } } }));
    expect(told(fired)).toEqual(['trailingStop at 107 by 107']);
    resume(fired);
    expect(told(trade(109))).toEqual(['trailingStop at 109 by 109']);
  });

  it('fires once while it is halted, and is forgotten with its position', () => {
    const position = openPosition({ exits: { trailing: { distance: '3' } } });
    book.note(position);
    const fired = trade(110, 107, 106, 100, 115, 112);
    expect(fired).toHaveLength(1);
    book.note(over(position));
    resume(fired);
    expect(trade(90)).toEqual([]);
    expect([book.size, book.extremes()]).toEqual([0, []]);
  });
});

function told(fired: readonly Fired[]): string[] {
  return fired.map(({ reason, level, tick }) => `${reason} at ${level} by ${tick.price}`);
}
