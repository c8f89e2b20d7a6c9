import { fileURLToPath } from 'node:url';

export { type RunningMarketFeed, startMarketFeed } from './start-market-feed.ts';
export { type TapeSummary, inspectTape } from './tapes/inspect-tape.ts';
export { TapeError } from './tapes/tape-error.ts';
export type { SymbolScales } from './tapes/scales.ts';
export type { TapeKind } from './tapes/tape-format.ts';

/** The tape that ships with the project: five minutes of four synthetic symbols. */
export const demoTape = fileURLToPath(new URL('../tapes/demo.csv.gz', import.meta.url));
