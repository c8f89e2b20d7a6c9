import type { Logger } from '@bellwether/observability';
import { fileURLToPath } from 'node:url';
import type { RunningMarketFeed } from './start-market-feed.ts';

export type { RunningMarketFeed } from './start-market-feed.ts';
export { type TapeSummary, inspectTape } from './tapes/inspect-tape.ts';
export type { MeasuredTape } from './tapes/measure-tape.ts';
export { TapeError } from './tapes/tape-error.ts';
export { TapeFrames } from './tapes/tape-frames.ts';
export type { SymbolScales } from './tapes/scales.ts';
export type { TapeKind } from './tapes/tape-format.ts';

/** As `start-market-feed` says; loaded only then: who reads tapes needs neither Nest nor Google's clients. */
export async function startMarketFeed(
  environment: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<RunningMarketFeed> {
  const service = await import('./start-market-feed.ts');
  return service.startMarketFeed(environment, logger);
}

/** The tape that ships with the project: five minutes of four synthetic symbols. */
export const demoTape = fileURLToPath(new URL('../tapes/demo.csv.gz', import.meta.url));
