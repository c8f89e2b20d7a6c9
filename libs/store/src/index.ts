export { accountsOfScope } from './accounts-of-scope.ts';
export {
  type CommitCounts,
  type CommitOutcome,
  type CommitRequest,
  type Decision,
  AccountStore,
} from './account-store.ts';
export { type CreditTransactionFields, creditTransactionsOf } from './credit-transactions.ts';
export { type Needs, needsOf } from './account-image.ts';
export { keptAfterCloseMs } from './account-writes.ts';
export { DocumentBatch } from './documents/document-batch.ts';
export { type CollectionDocuments, type Repositories, repositoriesOf } from './documents/repositories.ts';
export { type ImmutableRepository, type Repository, type Stored } from './documents/repository.ts';
export { hashCommit, hashRequest, hashStored } from './commit-hash.ts';
export { type SealedCommit, sealCommit } from './seal-commit.ts';
export { StoreFirestore, connectFirestore } from './connect.ts';
export type { Firestore } from '@google-cloud/firestore';
export {
  type DocumentBound,
  DocumentTooLargeError,
  UnstorableValueError,
  WrongTenantError,
  isAborted,
  isAlreadyExists,
  isDefiniteRefusal,
  isFailedPrecondition,
  isNotFound,
  isResourceExhausted,
} from './errors.ts';
export { BrokenJournalError, foldJournal, timesOfWriting } from './fold-journal.ts';
export { type StoredCommit, epochMilliseconds, readCommit, readCommits } from './journal.ts';
export type { ReadDocument } from './reads/read-document.ts';
export type { IdRange } from './reads/range-query.ts';
export { readList } from './reads/read-list.ts';
export { readPages, readRange } from './reads/read-range.ts';
export { type PendingPublish, type PointerName, Outbox } from './outbox.ts';
export { type QueryParts, buildQuery } from './queries/build-query.ts';
export {
  type LatestParts,
  type ShardedParts,
  type ShardedSpec,
  eachOfShards,
  listenToLatest,
  readLatest,
} from './queries/latest-of-shards.ts';
export { type StoredScopeCommit, readScopeCommit, readScopeCommits } from './scope-journal.ts';
export { type ScopeDecision, type ScopeOutcome, type ScopeRequest, ScopeStore } from './scope-store.ts';
export {
  type ScopeRefusal,
  type ScopeSwitch,
  decideSwitch,
  scopeTradingOf,
  scopesOf,
  switchScope,
} from './scope-trading.ts';
export {
  readAccount,
  readDocument,
  readOrder,
  readPosition,
  readSignal,
  readTrigger,
} from './read-document.ts';
export {
  type StateDocument,
  type TouchedDocument,
  documentAt,
  pathOf,
  touchedBy,
  touchedDocuments,
} from './state-documents.ts';
export {
  type RebuiltAccount,
  type StateDifference,
  listAccounts,
  rebuildAccount,
} from './rebuild-account.ts';
export { type QuarantinedMessage, largestQuarantined, quarantineTo } from './quarantine.ts';
export {
  type BulkWrites,
  type CommitPace,
  type WriteOrigin,
  WritesShedError,
  allTenants,
} from './write-limits/bulk-writes.ts';
export { type PacedFirestore, connectPaced } from './write-limits/connect-paced.ts';
export { heldBack, measureWrites } from './write-limits/measure-writes.ts';
export { readWriteProfile } from './write-limits/profiles.ts';
export { unpacedWrites } from './write-limits/unpaced-writes.ts';
