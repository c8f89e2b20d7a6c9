export { type RebuiltLedger, rebuildLedger } from './rebuild/rebuild-ledger.ts';
export { startLedger } from './start-ledger.ts';
export type { Difference } from './verify/difference.ts';
export { type VerifyOptions, type VerifyReport, verify } from './verify/verify.ts';
export type { VerifiedAccount } from './verify/verify-account.ts';
export { type Grouping, type Period, type PnlRow, profitAndLoss } from './statements/profit-and-loss.ts';
export { type TradeFilter, latestTrades, openTrades, tradesOf } from './statements/trade-queries.ts';
