import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { over } from '../ticks/armed.builder.ts';
import { type ArmedSubject, armedKey } from '../ticks/fired.ts';
import { ShardBook } from '../ticks/shard-book.ts';
import { Snapshot, type SnapshotHeader, encodeSnapshot } from './book-snapshot.ts';
import { livesArb } from './taken-up-book.arbitrary.ts';
import { SharedLife } from './taken-up-book.simulation.ts';

const header: SnapshotHeader = { shard: 0, shards: 1, shardCreatedAt: '', token: 1, coveredUntil: 0 };

function described(subjects: Iterable<ArmedSubject>): ArmedSubject[] {
  return [...subjects].toSorted((a, b) => (armedKey(a) < armedKey(b) ? -1 : 1));
}

/** In no order of its own. */
function extremesOf(book: ShardBook): string[] {
  return book
    .extremes()
    .map((extremes) => JSON.stringify(extremes))
    .toSorted();
}

/** The subject before a change that came while the snapshot was written. */
function asBefore(subject: ArmedSubject): ArmedSubject {
  return { ...subject, version: 0.5, armed: subject.armed?.slice(0, 1) ?? [] };
}

describe('a book that has taken up a snapshot', () => {
  it('is exactly like one that is built from the documents, whatever comes', () => {
    let fired = 0;
    fc.assert(
      fc.property(livesArb, ({ before, after, subjectsPerBlock, isWrittenTwice }) => {
        const first = new ShardBook();
        const life = new SharedLife(first);
        for (const step of before) life.run(step);

        const twice = isWrittenTwice ? life.armed.map(asBefore) : [];
        const book = {
          subjects: () => [...twice.slice(0, 3), ...first.subjects(), ...twice.slice(2, 5)],
          scaleOf: (symbol: string) => first.scaleOf(symbol),
        };
        const bytes = Buffer.concat([...encodeSnapshot(header, book, subjectsPerBlock)]);
        const checkpoint = life.checkpoint();
        const built = new ShardBook(checkpoint);
        for (const subject of life.armed) built.note(subject);
        const takenUp = new ShardBook(checkpoint);
        Array.from(takenUp.adopt(new Snapshot(bytes).subjects()));

        life.goOnWith(built, takenUp);
        for (const step of after) {
          const [expected, found] = life.run(step);
          expect(found).toEqual(expected);
          expect(takenUp.size).toBe(built.size);
          expect(extremesOf(takenUp)).toEqual(extremesOf(built));
          fired += found?.length ?? 0;
        }
        expect(described(takenUp.subjects())).toEqual(described(life.armed));
        for (const subject of life.armed) takenUp.note(over(subject, Number.MAX_SAFE_INTEGER));
        expect(takenUp.size).toBe(0);
      }),
      { numRuns: 200 },
    );
    expect(fired).toBeGreaterThan(200);
  });
});
