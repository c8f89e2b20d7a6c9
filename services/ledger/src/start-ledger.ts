import { PubSubStrategy, connectPubSub, serve } from '@bellwether/bus';
import { subscriptions } from '@bellwether/contracts';
import { type Logger, type RunningService, systemClock, systemIds } from '@bellwether/observability';
import { ScopeStore, connectPaced, quarantineTo } from '@bellwether/store';
import { Books } from './books/books.ts';
import { readConfig } from './config.ts';
import { LedgerModule } from './ledger.module.ts';
import { VerificationSchedule } from './schedule/verification-schedule.ts';
import { verify } from './verify/verify.ts';

/** How long a running ledger may be behind before that is a difference. */
const patienceMs = 60_000;

/** Starts a ledger: ready when it pulls committed events. The subscription must exist. */
export async function startLedger(environment: NodeJS.ProcessEnv, logger: Logger): Promise<RunningService> {
  const { verifyEveryMs } = readConfig(environment);
  const paced = connectPaced(environment, { name: 'ledger', clock: systemClock, ids: systemIds, logger });
  const { firestore, writes } = paced;
  const pubsub = connectPubSub(environment);
  const strategy = new PubSubStrategy({
    pubsub,
    // No lanes: what arrives for an account while it books is booked next, in one go.
    consumptions: [{ subscription: subscriptions.ledgerEvents, pattern: 'commit' }],
    logger,
    quarantine: quarantineTo(firestore),
  });
  const app = await serve(LedgerModule.with(new Books(firestore, writes, logger)), strategy);

  const schedule =
    verifyEveryMs === 'off'
      ? undefined
      : new VerificationSchedule({
          everyMs: verifyEveryMs,
          verify: async (signal) => verify(firestore, { patienceMs, signal }),
          scopes: new ScopeStore({ firestore, clock: systemClock, ids: systemIds, logger }),
          ids: systemIds,
          logger,
        });
  schedule?.start();

  let closing: Promise<void> | undefined;
  return { name: 'ledger', close: async () => (closing ??= close()) };

  async function close(): Promise<void> {
    await Promise.all([app.close(), schedule?.close()]);
    await Promise.all([pubsub.close(), paced.close()]);
  }
}
