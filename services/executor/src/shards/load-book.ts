import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import { ChangeListener } from '../armed/change-listener.ts';
import { loadArmed } from '../armed/load-armed.ts';
import type { ShardSnapshots } from '../snapshot/shard-snapshots.ts';
import type { ArmedSubject } from '../ticks/fired.ts';
import { LeaseLostError, type ShardLease } from './shard-lease.ts';
import type { ShardRunner } from './shard-runner.ts';

export interface LoadBookOptions {
  readonly firestore: Firestore;
  readonly shard: number;
  readonly lease: Pick<ShardLease, 'takenAt'>;
  readonly runner: Pick<ShardRunner, 'adopt' | 'note' | 'isCurrent'>;
  /** Absent where no snapshots are kept. */
  readonly snapshots: Pick<ShardSnapshots, 'load'> | undefined;
  readonly logger: Logger;
}

/**
 * Brings all that is armed into a shard's book: from its snapshot, or else by reading everything, and then what has
 * changed since.
 *
 * @returns the listener that keeps it current.
 * @throws LeaseLostError when the lease has run out by then.
 */
export async function loadBook(options: LoadBookOptions): Promise<ChangeListener> {
  const { firestore, shard, lease, runner, snapshots, logger } = options;
  let isLoading = true;
  const note = (subject: ArmedSubject): void => runner.note(subject, { isLoading });
  const covered = await snapshots?.load(runner);
  if (covered === undefined) await loadArmed(firestore, shard, note);
  const changes = new ChangeListener({ firestore, shard, from: covered ?? lease.takenAt, note, logger });
  try {
    await changes.open();
    isLoading = false;
    if (!runner.isCurrent) throw new LeaseLostError(`shard ${shard} was lost while it was loaded`);
  } catch (error) {
    changes.close();
    throw error;
  }
  return changes;
}
