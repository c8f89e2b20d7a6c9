import { PubSubStrategy, connectPubSub, serve } from '@bellwether/bus';
import { subscriptions } from '@bellwether/contracts';
import { type Logger, type RunningService, systemClock, systemIds } from '@bellwether/observability';
import { connectPaced, quarantineTo } from '@bellwether/store';
import { Books } from './books/books.ts';
import { LedgerModule } from './ledger.module.ts';

/** Starts a ledger: ready when it pulls committed events. The subscription must exist. */
export async function startLedger(environment: NodeJS.ProcessEnv, logger: Logger): Promise<RunningService> {
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

  let closing: Promise<void> | undefined;
  return { name: 'ledger', close: async () => (closing ??= close()) };

  async function close(): Promise<void> {
    await app.close();
    await Promise.all([pubsub.close(), paced.close()]);
  }
}
