import 'reflect-metadata';
import { runMain } from '@bellwether/observability';
import { startMarketFeed } from './start-market-feed.ts';

await runMain('market-feed', async (environment, logger) => {
  const feed = await startMarketFeed(environment, logger);
  // It is logged; the next start records the epoch that was left running.
  feed.finished.catch(() => process.exit(1));
  return feed;
});
