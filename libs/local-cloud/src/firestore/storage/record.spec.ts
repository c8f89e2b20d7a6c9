import { describe, expect, it } from '@jest/globals';
import { Database } from './database.ts';
import { decodeRecord, encodeCommit } from './record.ts';
import { StoredDocument } from './stored-document.ts';

const name = (id: string): string => `projects/p/databases/(default)/documents/é/${id}`;
const document = (id: string, value: number): StoredDocument =>
  StoredDocument.create(name(id), { value: { integerValue: value } }, 1_000_001, 2_000_002);

const contents = (database: Database): unknown[] =>
  [...database.store.documents()].map((kept) => [kept.name, kept.updateTime, kept.bytes.toString()]);

describe('a record', () => {
  it('keeps time, documents and deletions', () => {
    const after = document('a', 1);
    const record = encodeCommit({
      time: 1_700_000_000_123_456,
      changes: [
        { name: name('a'), before: undefined, after },
        { name: name('b'), before: document('b', 2), after: undefined },
      ],
    });
    const { time, entries } = decodeRecord(record);
    expect(time).toBe(1_700_000_000_123_456);
    expect(entries.map((entry) => entry.name)).toEqual([name('a'), name('b')]);
    expect(entries[0]?.after).toMatchObject({
      name: name('a'),
      createTime: 1_000_001,
      updateTime: 2_000_002,
    });
    expect(Buffer.compare(entries[0]?.after?.bytes ?? Buffer.alloc(0), after.bytes)).toBe(0);
    expect(entries[1]?.after).toBeUndefined();
  });
});

describe('a database', () => {
  it('comes back from snapshot and records, and goes on after the last commit', () => {
    const first = new Database(0);
    const put = (id: string, value: number, time: number): Uint8Array => {
      const commit = {
        time,
        changes: [{ name: name(id), before: first.store.get(name(id)), after: document(id, value) }],
      };
      first.apply(commit);
      return encodeCommit(commit);
    };
    put('a', 1, 10);
    put('b', 2, 20);
    const snapshot = first.snapshot();
    const records = [put('a', 3, 30), put('c', 4, 40)];

    const second = new Database(0);
    second.restore(snapshot, records);
    expect(contents(second)).toEqual(contents(first));
    expect(contents(second)).toHaveLength(3);
    expect(second.commitTime(5)).toBe(41);
    expect(second.pastSince(40, 5)?.size).toBe(0);
    expect(second.pastSince(39, 5)).toBeUndefined();
  });
});
