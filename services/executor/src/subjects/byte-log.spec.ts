import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteLog } from './byte-log.ts';

const stepArb = fc.record({
  record: fc.nat(30),
  /** Some are longer than a segment. */
  bytes: fc.option(fc.uint8Array({ maxLength: 80 }), { nil: undefined, freq: 4 }),
});

function isHeld(log: ByteLog, expected: ReadonlyMap<number, Uint8Array>): boolean {
  return [...expected].every(([record, bytes]) => Buffer.compare(log.at(record), bytes) === 0);
}

describe('a log of records', () => {
  it('has of each record what was put last, whatever moved meanwhile', () => {
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 300, size: 'max' }), (steps) => {
        const log = new ByteLog(64);
        const expected = new Map<number, Uint8Array>();
        for (const { record, bytes } of steps) {
          if (bytes === undefined) log.remove(record);
          else log.put(record, bytes);
          expected.set(record, bytes ?? new Uint8Array(0));
          expect(isHeld(log, expected)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is filled with many at once, and changes like any other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 80 })),
        fc.nat(9),
        fc.array(stepArb),
        (records, cut, steps) => {
          const log = new ByteLog(64);
          let end = 0;
          log.load(
            Uint32Array.from(records, ({ length }) => (end += length)),
            [records.slice(0, cut), records.slice(cut)].map((piece) => Buffer.concat(piece)),
          );
          expect(isHeld(log, new Map(records.entries()))).toBe(true);
          const expected = new Map(records.entries());
          for (const { record, bytes = new Uint8Array(0) } of steps) {
            log.put(record, bytes);
            expected.set(record, bytes);
          }
          expect(isHeld(log, expected)).toBe(true);
        },
      ),
    );
  });

  it('uses the memory of what has changed or ended again', () => {
    const log = new ByteLog(1_024);
    const putAll = (round: number): void => {
      for (let record = 0; record < 5_000; record += 1)
        log.put(record, new Uint8Array(20 + ((record * 7 + round * 13) % 40)));
    };
    putAll(0);
    const { bytes } = log;
    for (let round = 1; round < 20; round += 1) putAll(round);
    expect(log.bytes).toBeLessThan(bytes * 2.5);
    for (let record = 0; record < 5_000; record += 1) log.remove(record);
    putAll(21);
    expect(log.bytes).toBeLessThan(bytes * 2.5);
  });
});
