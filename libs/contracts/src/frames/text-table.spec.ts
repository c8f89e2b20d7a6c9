import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TextTable } from './text-table.ts';

describe('a table of texts', () => {
  it('decodes every text as UTF-8, however often it comes and whatever came between', () => {
    const fewArb = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1, maxLength: 5 });
    const manyArb = fc.array(fc.nat({ max: 5_000 }).map(String), { maxLength: 2_000, size: 'max' });
    fc.assert(
      fc.property(fewArb, manyArb, (few, many) => {
        const table = new TextTable();
        for (const [i, text] of [...few, ...many, ...few].entries()) {
          const bytes = Buffer.from(`<${text}>`);
          expect(table.decode(bytes, 1, bytes.length - 1)).toBe(text);
          // What is here no more is not what is known.
          bytes.fill(i);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps what it knows where nobody writes over it, also of a Buffer', () => {
    const table = new TextTable();
    const memory = Buffer.from('1000');
    for (let number = 1_000; number < 10_000; number += 1) {
      memory.write('1000');
      table.decode(memory, 0, 4);
      memory.write(String(number));
      expect(table.decode(memory, 0, 4)).toBe(String(number));
    }
  });

  it('refuses what is no UTF-8, also where a text like it is known', () => {
    const table = new TextTable();
    table.decode(Uint8Array.of(65, 66), 0, 2);
    expect(() => table.decode(Uint8Array.of(65, 0xff), 0, 2)).toThrow('not valid');
    expect(() => table.decode(new Uint8Array(100).fill(0xff), 0, 100)).toThrow('not valid');
  });
});
