import {
  type AccountDocument,
  type AccountRef,
  type CommandRecord,
  type OutboxPointer,
  paths,
} from '@bellwether/contracts';
import type { Account, AccountEvent } from '@bellwether/domain';
import { Timestamp } from '@google-cloud/firestore';
import { type AccountImage, isOver } from './account-image.ts';
import { CommitWrites } from './commits/commit-writes.ts';
import { DocumentTooLargeError } from './errors.ts';
import { creditTransactionsOf } from './credit-transactions.ts';
import {
  accountDocument,
  brokerStatus,
  creditsBalance,
  stateFields,
  tradingStatus,
} from './state-of-account.ts';
import type { SealedCommit } from './seal-commit.ts';
import type { TouchedDocument } from './state-documents.ts';

/** What a commit is, and what it comes to. */
export interface CommitParts {
  readonly sealed: SealedCommit;
  /** The image's account after the commit's events. */
  readonly after: Account;
  /** The documents that it changes. */
  readonly touched: readonly TouchedDocument[];
  /** How symbols are divided: written into armed documents, so that a shard finds its own. */
  readonly shards: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Set for a command: recorded under its key. */
  readonly requestHash?: string;
}

const maxAccountBytes = 256 * 1024;
/** How long a document stays of what is over. */
export const keptAfterCloseMs = 7 * 24 * 3_600_000;
const commandsKeptMs = 7 * 24 * 3_600_000;

/**
 * The writes of a commit on top of `image`: the journal entry whose creation is the version check, the
 * account and what it changed at the update times that the image knows, the outbox pointer, and the
 * command's record. Nothing in it can apply twice or in part.
 *
 * @throws DocumentTooLargeError before Firestore would refuse.
 */
export function writesOfCommit(image: AccountImage, parts: CommitParts): CommitWrites {
  const { sealed, after, now } = parts;
  const { commit } = sealed;
  const { ref } = image;
  const writes = new CommitWrites();
  writes.create(paths.journalEntry(ref, commit.seq), sealed.document);

  const head = accountDocument(after, commit);
  guardSize(head);
  put(paths.account(ref), head);
  if (!image.isOpen) registerUser(writes, ref);
  if (commit.events.some(isSwitch))
    writes.merge(paths.tradingStatus(ref.uid), tradingStatus(after, commit.seq, now));
  if (after.brokerDifferences !== image.account.brokerDifferences)
    writes.merge(paths.brokerStatus(ref.uid), brokerStatus(after, commit.seq, now));
  if (after.credits !== image.account.credits)
    writes.merge(paths.creditsBalance(ref.uid), creditsBalance(after, commit.seq, now));
  for (const [path, transaction] of creditTransactionsOf(commit))
    writes.create(path, { ...transaction, changedAt: Math.round(now) });
  for (const document of parts.touched) put(document.path, armedDocument(document));

  const { tenant: tenantId, uid, accountId } = ref;
  const pointer: OutboxPointer = { tenantId, uid, accountId, seq: commit.seq };
  writes.create(paths.outboxPointer(accountId, commit.seq), pointer);
  if (commit.cause.kind === 'command' && parts.requestHash !== undefined) {
    const record = commandRecord({ requestHash: parts.requestHash, seq: commit.seq }, now);
    writes.create(paths.command(ref, commit.cause.key), record);
  }
  return writes;

  function put(path: string, document: object): void {
    const updateTime = image.times.get(path);
    if (updateTime === undefined) writes.create(path, document);
    else writes.replace(path, document, updateTime);
  }

  function armedDocument(at: TouchedDocument): object {
    const fields = stateFields(ref, after, at, { version: commit.seq, shards: parts.shards });
    if (fields === undefined) throw new Error(`${at.path} is changed without having been loaded`);
    const document = { ...fields, changedAt: Math.round(now) };
    return isOver(after, at)
      ? { ...document, expireAt: Timestamp.fromMillis(Math.round(now + keptAfterCloseMs)) }
      : document;
  }
}

/** What is kept of a command, for as long as it may come again. @param now epoch milliseconds. */
export function commandRecord(record: CommandRecord, now: number): CommandRecord & { expireAt: Timestamp } {
  return { ...record, expireAt: Timestamp.fromMillis(Math.round(now + commandsKeptMs)) };
}

function isSwitch({ type }: AccountEvent): boolean {
  return (
    type === 'AccountOpened' ||
    type === 'TradingHalted' ||
    type === 'TradingReduced' ||
    type === 'TradingResumed'
  );
}

/** The first commit of an account also makes sure that its tenant, membership and user exist. */
function registerUser(writes: CommitWrites, { tenant, uid }: AccountRef): void {
  writes.merge(paths.tenant(tenant), { tenantId: tenant, status: 'active' });
  writes.merge(paths.membership(tenant, uid), { uid, role: 'owner' });
  writes.merge(paths.user(uid), { uid, tenantId: tenant });
}

function guardSize(head: AccountDocument): void {
  const bytes = Buffer.byteLength(JSON.stringify(head));
  if (bytes > maxAccountBytes)
    throw new DocumentTooLargeError(`the account would be ${bytes} bytes, more than ${maxAccountBytes}`, {
      limit: maxAccountBytes,
      actual: bytes,
    });
}
