import { describe, expect, it } from '@jest/globals';
import type { SnapshotHeader } from './book-snapshot.ts';
import { type SnapshotUse, reasonAgainst } from './reason-against.ts';

const day = 24 * 3_600_000;
const noon = 1_790_000_000_000;
const header: SnapshotHeader = {
  shard: 1,
  shards: 2,
  shardCreatedAt: '1780000000.5',
  token: 4,
  checkpoint: { epoch: 'tape-0000000007', frame: 41 },
  coveredUntil: noon,
};
const use: SnapshotUse = {
  shard: 1,
  shards: 2,
  shardCreatedAt: '1780000000.5',
  token: 5,
  checkpoint: { epoch: 'tape-0000000007', frame: 41 },
  takenAt: noon + 60_000,
  overKeptMs: 7 * day,
};
const { checkpoint: _none, ...withoutCheckpoint } = header;
const { checkpoint: _nor, ...untilNow } = use;

const reasonAfter = (age: number) => reasonAgainst(header, { ...use, takenAt: noon + age });

describe('a snapshot', () => {
  it('is used by the next lease of its shard', () => {
    expect(reasonAgainst(header, use)).toBeUndefined();
    expect(reasonAgainst(withoutCheckpoint, use)).toBeUndefined();
    expect(reasonAgainst(withoutCheckpoint, untilNow)).toBeUndefined();
  });

  it.each<[string, Partial<SnapshotHeader>, string]>([
    ['of another shard', { shard: 0 }, 'it is of shard 0 of 2'],
    ['of another division of the symbols', { shards: 8 }, 'it is of shard 1 of 8'],
    ['of another database', { shardCreatedAt: '1780000000.6' }, 'it is of another database'],
    ['of a lease that is not over', { token: 5 }, 'it is ahead of the database'],
    [
      'of a later checkpoint',
      { checkpoint: { epoch: 'tape-0000000007', frame: 42 } },
      'it is ahead of the database',
    ],
    [
      'of a later epoch',
      { checkpoint: { epoch: 'tape-0000000008', frame: 1 } },
      'it is ahead of the database',
    ],
    ['of the future', { coveredUntil: noon + 60_001 }, 'it is ahead of the database'],
  ])('%s is not used', (_what, other, reason) => {
    expect(reasonAgainst({ ...header, ...other }, use)).toBe(reason);
  });

  it('with a checkpoint is not used where the database has none', () => {
    expect(reasonAgainst(header, untilNow)).toBe('it is ahead of the database');
  });

  it('is not used once what has ended since may be deleted, while the changes are read', () => {
    expect(reasonAfter(7 * day - 65 * 60_000 - 1)).toBeUndefined();
    expect(reasonAfter(7 * day - 65 * 60_000)).toBe('what has ended since may be deleted by now');
  });
});
