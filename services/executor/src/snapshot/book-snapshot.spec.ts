import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openPosition } from '../ticks/armed.builder.ts';
import type { ArmedSubject } from '../ticks/fired.ts';
import { armedSubjectArb } from './armed-subject.arbitrary.ts';
import { BadSnapshotError, Snapshot, type SnapshotHeader, encodeSnapshot } from './book-snapshot.ts';

const header: SnapshotHeader = {
  shard: 3,
  shards: 8,
  shardCreatedAt: '1790000000.000000001',
  token: 5,
  checkpoint: { epoch: 'tape-0000000007', frame: 41 },
  coveredUntil: 1_790_000_000_000,
};

function encoded(subjects: readonly ArmedSubject[], of = header): Uint8Array {
  return Buffer.concat([...encodeSnapshot(of, subjects)]);
}

function decoded(bytes: Uint8Array): ArmedSubject[] {
  return [...new Snapshot(bytes).subjects()].flat();
}

describe('a snapshot of a book', () => {
  it('holds what was put into it, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(armedSubjectArb, { maxLength: 20 }), (subjects) => {
        const bytes = encoded(subjects);
        expect(decoded(bytes)).toEqual(subjects);
        expect(new Snapshot(bytes).size).toBe(subjects.length);
      }),
    );
  });

  it('holds many blocks that share their names', () => {
    const subjects = Array.from({ length: 2_500 }, (_, i) => openPosition({ id: `p${i}` }));
    const bytes = encoded(subjects);
    expect(decoded(bytes)).toEqual(subjects);
    expect(bytes.length / subjects.length).toBeLessThan(40);
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
    const subjects = Array.from({ length: 2_500 }, (_, i) => openPosition({ id: `p${i}` }));
    const blocks = [...encodeSnapshot(header, subjects)];
    expect(() => new Snapshot(Buffer.concat(blocks.toSpliced(1, 1)))).toThrow(BadSnapshotError);
  });

  it('is refused in another version', () => {
    const another = Uint8Array.from(encoded([]));
    another['bellwether book\n'.length] = 2;
    expect(() => new Snapshot(another)).toThrow('version 2, not 1');
  });
});
