import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame } from './codec.ts';
import { FrameDecoder, copyOfFrame } from './frame-decoder.ts';
import { FrameError } from './frame-format.ts';
import { frameArb } from './frame.arbitrary.ts';

describe('a frame decoder', () => {
  it('gives back one frame after another exactly, also behind bytes that are none', () => {
    const stepArb = fc.record({ frame: frameArb, keeps: fc.double({ min: 0, max: 0.99, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 8 }), (steps) => {
        const decoder = new FrameDecoder();
        for (const { frame, keeps } of steps) {
          const bytes = encodeFrame(frame);
          expect(decoder.decode(bytes)).toEqual(frame);
          expect(() => decoder.decode(bytes.subarray(0, bytes.length * keeps))).toThrow(FrameError);
        }
      }),
    );
  });

  it('writes over the columns of the frame before, and over nothing else of it, nor over a copy', () => {
    fc.assert(
      fc.property(frameArb, frameArb, (one, other) => {
        const decoder = new FrameDecoder();
        const decoded = decoder.decode(encodeFrame(one));
        const copy = copyOfFrame(decoded);
        decoder.decode(encodeFrame(other));
        expect(copy).toEqual(one);
        const { instrument, exchangeAt, first, second } = one;
        expect({ ...decoded, instrument, exchangeAt, first, second }).toEqual(one);
      }),
    );
  });
});
