import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, frameVersion } from './codec.ts';
import { FrameError } from './frame-format.ts';
import { frameArb } from './frame.arbitrary.ts';
import type { Frame } from './frame.ts';

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

  it('refuses a tick of an instrument that is not there, however great its index', () => {
    const frame = oneQuote();
    const bytes = encodeFrame(frame);
    const index = bytes.length - 4;
    expect(bytes.at(index)).toBe(0);
    for (const wrong of [[1], [0x80, 0x80, 4]]) {
      const changed = Uint8Array.of(...bytes.subarray(0, index), ...wrong, ...bytes.subarray(index + 1));
      expect(() => decodeFrame(changed)).toThrow('a tick names an instrument that is not there');
    }
  });

  it('says which version it does not know', () => {
    expect(() => decodeFrame(Uint8Array.of(0xb3, 9))).toThrow('frame version 9 is not known');
  });

  it('writes the first version that holds the frame: mark prices need the second, changes of health the third', () => {
    const quotes = oneQuote();
    const first = Uint8Array.of(0xb3, 1, 0, 0, 1, 101, 1, 0, 5, 1, 1, 65, 0, 1, 2, 0, 1, 0, 10, 6, 2);
    expect(encodeFrame(quotes)).toEqual(first);
    expect(decodeFrame(first)).toEqual(quotes);
    const marks = encodeFrame({ ...quotes, instruments: [{ ...quote, kind: 'mark' }] });
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

const quote = { symbol: 'A', venue: '', kind: 'quote', priceScale: 2, sizeScale: 0 } as const;

function oneQuote(): Frame {
  return {
    shard: 0,
    epoch: 'e',
    number: 1,
    firstOrdinal: 0,
    receivedAt: 5,
    isLast: false,
    instruments: [quote],
    length: 1,
    instrument: Uint16Array.of(0),
    exchangeAt: Float64Array.of(5),
    first: Float64Array.of(3),
    second: Float64Array.of(4),
  };
}
