import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { invariant } from '../invariant.ts';
import { type PriceSeries, isAtOrAfter } from '../market/tick.ts';
import { decimal, formatDecimal } from '../units.ts';
import type { LineKeeper } from './line-keeper.ts';
import type { Armed, FixedLine, Line, LineReason, TrailingLine } from './line.ts';
import { numbersOf } from './line-numbers.ts';
import type { Place } from './place.ts';
import { SymbolBook } from './symbol-book.ts';
import { SymbolBookOracle } from './symbol-book.oracle.ts';

const scale = 2;
/** Prices of some hundred are integers below 2 ** 53 up to there, as all prices of a frame are. */
const finestScale = 12;
/** Close around 100.00, with up to four decimals: finer than the ticks' two. */
const levelArb = fc
  .integer({ min: 998_800, max: 1_001_200 })
  .map((units) => ({ units: BigInt(units), scale: 4 }));
const distanceArb = fc.integer({ min: 1, max: 700 }).map((units) => ({ units: BigInt(units), scale: 4 }));

const reasonArb = fc.constantFrom<LineReason>('stopLoss', 'breakEven', 'takeProfit', 'order', 'trigger');
const ppmArb = fc.oneof(fc.integer({ min: 1, max: 700 }), fc.constantFrom(100, 200, 300));

const lineOn = (series: PriceSeries): fc.Arbitrary<Line> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('fixed' as const),
        reason: reasonArb,
        series: fc.constant(series),
        fires: fc.constantFrom('atOrBelow' as const, 'atOrAbove' as const),
        price: levelArb,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('trailing' as const),
        reason: fc.constant('trailingStop' as const),
        series: fc.constant(series),
        follows: fc.constantFrom('highest' as const, 'lowest' as const),
        distance: fc.oneof(
          distanceArb.map((absolute) => ({ absolute })),
          ppmArb.map((ppm) => ({ ppm })),
        ),
        start: levelArb,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('time' as const),
        reason: fc.constant('timeExit' as const),
        series: fc.constant(series),
        at: fc.nat(150),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('move' as const),
        reason: fc.constant('trigger' as const),
        series: fc.constant(series),
        direction: fc.constantFrom('up' as const, 'down' as const, 'either' as const),
        ppm: ppmArb,
        windowMs: fc.constantFrom(0, 3, 8, 20),
      }),
    },
  );

type Step =
  | {
      do: 'arm';
      key: string;
      line: Line;
      from: { at: number } | 'now' | { later: number };
      /** Where it may: by its numbers. */
      isAdopted: boolean;
    }
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
        line: fc.constantFrom(...series).chain(lineOn),
        from: fc.oneof(
          fc.constant('now' as const),
          fc.record({ at: fc.integer({ min: 0, max: 60 }) }),
          fc.record({ later: fc.integer({ min: 0, max: 10 }) }),
        ),
        isAdopted: fc.boolean(),
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

/** A run on a tape of trades, of quotes or of mark prices. */
const runArb = fc.constantFrom<readonly PriceSeries[]>(['trade'], ['bid', 'ask'], ['mark']).chain((series) =>
  fc.record({
    series: fc.constant(series),
    steps: fc.array(stepArb(series), { maxLength: 200, size: 'max' }),
  }),
);

/** Lines by their keys, which their book knows by numbers alone. */
class Keeper implements LineKeeper {
  readonly book: SymbolBook;
  readonly #lines = new Map<string, number>();
  /** By owner: each line has one of its own. */
  readonly #armed: Armed[] = [];

  constructor(bookScale: number) {
    this.book = new SymbolBook(bookScale, this);
  }

