import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyTable, none } from './key-table.ts';

const hashArb = fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 0xffff_ffff }), fc.constant(0xffff_ffff));

function rowsOf(table: KeyTable, hash: number): number[] {
  const rows: number[] = [];
  for (let row = table.first(hash); row !== none; row = table.after(row)) rows.push(row);
  return rows.toSorted((a, b) => a - b);
}

describe('a table of keys', () => {
  it('finds every row by its hash, those of the same hash and bucket, too, however it grew', () => {
    const stepArb = fc.record({ hash: hashArb, removed: fc.option(fc.nat(), { freq: 3 }) });
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 200, size: 'max' }), (steps) => {
        const table = new KeyTable();
        const held = new Map<number, number>();
        for (const [row, { hash, removed }] of steps.entries()) {
          table.add(row, hash);
          held.set(row, hash);
          const gone = removed === null ? undefined : [...held.keys()][removed % held.size];
          if (gone !== undefined) {
            table.remove(gone);
            held.delete(gone);
          }
        }
        for (const { hash } of steps) {
          const expected = [...held].filter(([, of]) => of === hash).map(([row]) => row);
          expect(rowsOf(table, hash)).toEqual(expected);
        }
      }),
    );
  });

  it('is filled at once with all but those that repeat a key, and grows on', () => {
    fc.assert(
      fc.property(
        fc.array(hashArb),
        fc.array(hashArb),
        fc.integer({ min: 1, max: 3 }),
        (some, more, keys) => {
          const table = new KeyTable();
          // Of one hash there are so many keys.
          const keyOf = (row: number) => row % keys;
          const repeated = table.load(Uint32Array.from(some), (a, b) => keyOf(a) === keyOf(b));
          for (const [index, hash] of more.entries()) table.add(some.length + index, hash);
          const isRepeated = (row: number) =>
            some.slice(0, row).some((hash, before) => hash === some[row] && keyOf(before) === keyOf(row));
          const expected = [...some.keys()].filter(isRepeated);
          expect(repeated.toSorted((a, b) => a - b)).toEqual(expected);
          for (const hash of [...some, ...more]) {
            const ofSome = [...some.keys()].filter((row) => some[row] === hash && !isRepeated(row));
            const ofMore = [...more.keys()].filter((at) => more[at] === hash).map((at) => some.length + at);
            expect(rowsOf(table, hash)).toEqual([...ofSome, ...ofMore]);
          }
        },
      ),
    );
  });
});
