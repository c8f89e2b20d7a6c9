import type { Clock, Ids } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type StoreFirestore, connectFirestore } from '../connect.ts';
import { PacedWrites } from './paced-writes.ts';
import { readWriteProfile } from './profiles.ts';
import { WriteCounters } from './write-counters.ts';
import { WriteReport } from './write-report.ts';

/** A service's Firestore, with a limit on how fast it writes in bulk. */
export interface PacedFirestore {
  readonly firestore: StoreFirestore;
  readonly writes: PacedWrites;
  /** Refuses what waits, reports, and closes the client. */
  close(): Promise<void>;
}

/**
 * Connects as `connectFirestore` does, and paces bulk writes by the profile that `WRITE_LIMITS` names.
 *
 * @param parts.name of the process in the reports of what was written.
 * @throws Error for an environment that names no profile.
 */
export function connectPaced(
  environment: NodeJS.ProcessEnv,
  { name, clock, ids, logger }: { name: string; clock: Clock; ids: Ids; logger: Logger },
): PacedFirestore {
  const profile = readWriteProfile(environment);
  const counters = new WriteCounters({
    since: Math.round(clock.now()),
    profile: profile?.name ?? 'off',
    onChange: () => report.changed(),
  });
  const firestore = connectFirestore(environment, {
    now: () => clock.now(),
    onCommitAnswer: (answer) => writes.answered(answer),
  });
  const report = new WriteReport({ firestore, name, clock, logger, counters });
  const draw = (): number => Number.parseInt(ids.hex(8), 16) / 2 ** 32;
  const writes = new PacedWrites({ firestore, profile, clock, draw, logger, counters });
  return {
    firestore,
    writes,
    async close() {
      writes.close();
      await report.close();
      await firestore.terminate();
    },
  };
}
