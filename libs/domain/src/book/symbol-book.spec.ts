import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PriceSeries } from '../market/tick.ts';
import { type Decimal, add, compare, decimal, formatDecimal, subtract } from '../units.ts';
import type { Armed, Line, LineReason } from './line.ts';
import { SymbolBook } from './symbol-book.ts';

/** What should fire, worked out line by line with exact decimals and nothing clever. */
class Oracle {
  readonly #armed = new Map<string, { armed: Armed; best: Map<Line, Decimal>; hasFired: boolean }>();

  arm(armed: Armed): void {
    this.#armed.set(armed.key, { armed, best: new Map(), hasFired: false });
  }

  /** What has fired counts again; its trailing stops have followed on meanwhile. */
  rearm(key: string): void {
    const found = this.#armed.get(key);
    if (found !== undefined) found.hasFired = false;
  }

  disarm(key: string): void {
    this.#armed.delete(key);
  }

  tick(ordinal: number, exchangeAt: number, prices: { series: PriceSeries; price: Decimal }[]) {
    const fired: { key: string; reason: LineReason; level: string }[] = [];
    for (const [key, entry] of this.#armed) {
      const { armed, best } = entry;
      const from = armed.armedFrom;
      if ('at' in from ? exchangeAt < from.at : ordinal < from.ordinal) continue;
      const reached: { reason: LineReason; level: Decimal }[] = [];
      for (const line of armed.lines) {
        const price = prices.find(({ series }) => series === line.series)?.price;
        if (price === undefined) continue;
        if (line.kind === 'fixed') {
          const side = compare(price, line.price);
          if (line.fires === 'atOrBelow' ? side <= 0 : side >= 0)
            reached.push({ reason: line.reason, level: line.price });
          continue;
        }
        const before = best.get(line) ?? line.start;
        const isBetter = line.follows === 'highest' ? compare(price, before) > 0 : compare(price, before) < 0;
        const now = isBetter ? price : before;
        best.set(line, now);
        const level = line.follows === 'highest' ? subtract(now, line.distance) : add(now, line.distance);
        const side = compare(price, level);
        if (line.follows === 'highest' ? side <= 0 : side >= 0) reached.push({ reason: line.reason, level });
      }
      const order: LineReason[] = ['stopLoss', 'trailingStop', 'takeProfit', 'trigger'];
      const first = order.flatMap((reason) => reached.filter((line) => line.reason === reason))[0];
      if (first === undefined || entry.hasFired) continue;
      entry.hasFired = true;
      fired.push({ key, reason: first.reason, level: formatDecimal(first.level) });
    }
    return fired.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }
}

const scale = 2;
/** Close around 100.00, with up to four decimals: finer than the ticks' two. */
const levelArb = fc
  .integer({ min: 998_800, max: 1_001_200 })
  .map((units) => ({ units: BigInt(units), scale: 4 }));
const distanceArb = fc.integer({ min: 1, max: 700 }).map((units) => ({ units: BigInt(units), scale: 4 }));

const linesOn = (series: PriceSeries) =>
  fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('fixed' as const),
        reason: fc.constantFrom<LineReason>('stopLoss', 'takeProfit', 'trigger'),
        series: fc.constant(series),
        fires: fc.constantFrom('atOrBelow' as const, 'atOrAbove' as const),
        price: levelArb,
      }),
      fc.record({
        kind: fc.constant('trailing' as const),
        reason: fc.constant('trailingStop' as const),
        series: fc.constant(series),
        follows: fc.constantFrom('highest' as const, 'lowest' as const),
        distance: distanceArb,
        start: levelArb,
      }),
    ),
    { minLength: 1, maxLength: 3 },
  );

type Step =
  | { do: 'arm'; key: string; lines: Line[]; from: { at: number } | 'now' | { later: number } }
  | { do: 'disarm'; key: string }
  | { do: 'rearm'; key: string }
  | { do: 'tick'; move: number; spread: number; elapsed: number }
  | { do: 'rescale' };

