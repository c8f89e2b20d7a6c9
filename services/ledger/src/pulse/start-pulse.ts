import { PubSubStrategy, connectPubSub, serve } from '@bellwether/bus';
import {
  type Logger,
  type RunningService,
  ServiceMetrics,
  systemClock,
  systemIds,
} from '@bellwether/observability';
import { connectPaced, heldBack, measureWrites, quarantineTo } from '@bellwether/store';
import { FollowAccounts } from './follow-accounts.ts';
import { measurePulse } from './measure-pulse.ts';
import { createSubscriptions } from './own-subscriptions.ts';
import { PulseBook } from './pulse-book.ts';
import { PulseModule } from './pulse.module.ts';
import { PulseStream, type PulseSubscription } from './pulse-stream.ts';
import { type PulseSelection, viewOf } from './pulse-views.ts';
import { Pulse } from './pulse.ts';
import { readPulseConfig } from './config.ts';
import { servePulse } from './serve-pulse.ts';
import { Snapshots } from './snapshots.ts';
import { type StoredHoldings, readAllHoldings } from './stored-holdings.ts';

export interface RunningPulse extends RunningService {
  /** Where it serves its stream. */
  readonly url: string;
  /** @throws TooManySubscribersError */
  subscribe(selection: PulseSelection): PulseSubscription;
}

/**
 * Starts a pulse: ready when it knows what every account holds, and follows events and prices. The topics must
 * exist; its subscriptions are its own, and end with it.
 */
export async function startPulse(environment: NodeJS.ProcessEnv, logger: Logger): Promise<RunningPulse> {
  const config = readPulseConfig(environment);
  const parts = { clock: systemClock, ids: systemIds, logger };
  const paced = connectPaced(environment, { name: 'pulse', ...parts });
  const { firestore, writes } = paced;
  const metrics = new ServiceMetrics('pulse');
  const pubsub = connectPubSub(environment);
  // Before anything is read, so that no commit falls between.
  const own = await createSubscriptions(pubsub, systemIds);

  const book = new PulseBook();
  const snapshots = new Snapshots({ firestore, writes, book, clock: systemClock, logger });
  const take = ({ ref, version, holdings, snapshot }: StoredHoldings): void => {
    const peak = snapshot?.document.peakEquity ?? undefined;
    const isComparable = snapshot?.document.currency === holdings.currency;
    book.put(ref, {
      version,
      holdings,
      ...(peak !== undefined && isComparable ? { peak: Number(peak) } : {}),
    });
    snapshots.know(ref.accountId, snapshot);
  };
  for await (const lot of readAllHoldings(firestore, config.shards)) for (const stored of lot) take(stored);

  const stream = new PulseStream((selection) => viewOf(book, selection, systemClock.now()));
  const accounts = new FollowAccounts({ firestore, book, take, logger });
  const pulse = new Pulse({ book, accounts, stream, clock: systemClock });
  pulse.pulse();
  const strategy = new PubSubStrategy({
    pubsub,
    consumptions: [
      { subscription: own.events, pattern: 'commit' },
      { subscription: own.marks, pattern: 'marks' },
    ],
    logger,
    quarantine: quarantineTo(firestore),
    measures: { metrics, clock: systemClock },
  });
  measurePulse(metrics, book, stream);
  measureWrites(metrics, writes);
  const app = await serve(PulseModule.with(pulse), strategy);
  const isKnown = (selection: PulseSelection): boolean =>
    selection.of !== 'account' || book.account(selection.accountId) !== undefined;
  const server = await servePulse(config.port, stream, isKnown, logger);
  snapshots.start();
  logger.info(
    { url: server.url, accounts: book.accounts.length, positions: book.positions },
    'the pulse beats',
  );

  let closing: Promise<void> | undefined;
  return {
    name: 'pulse',
    url: server.url,
    metrics,
    unready: () => [
      ...strategy.dead.map((subscription) => `the stream of ${subscription} is dead`),
      ...heldBack(writes),
    ],
    subscribe: (selection) => stream.subscribe(selection),
    close: async () => (closing ??= close()),
  };

  async function close(): Promise<void> {
    stream.close();
    await Promise.all([app.close(), server.close(), snapshots.close()]);
    pulse.close();
    await own.delete().catch((error: unknown) => logger.warn({ err: error }, 'the subscriptions expire'));
    await Promise.all([pubsub.close(), paced.close()]);
  }
}