  armedOf(owner: number, line: number): Armed {
    const armed = this.#armed[owner]!;
    invariant(this.#lines.get(armed.key) === line, 'a line keeps its number');
    return armed;
  }

  arm(armed: Armed, next: Place): void {
    this.disarm(armed.key);
    const owner = this.#armed.push(armed) - 1;
    this.#lines.set(armed.key, this.book.arm(owner, armed, next));
  }

  /** Arms it by its numbers, as from columns. */
  adopt(armed: Armed): void {
    const { line, armedFrom, key } = armed;
    if (line.kind === 'move') throw new Error('a move has no level');
    this.disarm(key);
    const owner = this.#armed.push(armed) - 1;
    const from = 'at' in armedFrom ? armedFrom.at : -Infinity;
    const { book } = this;
    this.#lines.set(key, book.adopt(owner, line.series, from, numbersOf(line, book.scale)));
  }

  disarm(key: string): void {
    const line = this.#lines.get(key);
    if (line !== undefined) this.book.disarm(line);
    this.#lines.delete(key);
  }

  rearm(key: string, next: Place): void {
    const line = this.#lines.get(key);
    if (line !== undefined) this.book.rearm(line, next);
  }
}

describe('the book of a symbol', () => {
  it('fires what an exact, line-by-line evaluation fires, at the same tick, for the same reason', () => {
    fc.assert(
      fc.property(runArb, ({ series, steps }) => {
        const keeper = new Keeper(scale);
        const { book } = keeper;
        const oracle = new SymbolBookOracle();
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
                  ? { at: Math.max(from.at, latestAt + 1) }
                  : { epoch: 'e', ordinal: ordinal + from.later };
            const armed: Armed = { key: step.key, symbol: 'S', armedFrom, line: step.line };
            if (step.isAdopted && step.line.kind !== 'move' && isAtOrAfter(next, armedFrom))
              keeper.adopt(armed);
            else keeper.arm(armed, next);
            oracle.arm(armed);
          } else if (step.do === 'disarm') {
            keeper.disarm(step.key);
            oracle.disarm(step.key);
          } else if (step.do === 'rearm') {
            keeper.rearm(step.key, next);
            oracle.rearm(step.key);
          } else if (step.do === 'rescale') {
            if (book.scale < finestScale) book.refine(book.scale + 1);
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
            const isQuiet = ticks.every((tick) =>
              book.isQuiet(tick.series, tick.price * factor, tick.price * factor, exchangeAt),
            );
            const fired = book
              .evaluate({ place, prices: ticks.map((tick) => ({ ...tick, price: tick.price * factor })) })
              .map(({ key, reason, level }) => ({ key, reason, level: formatDecimal(level) }));
            const expected = oracle.tick(
              place,
              ticks.map((tick) => ({ series: tick.series, price: { units: BigInt(tick.price), scale } })),
            );
            expect(fired).toEqual(expected);
            expect(book.size).toBe(oracle.size);
            if (isQuiet) expect(fired).toEqual([]);
            ordinal += 1;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  const start = { epoch: 'e', ordinal: 0, exchangeAt: 0 };
  const stop: FixedLine = {
    kind: 'fixed',
    reason: 'stopLoss',
    series: 'trade',
    fires: 'atOrBelow',
    price: decimal('80'),
  };
  const trail: TrailingLine = {
    kind: 'trailing',
    reason: 'trailingStop',
    series: 'trade',
    follows: 'highest',
    distance: { absolute: decimal('5') },
    start: decimal('100'),
  };

  /** A book over trades, of whole prices where nothing else is said, with lines armed from its first tick on. */
  function given(lines: Readonly<Record<string, Line>>, bookScale = 0) {
    const keeper = new Keeper(bookScale);
    const { book } = keeper;
    let ordinal = 0;
    const next = () => ({ ...start, ordinal, exchangeAt: ordinal });
    const arm = (key: string, line: Line): void =>
      keeper.arm({ key, symbol: 'S', armedFrom: { epoch: 'e', ordinal }, line }, next());
    for (const [key, line] of Object.entries(lines)) arm(key, line);
    const trade = (...prices: readonly number[]): string[] =>
      prices.flatMap((price) => {
        const reached = book.evaluate({ place: next(), prices: [{ series: 'trade', price }] });
        ordinal += 1;
        return reached.map(({ key, level }) => `${key} at ${formatDecimal(level)}`);
      });
    return { book, arm, trade, rearm: (key: string) => keeper.rearm(key, next()) };
  }

  it('takes up many at once, and keeps those from a tick that are armed for a later time', () => {
    const keeper = new Keeper(0);
    const { book } = keeper;
    const lines = Array.from({ length: 900 }, (_, i) => ({
      ...stop,
      price: decimal(`${100 + ((i * 7) % 900)}`),
    }));
    book.gather(lines.length);
    for (const [i, line] of lines.entries())
      keeper.adopt({ key: `k${i}`, symbol: 'S', armedFrom: { at: i % 2 === 0 ? 5 : 9 }, line });
    book.settle();
    const levelsAt = (ordinal: number, exchangeAt: number, price: number) =>
      book
        .evaluate({ place: { epoch: 'e', ordinal, exchangeAt }, prices: [{ series: 'trade', price }] })
        .map(({ level }) => Number(level.units));
    const of = (isReached: (level: number, i: number) => boolean) =>
      lines
        .map(({ price }) => Number(price.units))
        .filter(isReached)
        .toSorted((a, b) => b - a);
    expect(levelsAt(0, 9, 990)).toEqual(of((level) => level >= 990));
    expect(levelsAt(1, 7, 900)).toEqual(of((level, i) => i % 2 === 0 && level >= 900 && level < 990));
    expect(levelsAt(2, 9, 100)).toEqual(of((level, i) => level < 900 || (i % 2 === 1 && level < 990)));
    expect(book.size).toBe(0);
  });

  it('fires exactly at a level between two price steps, not one step earlier', () => {
    const { trade } = given({ stop: { ...stop, price: decimal('13.8216') } }, 2);
    expect(trade(1_383)).toEqual([]);
    expect(trade(1_382)).toEqual(['stop at 13.8216']);
  });

  it('tells of the lines that protect first, then of those that the price came to first', () => {
    const above = { ...stop, reason: 'takeProfit', fires: 'atOrAbove' } as const;
    const { book, trade } = given({
      trigger: { ...stop, reason: 'trigger', price: decimal('99') },
      'target-2': { ...above, price: decimal('70') },
      'target-1': { ...above, price: decimal('60') },
      even: { ...stop, reason: 'breakEven', price: decimal('98') },
      late: { kind: 'time', reason: 'timeExit', series: 'trade', at: 0 },
      trail: trail,
      b: stop,
      a: stop,
      stop: { ...stop, price: decimal('90') },
    });
    expect(trade(79)).toEqual([
      'stop at 90',
      'a at 80',
      'b at 80',
      'trail at 95',
      'late at 79',
      'even at 98',
      'target-1 at 60',
      'target-2 at 70',
      'trigger at 99',
    ]);
    expect(book.size).toBe(0);
  });

  it('leaves every other line armed when one has fired', () => {
    const { arm, trade, book } = given({ trail, stop });
    expect(trade(120, 115, 114)).toEqual(['trail at 115']);
    arm('target', { ...stop, reason: 'takeProfit', fires: 'atOrAbove', price: decimal('118') });
    expect(trade(118, 80)).toEqual(['target at 118', 'stop at 80']);
    expect(book.size).toBe(0);
  });

  it('takes a tick at the rounded start price as the best price, and knows it at a finer scale', () => {
    const { book, trade } = given({
      trail: { ...trail, distance: { absolute: decimal('0.01') }, start: decimal('99.88') },
    });
    expect(book.isQuiet('trade', 100, 100, 0)).toBe(false);
    trade(100);
    const place = { ...start, ordinal: 1 };
    book.refine(2);
    const fired = book.evaluate({ place, prices: [{ series: 'trade', price: 9_999 }] });
    expect(fired.map(({ level }) => formatDecimal(level))).toEqual(['99.99']);
  });

  it('does not give a trailing stop the best price of ticks from before it was armed', () => {
    const close = { ...trail, distance: { absolute: decimal('0.5') } };
    const { arm, trade } = given({ early: close });
    trade(101);
    arm('late', { ...close, start: decimal('100.9') });
    expect(trade(100)).toEqual(['early at 100.5', 'late at 100.4']);
  });

  it.each([
    ['highest', [10_120, 10_071, 10_070], '100.7'],
    ['lowest', [9_980, 10_029, 10_030], '100.3'],
  ] as const)('reports where a trailing stop stood that follows the %s price', (follows, prices, level) => {
    const { trade } = given({ trail: { ...trail, follows, distance: { absolute: decimal('0.5') } } }, 2);
    expect(trade(...prices)).toEqual([`trail at ${level}`]);
  });

  it.each([
    ['highest', [10_001, 9_991, 9_990], '99.90999'],
    ['lowest', [9_999, 10_008, 10_009], '100.08999'],
  ] as const)('trails the %s price by parts per million of it, exactly', (follows, prices, level) => {
    const { trade } = given({ trail: { ...trail, follows, distance: { ppm: 1_000 } } }, 2);
    expect(trade(...prices.slice(0, 2))).toEqual([]);
    expect(trade(...prices.slice(2))).toEqual([`trail at ${level}`]);
  });

  it('sees a move within its window only, and not what came before it was armed', () => {
    const move: Line = {
      kind: 'move',
      reason: 'trigger',
      series: 'trade',
      direction: 'up',
      ppm: 50_000,
      windowMs: 2,
    };
    const { arm, trade } = given({ early: move });
    trade(100, 102);
    arm('late', move);
    expect(trade(105)).toEqual(['early at 105']);
    expect(trade(106, 107, 108, 109)).toEqual([]);
    expect(trade(104, 110)).toEqual(['late at 109.2']);
  });

  it('goes on with its window when a move is armed again', () => {
    const { rearm, trade } = given({
      move: {
        kind: 'move',
        reason: 'trigger',
        series: 'trade',
        direction: 'down',
        ppm: 100_000,
        windowMs: 9,
      },
    });
    expect(trade(200, 180, 170)).toEqual(['move at 180']);
    rearm('move');
    expect(trade(181, 180)).toEqual(['move at 180']);
  });

  it('fires a time exit at the first tick of its series at or after its time', () => {
    const { trade } = given({ out: { kind: 'time', reason: 'timeExit', series: 'trade', at: 2 } });
    expect(trade(100, 101)).toEqual([]);
    expect(trade(102, 103)).toEqual(['out at 102']);
  });
});