const keyArb = fc.integer({ min: 0, max: 12 }).map((n) => `k${n}`);
const stepArb = (series: readonly PriceSeries[]): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('arm' as const),
        key: keyArb,
        lines: fc.constantFrom(...series).chain(linesOn),
        from: fc.oneof(
          fc.constant('now' as const),
          fc.record({ at: fc.integer({ min: 0, max: 60 }) }),
          fc.record({ later: fc.integer({ min: 0, max: 10 }) }),
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('disarm' as const), key: keyArb }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('rearm' as const), key: keyArb }) },
    {
      weight: 24,
      arbitrary: fc.record({
        do: fc.constant('tick' as const),
        move: fc.integer({ min: -3, max: 3 }),
        spread: fc.integer({ min: 0, max: 5 }),
        elapsed: fc.integer({ min: 0, max: 2 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('rescale' as const) }) },
  );

/** A run on a tape of trades or on one of quotes. */
const runArb = fc.constantFrom<readonly PriceSeries[]>(['trade'], ['bid', 'ask']).chain((series) =>
  fc.record({
    series: fc.constant(series),
    steps: fc.array(stepArb(series), { maxLength: 200, size: 'max' }),
  }),
);

describe('the book of a symbol', () => {
  it('fires what an exact, line-by-line evaluation fires, at the same tick, for the same reason', () => {
    fc.assert(
      fc.property(runArb, ({ series, steps }) => {
        let book = new SymbolBook(scale);
        const oracle = new Oracle();
        let price = 10_000;
        let ordinal = 0;
        let exchangeAt = 0;
        let latestAt = 0;
        for (const step of steps) {
          const next = { epoch: 'e', ordinal, exchangeAt: latestAt };
          if (step.do === 'arm') {
            const { from } = step;
            // Never in the past: the kept ticks of the shard are what judges those.
            const armedFrom =
              from === 'now'
                ? { epoch: 'e', ordinal }
                : 'at' in from
                  ? { at: Math.max(from.at, latestAt) }
                  : { epoch: 'e', ordinal: ordinal + from.later };
            const armed: Armed = { key: step.key, symbol: 'S', armedFrom, lines: step.lines };
            book.arm(armed, next);
            oracle.arm(armed);
          } else if (step.do === 'disarm') {
            book.disarm(step.key);
            oracle.disarm(step.key);
          } else if (step.do === 'rearm') {
            book.rearm(step.key, next);
            oracle.rearm(step.key);
          } else if (step.do === 'rescale') {
            book = book.atScale(book.scale + 1, next);
          } else {
            price = Math.max(1, price + step.move);
            exchangeAt += step.elapsed;
            latestAt = Math.max(latestAt, exchangeAt);
            const factor = 10 ** (book.scale - scale);
            const ticks = series.map((each) => ({
              series: each,
              price: each === 'ask' ? price + step.spread : price,
            }));
            const place = { epoch: 'e', ordinal, exchangeAt };
            const isQuiet = ticks.every((tick) => book.isQuiet(tick.series, tick.price * factor, exchangeAt));
            const fired = book
              .evaluate({ place, prices: ticks.map((tick) => ({ ...tick, price: tick.price * factor })) })
              .map(({ key, reason, level }) => ({ key, reason, level: formatDecimal(level) }));
            const expected = oracle.tick(
              ordinal,
              exchangeAt,
              ticks.map((tick) => ({ series: tick.series, price: { units: BigInt(tick.price), scale } })),
            );
            expect(fired.map(({ key, reason }) => ({ key, reason }))).toEqual(
              expected.map(({ key, reason }) => ({ key, reason })),
            );
            if (isQuiet) expect(fired).toEqual([]);
            ordinal += 1;
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('fires exactly at a level between two price steps, not one step earlier', () => {
    const book = new SymbolBook(2);
    const line: Line = {
      kind: 'fixed',
      reason: 'stopLoss',
      series: 'trade',
      fires: 'atOrBelow',
      price: decimal('13.8216'),
    };
    const next = { epoch: 'e', ordinal: 0, exchangeAt: 0 };
    book.arm({ key: 'p', symbol: 'S', armedFrom: { at: 0 }, lines: [line] }, next);
    const tick = (price: number) =>
      book.evaluate({ place: { ...next }, prices: [{ series: 'trade', price }] }).map(({ key }) => key);
    expect(tick(1_383)).toEqual([]);
    expect(tick(1_382)).toEqual(['p']);
  });

  it('executes the stop when one tick reaches stop, trailing stop and target', () => {
    const book = new SymbolBook(0);
    const series = 'trade';
    const lines: Line[] = [
      { kind: 'fixed', reason: 'takeProfit', series, fires: 'atOrBelow', price: decimal('90') },
      {
        kind: 'trailing',
        reason: 'trailingStop',
        series,
        follows: 'highest',
        distance: decimal('5'),
        start: decimal('100'),
      },
      { kind: 'fixed', reason: 'stopLoss', series, fires: 'atOrBelow', price: decimal('80') },
    ];
    const next = { epoch: 'e', ordinal: 0, exchangeAt: 0 };
    book.arm({ key: 'p', symbol: 'S', armedFrom: { at: 0 }, lines }, next);
    const fired = book.evaluate({ place: next, prices: [{ series, price: 79 }] });
    expect(fired.map(({ key, reason }) => [key, reason])).toEqual([['p', 'stopLoss']]);
    expect(book.size).toBe(0);
  });

  it('takes a tick at the rounded start price as the best price, and knows it at a finer scale', () => {
    const coarse = new SymbolBook(0);
    const line: Line = {
      kind: 'trailing',
      reason: 'trailingStop',
      series: 'trade',
      follows: 'highest',
      distance: decimal('0.01'),
      start: decimal('99.88'),
    };
    const next = { epoch: 'e', ordinal: 0, exchangeAt: 0 };
    coarse.arm({ key: 'p', symbol: 'S', armedFrom: { at: 0 }, lines: [line] }, next);
    expect(coarse.isQuiet('trade', 100, 0)).toBe(false);
    coarse.evaluate({ place: next, prices: [{ series: 'trade', price: 100 }] });
    const place = { ...next, ordinal: 1 };
    const fine = coarse.atScale(2, place);
    const fired = fine.evaluate({ place, prices: [{ series: 'trade', price: 9_999 }] });
    expect(fired.map(({ level }) => formatDecimal(level))).toEqual(['99.99']);
  });

  it('does not give a trailing stop the best price of ticks from before it was armed', () => {
    const book = new SymbolBook(0);
    const trailing = {
      kind: 'trailing',
      reason: 'trailingStop',
      series: 'trade',
      follows: 'highest',
    } as const;
    const early: Line = { ...trailing, distance: decimal('0.5'), start: decimal('100') };
    const late: Line = { ...trailing, distance: decimal('0.5'), start: decimal('100.9') };
    const next = { epoch: 'e', ordinal: 0, exchangeAt: 0 };
    book.arm({ key: 'early', symbol: 'S', armedFrom: { at: 0 }, lines: [early] }, next);
    book.evaluate({ place: next, prices: [{ series: 'trade', price: 101 }] });
    const place = { ...next, ordinal: 1 };
    book.arm({ key: 'late', symbol: 'S', armedFrom: { epoch: 'e', ordinal: 1 }, lines: [late] }, place);
    const fired = book.evaluate({ place, prices: [{ series: 'trade', price: 100 }] });
    expect(fired.map(({ key, level }) => [key, formatDecimal(level)])).toEqual([
      ['early', '100.5'],
      ['late', '100.4'],
    ]);
  });

  it('reports where a trailing stop stood', () => {
    const book = new SymbolBook(2);
    const line: Line = {
      kind: 'trailing',
      reason: 'trailingStop',
      series: 'trade',
      follows: 'highest',
      distance: decimal('0.5'),
      start: decimal('100'),
    };
    book.arm(
      { key: 'p', symbol: 'S', armedFrom: { at: 0 }, lines: [line] },
      { epoch: 'e', ordinal: 0, exchangeAt: 0 },
    );
    const levels = [10_120, 10_071, 10_070].flatMap((price, ordinal) =>
      book
        .evaluate({ place: { epoch: 'e', ordinal, exchangeAt: 0 }, prices: [{ series: 'trade', price }] })
        .map(({ level }) => formatDecimal(level)),
    );
    expect(levels).toEqual(['100.7']);
  });
});
