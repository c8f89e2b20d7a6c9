import { type AccountRef, type Commit, commitAttributes, paths } from '@bellwether/contracts';
import type { Publisher } from '@bellwether/bus';
import type { PositionClosed } from '@bellwether/domain';
import { hashCommit } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';

/** Stores and publishes commits, as executors do. */
export async function commitAll(
  firestore: Firestore,
  publisher: Publisher,
  commits: readonly Commit[],
): Promise<void> {
  await Promise.all(
    commits.map(async (commit) => {
      await firestore.doc(paths.journalEntry(commit, commit.seq)).create(commit);
      const data = Buffer.from(JSON.stringify(commit));
      await publisher.publish(data, commitAttributes(commit));
    }),
  );
}

/** The commit of an account in which so many of its positions are closed by their stops. */
export function commitOf(account: AccountRef, seq: number, closed: number): Commit {
  const unhashed: Omit<Commit, 'hash'> = {
    schema: 2,
    ...account,
    seq,
    commitId: `bench-${seq}`,
    cause: { kind: 'frame', shard: 0, epoch: 'bench-0000000001', number: seq },
    events: Array.from({ length: closed }, (_, index) => closedAt(`p${seq}-${index}`)),
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    previousHash: '',
  };
  return { ...unhashed, hash: hashCommit(unhashed) };
}

function closedAt(positionId: string): PositionClosed {
  return {
    type: 'PositionClosed',
    positionId,
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '0.5',
    entryPrice: '100',
    exitPrice: '95',
    currency: 'USDT',
    realizedPnl: '-2.5',
    reason: 'stopLoss',
    strategy: 'dip',
    openedAt: 1_000,
    closedAt: 2_000,
  };
}
