export { type CommitOutcome, type CommitRequest, type Decision, AccountStore } from './account-store.ts';
export type { Needs } from './account-image.ts';
export { hashCommit, hashRequest } from './commit-hash.ts';
export { connectFirestore } from './connect.ts';
export {
  DocumentTooLargeError,
  WrongTenantError,
  isAborted,
  isAlreadyExists,
  isDefiniteRefusal,
  isFailedPrecondition,
  isNotFound,
} from './errors.ts';
export { type StoredCommit, epochMilliseconds, readCommit, readCommits } from './journal.ts';
export { type PendingPublish, Outbox } from './outbox.ts';
export { type QueryParts, buildQuery } from './queries/build-query.ts';
export { type LatestParts, type LatestSpec, listenToLatest, readLatest } from './queries/latest-of-shards.ts';
export { readDocument } from './read-document.ts';
export { type QuarantinedMessage, quarantineTo } from './quarantine.ts';
