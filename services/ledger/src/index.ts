export { startLedger } from './start-ledger.ts';
export type { Difference } from './verify/difference.ts';
export { type VerifyOptions, type VerifyReport, verify } from './verify/verify.ts';
export type { VerifiedAccount } from './verify/verify-account.ts';
