import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openPosition } from '../ticks/armed.builder.ts';
import { armedSubjectArb } from '../subjects/armed-subject.arbitrary.ts';
import { SubjectTable } from '../subjects/subject-table.ts';
import type { ArmedSubject } from '../ticks/fired.ts';
import {
  type ArmedBook,
  BadSnapshotError,
  Snapshot,
  type SnapshotHeader,
  encodeSnapshot,
} from './book-snapshot.ts';

const header: SnapshotHeader = {
  shard: 3,
  shards: 8,
  shardCreatedAt: '1790000000.000000001',
  token: 5,
  checkpoint: { epoch: 'tape-0000000007', frame: 41 },
  coveredUntil: 1_790_000_000_000,
};

function bookOf(subjects: readonly ArmedSubject[]): ArmedBook {
  return { subjects: () => subjects, scaleOf: () => 2 };
}

function encoded(subjects: readonly ArmedSubject[], of = header, perBlock?: number): Uint8Array {
  return Buffer.concat([...encodeSnapshot(of, bookOf(subjects), perBlock)]);
}

function decoded(bytes: Uint8Array): ArmedSubject[] {
  const table = new SubjectTable();
  const { columns, terms, size } = new Snapshot(bytes).subjects();
  table.load(columns, terms);
  return Array.from({ length: size }, (_, row) => table.at(row));
}

describe('a snapshot of a book', () => {
  it('holds what was put into it, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(armedSubjectArb, { maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        (subjects, n) => {
          const bytes = encoded(subjects, header, n);
          expect(decoded(bytes)).toEqual(subjects);
          expect(new Snapshot(bytes).size).toBe(subjects.length);
        },
      ),
    );
  });

  it('holds many blocks that share their names', () => {
    const subjects = Array.from({ length: 2_500 }, (_, i) => openPosition({ id: `p${i}` }));
    const bytes = encoded(subjects);
    expect(decoded(bytes)).toEqual(subjects);
    expect(bytes.length / subjects.length).toBeLessThan(75);
  });

  it('says what it is of', () => {
    expect(new Snapshot(encoded([])).header).toEqual(header);
    const { checkpoint: _none, ...first } = header;
    expect(new Snapshot(encoded([], first)).header).toEqual(first);
  });

  it('is refused where any byte is another', () => {
    const whole = encoded([openPosition(), openPosition({ id: 'p2' })]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(whole);
        damaged[at]! ^= change;
        expect(() => new Snapshot(damaged)).toThrow(BadSnapshotError);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where it ends early, wherever that is', () => {
    const whole = encoded([openPosition(), openPosition({ id: 'p2' })]);
    for (let length = 0; length < whole.length; length += 1)
      expect(() => new Snapshot(whole.subarray(0, length))).toThrow(BadSnapshotError);
  });

  it('is refused where a block in its middle is missing', () => {
    const subjects = Array.from({ length: 5 }, (_, i) => openPosition({ id: `p${i}` }));
    const blocks = [...encodeSnapshot(header, bookOf(subjects), 2)];
    expect(() => new Snapshot(Buffer.concat(blocks.toSpliced(1, 1)))).toThrow(BadSnapshotError);
  });

  it('is refused in another version', () => {
    const another = Uint8Array.from(encoded([]));
    another['bellwether book\n'.length] = 1;
    expect(() => new Snapshot(another)).toThrow('version 1, not 2');
  });
});
