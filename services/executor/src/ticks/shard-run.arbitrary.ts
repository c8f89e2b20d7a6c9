import type { Frame, FrameInstrument } from '@bellwether/contracts';
import { formatDecimal } from '@bellwether/domain';
import fc from 'fast-check';
import { type FrameTick, frameOf } from './frame.builder.ts';

const instruments = [
  { symbol: 'A', venue: 'v', kind: 'trade' },
  { symbol: 'A', venue: 'v', kind: 'quote' },
  { symbol: 'B', venue: 'v', kind: 'trade' },
  { symbol: 'C', venue: 'w', kind: 'quote' },
] as const;
/** Prices walk around 100; this is the finest scale at which they are counted. */
const finest = 4;
const around100 = 1_000_000;

const decimalArb = (min: number, max: number) =>
  fc.integer({ min, max }).map((units) => formatDecimal({ units: BigInt(units), scale: finest }));
const levelArb = decimalArb(around100 - 1_200, around100 + 1_200);
const optionally = <Value>(arb: fc.Arbitrary<Value>) => fc.option(arb, { nil: undefined, freq: 2 });

const sourceArb = fc.constantFrom('trade' as const, 'quote' as const);
const sideArb = fc.constantFrom('long' as const, 'short' as const);

/** The terms of an order, without its id and the place from which ticks count. */
const anyOrderArb = fc.oneof(
  fc.record({
    kind: fc.constant('position' as const),
    symbol: fc.constantFrom('A', 'B', 'C'),
    priceSource: sourceArb,
    side: sideArb,
    entryPrice: levelArb,
    stopLoss: optionally(levelArb),
    takeProfit: optionally(levelArb),
    distance: optionally(decimalArb(1, 900)),
  }),
  fc.record({
    kind: fc.constant('trigger' as const),
    symbol: fc.constantFrom('A', 'B', 'C'),
    priceSource: sourceArb,
    direction: fc.constantFrom('above' as const, 'below' as const),
    price: levelArb,
  }),
);
/** What a user orders. */
export type Terms = typeof anyOrderArb extends fc.Arbitrary<infer Value> ? Value : never;

/** Many trailing stops on one side of one series, where they meet. */
const trailingArb = (side: 'long' | 'short', priceSource: 'trade' | 'quote'): fc.Arbitrary<Terms> =>
  fc.record({
    kind: fc.constant('position' as const),
    symbol: fc.constant('A'),
    priceSource: fc.constant(priceSource),
    side: fc.constant(side),
    entryPrice: decimalArb(around100 - 400, around100 + 400),
    stopLoss: fc.constant(undefined),
    takeProfit: fc.constant(undefined),
    distance: fc.oneof(decimalArb(1, 900), decimalArb(300, 4_000)),
  });

/** A frame of the market. */
export const frameArb = (ofInstruments: readonly number[]) =>
  fc.record({
    do: fc.constant('frame' as const),
    scales: fc.array(fc.integer({ min: 1, max: finest }), { minLength: 4, maxLength: 4 }),
    ticks: fc.array(
      fc.record({
        instrument: fc.constantFrom(...ofInstruments),
        move: fc.integer({ min: -4, max: 4 }),
        spread: fc.nat(5),
        elapsed: fc.nat(2),
      }),
      { maxLength: 6 },
    ),
    endsEpoch: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  });

const stepArb = (orderArb: fc.Arbitrary<Terms>, ofInstruments: readonly number[]) =>
  fc.oneof(
    { weight: 12, arbitrary: frameArb(ofInstruments) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('arm' as const),
        terms: orderArb,
        from: fc.oneof(
          fc.constant('now' as const),
          fc.record({ later: fc.integer({ min: 1, max: 12 }) }),
          fc.record({ earlier: fc.nat(12) }),
        ),
        /** Frames that are judged between the command and its arrival in the book. */
        underWayFor: fc.nat(2),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('execute' as const), atMost: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('tellAgain' as const), which: fc.nat() }) },
    { weight: 4, arbitrary: fc.constant({ do: 'checkpoint' as const }) },
    { weight: 2, arbitrary: fc.constant({ do: 'snapshot' as const }) },
    { weight: 3, arbitrary: fc.constant({ do: 'deliver' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('restart' as const),
        checkpointsBack: fc.nat(2),
        /** Per order: after how many frames its document is told; 0 before the first. */
        toldAfter: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
        wasCommitted: fc.boolean(),
        /** The how manieth last snapshot it starts from; 0 without any, from all documents. */
        fromSnapshot: fc.nat(2),
      }),
    },
  );
/** One thing that happens to a shard. */
export type Step = ReturnType<typeof stepArb> extends fc.Arbitrary<infer Value> ? Value : never;

/** What happens to a shard, one after the other: of everything something, or trailing stops that meet. */
export const runArb: fc.Arbitrary<Step[]> = fc
  .oneof(
    fc.constant(stepArb(anyOrderArb, [0, 1, 2, 3])),
    fc.tuple(sideArb, sourceArb).map(([side, source]) => stepArb(trailingArb(side, source), [0, 1])),
  )
  .chain((arb) => fc.array(arb, { maxLength: 100, size: 'max' }));

/** A venue: prices that walk, in frames whose numbers, ordinals, epochs and times only rise. */
export class Market {
  readonly frames: Frame[] = [];
  readonly #prices = new Map<string, number>();
  #at = 1_000;

  add({ scales, ticks, endsEpoch }: Extract<Step, { do: 'frame' }>): void {
    const last = this.frames.at(-1);
    const isFirst = last === undefined || last.isLast;
    const epoch = last === undefined ? 1 : Number(last.epoch.slice(1)) + (isFirst ? 1 : 0);
    const described: FrameInstrument[] = instruments.map((each, index) => ({
      ...each,
      priceScale: scales[index]!,
      sizeScale: 0,
    }));
    this.frames.push(
      frameOf({
        epoch: `e${epoch.toString().padStart(3, '0')}`,
        number: isFirst ? 1 : last.number + 1,
        firstOrdinal: isFirst ? 0 : last.firstOrdinal + last.length,
        isLast: endsEpoch,
        instruments: described,
        ticks: ticks.map((tick) => this.#tick(described[tick.instrument]!, tick)),
      }),
    );
  }

  #tick(
    { symbol, priceScale }: FrameInstrument,
    {
      instrument,
      move,
      spread,
      elapsed,
    }: { instrument: number; move: number; spread: number; elapsed: number },
  ): FrameTick {
    const step = 10 ** (finest - priceScale);
    const pace = priceScale > 2 ? 7 : 1;
    const first = Math.floor((this.#prices.get(symbol) ?? around100) / step) + move * pace;
    this.#prices.set(symbol, first * step);
    this.#at += elapsed;
    return { instrument, exchangeAt: this.#at, first, second: first + spread };
  }
}
