import { type Logger, type RunningService, ServiceMetrics } from '@bellwether/observability';
import { NestFactory } from '@nestjs/core';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from './config.ts';
import { MarketFeed } from './feed/market-feed.ts';
import { measureFeed } from './measure-feed.ts';
import { MarketFeedModule } from './market-feed.module.ts';
import { TapeSource } from './tapes/tape-source.ts';

export interface RunningMarketFeed extends RunningService {
  /**
   * Resolves when a tape without loop is wholly published and its epoch closed, or when `close` ended it
   * before. Rejects when the feed fails; the failure is logged as well.
   */
  readonly finished: Promise<void>;
}

const longestCloseMs = 3_000;

/**
 * Checks the tapes, claims an epoch and begins to publish. The topics must exist.
 *
 * `close` ends the epoch with a last frame for every shard. Should that take longer than three seconds (the
 * cloud is gone), the epoch is left running, and the next start records it as a gap.
 *
 * @throws TapeError for a tape that cannot be read, Error for a bad environment.
 */
export async function startMarketFeed(
  environment: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<RunningMarketFeed> {
  const config = readConfig(environment);
  const source = await TapeSource.check(config.tapes, config);
  const module = MarketFeedModule.with(config, source, environment, logger);
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  const feed = app.get(MarketFeed);
  const { finished } = await feed.start().catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  let why: readonly string[] = [];
  const settled = finished.then(
    () => void (why = ['the source is exhausted']),
    (error: unknown) => {
      why = [`the feed failed: ${error instanceof Error ? error.message : String(error)}`];
      logger.error({ err: error }, 'the feed failed');
    },
  );
  const metrics = new ServiceMetrics('market-feed');
  measureFeed(metrics, feed.counts);
  let closed: Promise<void> | undefined;
  return {
    name: 'market-feed',
    metrics,
    unready: () => why,
    finished,
    async close() {
      closed ??= (async () => {
        feed.stop();
        const timeout = new AbortController();
        await Promise.race([settled, delay(longestCloseMs, undefined, { signal: timeout.signal })]);
        timeout.abort();
        await app.close();
      })();
      await closed;
    },
  };
}
