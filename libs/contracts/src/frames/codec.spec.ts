import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FrameError, decodeFrame, encodeFrame, frameVersion } from './codec.ts';
import { type Frame, largestFrameInteger, symbolHealths } from './frame.ts';

const value = fc.oneof(
  fc.integer({ min: 0, max: 1_000 }),
  fc.integer({ min: 0, max: 2 ** 36 }),
  fc.integer({ min: 0, max: largestFrameInteger }),
  fc.constant(largestFrameInteger),
);
const frameArb: fc.Arbitrary<Frame> = fc
  .record({
    instruments: fc.array(
      fc.record({
        symbol: fc.string({ minLength: 1, maxLength: 12 }),
        venue: fc.string({ unit: 'grapheme', maxLength: 6 }),
        kind: fc.constantFrom('trade' as const, 'quote' as const, 'mark' as const),
        priceScale: fc.integer({ min: 0, max: 18 }),
        sizeScale: fc.integer({ min: 0, max: 18 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    ticks: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 8.64e15 / 4 }), value, value), {
      maxLength: 60,
    }),
    shard: fc.integer({ min: 0, max: 63 }),
    number: fc.integer({ min: 1, max: 1e9 }),
    firstOrdinal: fc.integer({ min: 0, max: 1e12 }),
    isLast: fc.boolean(),
    health: fc.array(
      fc.record({
        at: fc.nat({ max: 80 }),
        symbol: fc.string({ minLength: 1, maxLength: 12 }),
        health: fc.constantFrom(...symbolHealths),
        reason: fc.string({ unit: 'grapheme' }),
        since: fc.nat({ max: 4e12 }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ instruments, ticks, health, ...header }) => ({
    ...header,
    ...(health.length === 0
      ? {}
      : {
          health: health
            .map((change) => ({ ...change, at: Math.min(change.at, ticks.length) }))
            .toSorted((a, b) => a.at - b.at),
        }),
    epoch: 'tape-0000000001',
    receivedAt: 1_700_000_000_000,
    instruments,
    length: ticks.length,
    instrument: Uint16Array.from(ticks, ([index]) => index % instruments.length),
    exchangeAt: Float64Array.from(ticks, ([, at]) => at),
    first: Float64Array.from(ticks, ([, , first]) => first),
    second: Float64Array.from(ticks, ([, , , second]) => second),
  }));

describe('the frame codec', () => {
  it('gives back every frame exactly', () => {
    fc.assert(fc.property(frameArb, (frame) => expect(decodeFrame(encodeFrame(frame))).toEqual(frame)));
  });

  it('refuses every frame that is cut short, and bytes behind a frame', () => {
    fc.assert(
      fc.property(frameArb, fc.double({ min: 0, max: 0.999, noNaN: true }), (frame, share) => {
        const bytes = encodeFrame(frame);
        expect(() => decodeFrame(bytes.subarray(0, Math.floor(bytes.length * share)))).toThrow(FrameError);
        expect(() => decodeFrame(Buffer.concat([bytes, Buffer.of(0)]))).toThrow(FrameError);
      }),
    );
  });

  it('never throws anything but FrameError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3), fc.uint8Array({ maxLength: 200 }), (version, noise) => {
        const bytes = Uint8Array.of(0xb3, version, ...noise);
        try {
          decodeFrame(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  it('refuses changes of health that are out of order or beyond the frame', () => {
    const [frame] = fc.sample(frameArb, { numRuns: 1, seed: 7 });
    if (frame === undefined) throw new Error('no sample');
    const change = { symbol: 'SPY', health: 'stale', reason: '', since: 1 } as const;
    for (const ats of [[frame.length + 1], [1, 0]]) {
      const health = ats.map((at) => ({ ...change, at }));
      expect(() => decodeFrame(encodeFrame({ ...frame, health }))).toThrow('out of order');
    }
  });

  it('says which version it does not know', () => {
    expect(() => decodeFrame(Uint8Array.of(0xb3, 9))).toThrow('frame version 9 is not known');
  });

  it('writes the first version that holds the frame: mark prices need the second, changes of health the third', () => {
    const instrument = { symbol: 'A', venue: '', kind: 'quote', priceScale: 2, sizeScale: 0 } as const;
    const quotes: Frame = {
      shard: 0,
      epoch: 'e',
      number: 1,
      firstOrdinal: 0,
      receivedAt: 5,
      isLast: false,
      instruments: [instrument],
      length: 1,
      instrument: Uint16Array.of(0),
      exchangeAt: Float64Array.of(5),
      first: Float64Array.of(3),
      second: Float64Array.of(4),
    };
    const first = Uint8Array.of(0xb3, 1, 0, 0, 1, 101, 1, 0, 5, 1, 1, 65, 0, 1, 2, 0, 1, 0, 10, 6, 2);
    expect(encodeFrame(quotes)).toEqual(first);
    expect(decodeFrame(first)).toEqual(quotes);
    const marks = encodeFrame({ ...quotes, instruments: [{ ...instrument, kind: 'mark' }] });
    expect(marks[1]).toBe(2);
    expect(() => decodeFrame(marks.with(1, 1))).toThrow('2 is no kind of instrument');
    const change = { at: 1, symbol: 'A', health: 'stale', reason: 'silent', since: 5 } as const;
    const changing = { ...quotes, health: [change] };
    expect([frameVersion(changing), encodeFrame(changing)[1]]).toEqual([3, 3]);
    expect(decodeFrame(encodeFrame({ ...quotes, health: [] }))).toEqual(quotes);
  });

  it('takes about a dozen bytes for a trade', () => {
    const length = 100;
    const frame: Frame = {
      shard: 0,
      epoch: 'tape-0000000001',
      number: 1,
      firstOrdinal: 0,
      receivedAt: 1_700_000_000_000,
      isLast: false,
      instruments: [{ symbol: 'SPY', venue: 'P', kind: 'trade', priceScale: 2, sizeScale: 0 }],
      length,
      instrument: new Uint16Array(length),
      exchangeAt: Float64Array.from({ length }, (_, i) => 1_700_000_000_000 + i * 35),
      first: Float64Array.from({ length }, (_, i) => 16_740 + ((i * 7) % 5)),
      second: Float64Array.from({ length }, (_, i) => 100 * (1 + (i % 9))),
    };
    expect(encodeFrame(frame).length / length).toBeLessThan(14);
  });
});
