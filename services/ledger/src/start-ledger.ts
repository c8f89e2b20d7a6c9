import { PubSubStrategy, connectPubSub, serve } from '@bellwether/bus';
import { subscriptions } from '@bellwether/contracts';
import {
  type Logger,
  type RunningService,
  Schedule,
  ServiceMetrics,
  systemClock,
  systemIds,
} from '@bellwether/observability';
import { ScopeStore, connectPaced, heldBack, measureWrites, quarantineTo } from '@bellwether/store';
import { ArchivedTrades } from './archive/archived-trades.ts';
import { openArchiveFiles } from './archive/open-archive.ts';
import { Books } from './books/books.ts';
import { readConfig } from './config.ts';
import { LedgerModule } from './ledger.module.ts';
import { measureLedger } from './measure-ledger.ts';
import { archiveAll } from './schedule/archive-all.ts';
import { VerificationSchedule } from './schedule/verification-schedule.ts';
import { verify } from './verify/verify.ts';

/** How long a running ledger may be behind before that is a difference. */
const patienceMs = 60_000;
/** From the start: also a ledger that is started anew every day archives. */
const firstArchiveMs = 300_000;

/** Starts a ledger: ready when it pulls committed events. The subscription must exist. */
export async function startLedger(environment: NodeJS.ProcessEnv, logger: Logger): Promise<RunningService> {
  const { name, verifyEveryMs, archiveEveryMs, archiveAfterMs } = readConfig(environment);
  const files = openArchiveFiles(environment);
  const archived = new ArchivedTrades(files);
  const paced = connectPaced(environment, { name, clock: systemClock, ids: systemIds, logger });
  const { firestore, writes } = paced;
  const metrics = new ServiceMetrics('ledger');
  const books = new Books(firestore, writes, logger);
  const pubsub = connectPubSub(environment);
  const strategy = new PubSubStrategy({
    pubsub,
    // No lanes: what arrives for an account while it books is booked next, in one go.
    consumptions: [{ subscription: subscriptions.ledgerEvents, pattern: 'commit', isTraced: true }],
    logger,
    quarantine: quarantineTo(firestore),
    measures: { metrics, clock: systemClock },
  });
  const app = await serve(LedgerModule.with(books), strategy);

  const schedule =
    verifyEveryMs === 'off'
      ? undefined
      : new VerificationSchedule({
          everyMs: verifyEveryMs,
          verify: async (signal) => verify(firestore, { patienceMs, signal, archived }),
          scopes: new ScopeStore({ firestore, clock: systemClock, ids: systemIds, logger }),
          ids: systemIds,
          logger,
        });
  schedule?.start();
  const archiving =
    archiveEveryMs === 'off' || files === undefined
      ? undefined
      : new Schedule({
          everyMs: archiveEveryMs,
          firstMs: Math.min(archiveEveryMs, firstArchiveMs),
          run: async (signal) =>
            archiveAll({
              firestore,
              writes,
              files,
              clock: systemClock,
              ids: systemIds,
              logger,
              olderThanMs: archiveAfterMs,
              signal,
            }),
          onFailed: (error) =>
            logger.error({ err: error }, 'what is old was not archived; it is tried again at its time'),
        });
  archiving?.start();
  measureLedger(metrics, books.counts, () => schedule?.last);
  measureWrites(metrics, writes);

  let closing: Promise<void> | undefined;
  return {
    name: 'ledger',
    metrics,
    unready: () => [
      ...strategy.dead.map((subscription) => `the stream of ${subscription} is dead`),
      ...heldBack(writes),
    ],
    close: async () => (closing ??= close()),
  };

  async function close(): Promise<void> {
    await Promise.all([app.close(), schedule?.close(), archiving?.close()]);
    await Promise.all([pubsub.close(), paced.close()]);
  }
}
