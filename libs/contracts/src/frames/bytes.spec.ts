import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from './bytes.ts';

const textArb = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 120, maxLength: 140 }),
  fc.constantFrom('', '\ufeffmarked', 'a'.repeat(127), 'a'.repeat(128), `${'a'.repeat(126)}ä`),
);

describe('bytes', () => {
  it('give texts as they were written, after whatever else, again and again', () => {
    fc.assert(
      fc.property(fc.array(fc.array(textArb)), (rounds) => {
        const writer = new ByteWriter(4);
        for (const texts of rounds) {
          writer.clear();
          writer.byte(texts.length);
          for (const text of texts) {
            writer.text(text);
            writer.text(text);
          }
          const reader = new ByteReader(writer.finish());
          expect(reader.byte()).toBe(texts.length);
          for (const text of texts) {
            expect(reader.text()).toBe(text);
            expect(Buffer.from(reader.textBytes()).toString()).toBe(text);
          }
          expect(reader.remaining).toBe(0);
        }
      }),
    );
  });

  it('end where they end', () => {
    const writer = new ByteWriter(4);
    writer.text('four');
    const reader = new ByteReader(writer.finish().subarray(0, 4));
    expect(() => reader.text()).toThrow(RangeError);
  });
});
