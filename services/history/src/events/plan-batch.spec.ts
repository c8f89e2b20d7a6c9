import { describe, expect, it } from '@jest/globals';
import { commitOf } from './commit.fixture.ts';
import type { ArchivedCommit, TimedCommit } from './encode-events.ts';
import { type ReadJournal, planBatch } from './plan-batch.ts';

const uidOf = (commit: ArchivedCommit): string => ('uid' in commit ? commit.uid : '');
const timed = (seq: number, name = 'ann', publishedAt = 1): TimedCommit => ({
  commit: commitOf(seq, name),
  publishedAt,
});
const journal: ReadJournal = async (of, fromSeq, toSeq) =>
  Promise.resolve(Array.from({ length: toSeq - fromSeq + 1 }, (_, i) => timed(fromSeq + i, uidOf(of), 0)));
const nothing: ReadJournal = async () => Promise.resolve([]);
const limits = { commits: 5, bytes: 1_000_000 };
const named = (commits: readonly TimedCommit[]) =>
  commits.map(
    ({ commit, publishedAt }) => `${uidOf(commit)}${commit.seq}${publishedAt === 0 ? ' healed' : ''}`,
  );

describe('planBatch', () => {
  it('puts the commits of an account in order and drops what is written', async () => {
    const offered = [timed(4), timed(1, 'bob'), timed(3), timed(3), timed(2)];
    const { batch } = await planBatch(offered, new Map([['ann.main', 2]]), nothing, limits);
    expect(named(batch)).toEqual(['ann3', 'ann4', 'bob1']);
  });

  it('reads from the journal what no message brought', async () => {
    const { batch } = await planBatch([timed(4), timed(2)], new Map(), journal, limits);
    expect(named(batch)).toEqual(['ann1 healed', 'ann2', 'ann3 healed', 'ann4']);
  });

  it('stops at the limit of commits, and goes on from there the next time', async () => {
    const offered = [timed(9), timed(1, 'bob')];
    const first = await planBatch(offered, new Map(), journal, limits);
    expect(named(first.batch)).toEqual([1, 2, 3, 4, 5].map((seq) => `ann${seq} healed`));
    const second = await planBatch(offered, new Map([['ann.main', 5]]), journal, limits);
    expect(named(second.batch)).toEqual(['ann6 healed', 'ann7 healed', 'ann8 healed', 'ann9', 'bob1']);
  });

  it('stops at the limit of bytes, but takes one commit at least', async () => {
    const { batch } = await planBatch([timed(1), timed(2)], new Map(), nothing, { ...limits, bytes: 10 });
    expect(named(batch)).toEqual(['ann1']);
  });

  it('leaves out an account whose journal has a hole', async () => {
    const { batch, broken } = await planBatch([timed(3), timed(1, 'bob')], new Map(), nothing, limits);
    expect(named(batch)).toEqual(['bob1']);
    expect([...broken.keys()]).toEqual(['ann.main']);
  });
});
