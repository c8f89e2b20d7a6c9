import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openPosition } from '../ticks/armed.builder.ts';
import { type ArmedSubject, armedKey } from '../ticks/fired.ts';
import { armedSubjectArb } from './armed-subject.arbitrary.ts';
import {
  type ArmedBook,
  BadSnapshotError,
  Snapshot,
  type SnapshotHeader,
  encodeSnapshot,
} from './book-snapshot.ts';
import { hashOfKey } from './hash-of-key.ts';

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
  const subjects = new Snapshot(bytes).subjects();
  return Array.from({ length: subjects.size }, (_, row) => subjects.subjectAt(row));
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

  it('finds what it holds by its key, once it is taken up and until it is an object', () => {
    fc.assert(
      fc.property(fc.uniqueArray(armedSubjectArb, { selector: armedKey, maxLength: 40 }), (all) => {
        const subjects = new Snapshot(encoded(all)).subjects();
        for (const row of all.keys()) subjects.takeUp(row);
        for (const [row, subject] of all.entries()) {
          expect(subjects.find(armedKey(subject))).toBe(row);
          expect(subjects.find(`${armedKey(subject)}/`)).toBeUndefined();
          subjects.release(row);
          expect(subjects.find(armedKey(subject))).toBeUndefined();
        }
      }),
    );
  });

  it('tells keys apart that share their hash, and says which come again', () => {
    const [a, b] = ['p11pvu', 'p1g3ea'].map((id) => openPosition({ id }));
    expect(hashOfKey(armedKey(a!))).toBe(hashOfKey(armedKey(b!)));
    const subjects = new Snapshot(encoded([a!, b!, openPosition({ id: a!.id }, 2)])).subjects();
    expect([0, 1, 2].map((row) => subjects.isRepeated(row))).toEqual([false, false, true]);
    for (const row of [0, 1]) subjects.takeUp(row);
    expect(subjects.find(armedKey(a!))).toBe(0);
    expect(subjects.find(armedKey(b!))).toBe(1);
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
