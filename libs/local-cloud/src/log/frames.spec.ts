import { describe, expect, it } from '@jest/globals';
import { decodeFrames, encodeFrames, gatherFrames, frameHeaderBytes } from './frames.ts';
import type { RecordBytes } from './frames.ts';

const records = ['', 'a', 'bc', 'x'.repeat(40), ''].map((text) => new TextEncoder().encode(text));
const file = encodeFrames(records);
const ends = records.map((_, index) => encodeFrames(records.slice(0, index + 1)).length);

describe('frames', () => {
  it('read back as they were written', () => {
    expect(decodeFrames(file)).toEqual({ records, end: file.length });
  });

  it('cut at any byte give exactly the whole records before it', () => {
    for (let cut = 0; cut <= file.length; cut++) {
      const whole = ends.filter((end) => end <= cut).length;
      expect(decodeFrames(file.subarray(0, cut))).toEqual({
        records: records.slice(0, whole),
        end: ends[whole - 1] ?? 0,
      });
    }
  });

  it('end before the record whose byte was changed, whichever byte it is', () => {
    for (let at = 0; at < file.length; at++) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const whole = ends.filter((end) => end <= at).length;
      expect(decodeFrames(damaged).records).toEqual(records.slice(0, whole));
    }
  });

  it('do not mistake zeros for records', () => {
    const zeros = Buffer.alloc(5 * frameHeaderBytes);
    expect(decodeFrames(Buffer.concat([file, zeros]))).toEqual({ records, end: file.length });
  });
});

function bytes(size: number): Uint8Array {
  return new Uint8Array(size).map((_, at) => at);
}

describe('gathered frames', () => {
  const large = bytes(20_000);

  it.each<[about: string, given: RecordBytes[], whole: Uint8Array[], buffers: number]>([
    ['nothing', [], [], 0],
    ['small records', [bytes(3), bytes(0)], [bytes(3), bytes(0)], 1],
    ['a record in small pieces', [[bytes(3), bytes(2)]], [Buffer.concat([bytes(3), bytes(2)])], 1],
    [
      'a large piece',
      [[bytes(3), large, bytes(2)], bytes(1)],
      [Buffer.concat([bytes(3), large, bytes(2)]), bytes(1)],
      3,
    ],
    ['large records', [large, large], [large, large], 4],
  ])('of %s are the frames of the whole records', (_, given, whole, buffers) => {
    const gathered = gatherFrames(given);
    expect(Buffer.concat(gathered).equals(encodeFrames(whole))).toBe(true);
    expect(gathered).toHaveLength(buffers);
    expect(gathered.filter((buffer) => buffer === large)).toHaveLength(
      given.flat().filter((piece) => piece === large).length,
    );
  });
});
