import type { Frame } from '@bellwether/contracts';
import { type Line, decimal } from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { activeTrigger, openPosition, over } from './armed.builder.ts';
import type { ArmedSubject, Fired } from './fired.ts';
import { bitcoin, frameOf } from './frame.builder.ts';
import { ShardBook } from './shard-book.ts';
import { expectedExecution } from './shard-book.oracle.ts';
import { SimulatedShard } from './shard-book.simulation.ts';
import { runArb } from './shard-run.arbitrary.ts';

describe('the book of a shard', () => {
  it('executes each order once, at the tick that an exact evaluation names, over any restarts', () => {
    fc.assert(
      fc.property(runArb, (steps) => {
        const shard = new SimulatedShard();
        for (const step of steps) shard.run(step);
        shard.finish();
        for (const { order, execution, closedAfter } of shard.documents.values()) {
          const frames = shard.market.frames.slice(0, closedAfter);
          expect({ order, execution }).toEqual({ order, execution: expectedExecution(order, frames) });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds in the kept ticks what happened while a level was under way, at the first tick that counts', () => {
    const book = new ShardBook();
    book.evaluate(trades(0, 9_400, 9_600));
    book.evaluate(trades(2, 9_450, 9_900));
    const fired = book.note(openPosition({ armedFrom: { epoch: 'e1', ordinal: 1 } }));
    expect(told(fired)).toEqual([['p1', 'stopLoss', '95', 2, '94.5']]);
    expect(book.size).toBe(0);
  });

  it('finds every line there that was reached, in the order of the ticks', () => {
    const book = new ShardBook();
    book.evaluate(trades(0, 10_000, 11_100, 10_700, 9_400));
    const exits = { stopLoss: '95', trailing: { distance: '3' }, takeProfit: '111' };
    expect(told(book.note(openPosition({ exits })))).toEqual([
      ['p1', 'takeProfit', '111', 1, '111'],
      ['p1', 'trailingStop', '108', 2, '107'],
      ['p1', 'stopLoss', '95', 3, '94'],
    ]);
  });

  it('keeps the other lines of a position armed when one fires, each to fire once', () => {
    const book = new ShardBook();
    book.note(openPosition({ exits: { stopLoss: '95', takeProfit: '105' } }));
    expect(told(book.evaluate(trades(0, 10_500, 10_600, 9_500, 9_400)))).toEqual([
      ['p1', 'takeProfit', '105', 0, '105'],
      ['p1', 'stopLoss', '95', 2, '95'],
    ]);
  });

  it('leaves a line as it is, with what it follows, when news change another line', () => {
    const exits = { stopLoss: '95', trailing: { distance: '3' } };
    const book = new ShardBook();
    book.note(openPosition({ exits }));
    expect(told(book.evaluate(trades(0, 11_000, 9_500)))).toEqual([
      ['p1', 'stopLoss', '95', 1, '95'],
      ['p1', 'trailingStop', '107', 1, '95'],
    ]);
    book.note(openPosition({ id: 'p2', exits, armedFrom: { epoch: 'e1', ordinal: 2 } }));
    book.evaluate(trades(2, 11_000));
    const amended = { stopLoss: '96', trailing: { distance: '3' } };
    book.note(openPosition({ id: 'p2', exits: amended, armedFrom: { epoch: 'e1', ordinal: 2 } }, 2));
    expect(told(book.evaluate(trades(3, 10_700, 9_600)))).toEqual([
      ['p2', 'trailingStop', '107', 3, '107'],
      ['p2', 'stopLoss', '96', 4, '96'],
    ]);
  });

  it('arms a line that is new or changed alone, from its own place on', () => {
    const book = new ShardBook();
    book.note(openPosition({ exits: { stopLoss: '95' } }));
    expect(book.evaluate(trades(0, 9_500))).toHaveLength(1);
    expect(told(book.note(openPosition({ exits: { stopLoss: '95', takeProfit: '90' } }, 2)))).toEqual([
      ['p1', 'takeProfit', '90', 0, '95'],
    ]);
    expect(book.evaluate(trades(1, 9_400))).toEqual([]);
    expect(told(book.note(openPosition({ exits: { stopLoss: '94.5' } }, 3)))).toEqual([
      ['p1', 'stopLoss', '94.5', 1, '94'],
    ]);
  });

  it('goes on with the window of a move where the checkpoint left it', () => {
    const move = watching({
      kind: 'move',
      reason: 'trigger',
      series: 'trade',
      direction: 'down',
      ppm: 50_000,
      windowMs: 3,
    });
    const book = new ShardBook();
    book.note(move);
    expect(book.evaluate(trades(0, 10_000, 9_600))).toEqual([]);
    const next = restarted(book, 1);
    next.note(move);
    expect(told(next.evaluate(trades(2, 9_550, 9_500)))).toEqual([['t1', 'trigger', '95', 3, '95']]);
    const late = restarted(book, 1);
    late.note(move);
    expect(late.evaluate(trades(2, 9_550, 9_551, 9_500))).toEqual([]);
  });

  it('judges mark prices in a series of their own', () => {
    const book = new ShardBook();
    book.note(
      watching({
        kind: 'fixed',
        reason: 'stopLoss',
        series: 'mark',
        fires: 'atOrBelow',
        price: decimal('95'),
      }),
    );
    expect(book.evaluate(trades(0, 9_400))).toEqual([]);
    const instruments = [{ ...bitcoin, kind: 'mark' as const }];
    const frame = frameOf({
      number: 2,
      firstOrdinal: 1,
      instruments,
      ticks: [{ exchangeAt: 1, first: 9_500 }],
    });
    const fired = book.evaluate(frame);
    expect(told(fired)).toEqual([['t1', 'stopLoss', '95', 1, '95']]);
    expect(fired[0]?.tick.series).toBe('mark');
  });

  it('goes on with trailing stops where the checkpoint left them, each from its own best price', () => {
    const trailing = { exits: { trailing: { distance: '3' } } };
    const book = new ShardBook();
    book.note(openPosition({ ...trailing, id: 'early' }));
    book.evaluate(trades(0, 12_000, 11_900));
    book.note(openPosition({ ...trailing, id: 'late', armedFrom: { epoch: 'e1', ordinal: 2 } }));
    book.evaluate(trades(2, 11_800));
    const next = restarted(book, 3);
    for (const [id, ordinal] of [['early', 0] as const, ['late', 2] as const])
      next.note(openPosition({ ...trailing, id, armedFrom: { epoch: 'e1', ordinal } }));
    expect(told(next.evaluate(trades(3, 11_701, 11_700, 11_501, 11_500)))).toEqual([
      ['early', 'trailingStop', '117', 4, '117'],
      ['late', 'trailingStop', '115', 6, '115'],
    ]);
  });

  it('remembers a best price by its latest tick where trailing stops share it', () => {
    const exits = { trailing: { distance: '3' } };
    const early = openPosition({ id: 'early', exits });
    const late = openPosition({ id: 'late', exits, armedFrom: { epoch: 'e1', ordinal: 1 } });
    const book = new ShardBook();
    book.note(early);
    book.evaluate(trades(0, 12_000, 12_000));
    book.note(late);
    const next = restarted(book, 2);
    next.note(early);
    next.note(late);
    expect(told(next.evaluate(trades(2, 11_700)))).toEqual([
      ['early', 'trailingStop', '117', 2, '117'],
      ['late', 'trailingStop', '117', 2, '117'],
    ]);
  });

  it('arms again what fired without being executed, from the next tick on', () => {
    const book = new ShardBook();
    const position = openPosition();
    book.note(position);
    expect(book.evaluate(trades(0, 9_400))).toHaveLength(1);
    expect(book.evaluate(trades(1, 9_400))).toEqual([]);
    book.rearm({ subject: position, lineId: 'stop' });
    expect(told(book.evaluate(trades(2, 9_600, 9_300)))).toEqual([['p1', 'stopLoss', '95', 3, '93']]);
  });

  it('arms a trailing stop again where it stood, not from its entry price', () => {
    const book = new ShardBook();
    const position = openPosition({ exits: { trailing: { distance: '3' } } });
    book.note(position);
    const [fired] = book.evaluate(trades(0, 11_000, 10_700));
    expect(told(fired === undefined ? [] : [fired])).toEqual([['p1', 'trailingStop', '107', 1, '107']]);
    if (fired !== undefined) book.rearm(fired);
    expect(told(book.evaluate(trades(2, 10_650)))).toEqual([['p1', 'trailingStop', '107', 2, '106.5']]);
  });

  it('does not arm again what is over, or has changed since it fired', () => {
    const book = new ShardBook();
    const position = openPosition();
    book.note(position);
    book.evaluate(trades(0, 9_400));
    book.note(over(position));
    book.rearm({ subject: position, lineId: 'stop' });
    expect(book.size).toBe(0);
    book.note(position);
    expect(book.size).toBe(0);
  });
});

/** A frame of Bitcoin trades, a millisecond apart. */
function trades(ordinal: number, ...prices: readonly number[]): Frame {
  const ticks = prices.map((first, i) => ({ exchangeAt: ordinal + i, first }));
  return frameOf({ number: ordinal + 1, firstOrdinal: ordinal, ticks });
}

/** A trigger of Ann's with this line alone. */
function watching(line: Line): ArmedSubject {
  const subject = activeTrigger();
  const armed = (subject.armed ?? []).map((one) => ({ ...one, line }));
  return { ...subject, armed };
}

function told(fired: readonly Fired[]) {
  return fired.map(({ subject, reason, level, tick }) => [
    subject.id,
    reason,
    level,
    tick.ordinal,
    tick.price,
  ]);
}

/** The book of the next process, from a checkpoint after that frame. */
function restarted(book: ShardBook, frame: number): ShardBook {
  const { epoch, ordinal: nextOrdinal, exchangeAt } = book.next;
  const extremes = book.extremes();
  return new ShardBook({ epoch, frame, isEpochOver: false, nextOrdinal, exchangeAt, extremes });
}
