import {
  type AccountDocument,
  type AccountRef,
  type CreditsBalanceDocument,
  paths,
  sequenceId,
} from '@bellwether/contracts';
import { type DocumentSnapshot, type Firestore, Timestamp, type Transaction } from '@google-cloud/firestore';
import { keptAfterCloseMs } from './account-writes.ts';
import { canonicalJson } from './canonical-json.ts';
import { foldJournal, timesOfWriting } from './fold-journal.ts';
import { readCommits } from './journal.ts';
import { readDocument } from './read-document.ts';
import { creditsBalance } from './state-of-account.ts';
import { documentAt } from './state-documents.ts';

/** Where a stored document is not what the journal says. */
export interface StateDifference {
  readonly path: string;
  /** `details.exits.stopLoss.price`; empty for the document as a whole. */
  readonly field: string;
  /** Undefined where nothing is stored. */
  readonly stored: unknown;
  /** Undefined where the journal knows of nothing. */
  readonly journal: unknown;
}

export interface RebuiltAccount {
  readonly account: AccountRef;
  /** Entries of its journal. */
  readonly entries: number;
  /** State documents that the journal makes. */
  readonly documents: number;
  readonly differences: readonly StateDifference[];
}

export interface RebuildOptions {
  /** How the topology divides symbols. */
  readonly shards: number;
  /** Writes the documents that differ as the journal makes them. The journal is never changed. */
  readonly write?: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

const stateCollections = ['openPositions', 'tradeTriggers', 'orders', 'signals'];
const lastSeq = 9_999_999_999;

/** The accounts that have a journal or a document, sorted by id. */
export async function listAccounts(firestore: Firestore): Promise<readonly AccountRef[]> {
  const found: AccountRef[] = [];
  for (const user of await firestore.collection('users').listDocuments())
    for (const account of await user.collection('accounts').listDocuments()) {
      const first = await account.collection('journal').doc(sequenceId(1)).get();
      const tenant = String(first.get('tenant') ?? (await account.get()).get('tenantId') ?? '');
      found.push({ tenant, uid: user.id, accountId: account.id });
    }
  return found.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
}

/**
 * Folds an account's journal and compares what comes of it with what is stored, byte for byte, but for
 * `timesOfWriting` and for what is over and has expired. Reads it all as of one moment: an executor may go on meanwhile.
 *
 * @throws BrokenJournalError
 */
export async function rebuildAccount(
  firestore: Firestore,
  account: AccountRef,
  { shards, now, write = false }: RebuildOptions,
): Promise<RebuiltAccount> {
  for (;;) {
    const journal = await readCommits(firestore, account, 1, lastSeq);
    const folded = foldJournal(
      account,
      journal.map(({ commit }) => commit),
      shards,
    );
    const rebuilt = await firestore.runTransaction(
      async (transaction) => {
        const next = await transaction.get(firestore.doc(paths.journalEntry(account, journal.length + 1)));
        if (next.exists) return undefined;
        const stored = await readState(firestore, transaction, account, folded.keys());
        const balance = await transaction.get(firestore.doc(paths.creditsBalance(account.uid)));
        const expected = balanceOf(account, folded.get(paths.account(account)), now);
        const differences = [
          ...differencesOf(account, folded, stored),
          ...balanceDifferences(account, balance, expected),
        ];
        if (write && expected !== undefined) transaction.set(balance.ref, expected, { merge: true });
        if (write)
          for (const path of new Set(differences.map((difference) => difference.path)))
            if (path !== balance.ref.path) repair(firestore, transaction, { path, account, folded, now });
        return { account, entries: journal.length, documents: folded.size, differences };
      },
      write ? {} : { readOnly: true },
    );
    if (rebuilt !== undefined) return rebuilt;
  }
}

/** What the account's part of its user's balances of credits should be; `undefined` where it never had any. */
function balanceOf(
  { tenant, uid, accountId }: AccountRef,
  document: object | undefined,
  now: number,
): CreditsBalanceDocument | undefined {
  const { credits, version = 0 } = { ...document } as Partial<AccountDocument>;
  if (credits === undefined) return undefined;
  return creditsBalance({ tenant, uid, accountId, credits }, version, now);
}

function balanceDifferences(
  { accountId }: AccountRef,
  stored: DocumentSnapshot,
  expected: CreditsBalanceDocument | undefined,
): StateDifference[] {
  const shown = (document: CreditsBalanceDocument | undefined): object | undefined => {
    const { available, reserved } = document?.accounts[accountId] ?? {};
    return available === undefined ? undefined : { available, reserved };
  };
  const field = `accounts.${accountId}`;
  const found = differencesIn(shown(readDocument<CreditsBalanceDocument>(stored)), shown(expected), field);
  return found.map((difference) => ({ path: stored.ref.path, ...difference }));
}

/** Everything that is stored of the account's state, and what should be, by path. */
async function readState(
  firestore: Firestore,
  transaction: Transaction,
  account: AccountRef,
  expected: Iterable<string>,
): Promise<ReadonlyMap<string, DocumentSnapshot>> {
  const found = new Map<string, DocumentSnapshot>();
  for (const name of stateCollections) {
    const { docs } = await transaction.get(firestore.collection(`${paths.user(account.uid)}/${name}`));
    for (const document of docs)
      if (document.get('accountId') === account.accountId) found.set(document.ref.path, document);
  }
  const wanted = new Set([paths.account(account), ...expected]);
  const missing = [...wanted].filter((path) => !found.has(path));
  if (missing.length > 0)
    for (const document of await transaction.getAll(...missing.map((path) => firestore.doc(path))))
      if (document.exists) found.set(document.ref.path, document);
  return found;
}

function differencesOf(
  account: AccountRef,
  folded: ReadonlyMap<string, object>,
  stored: ReadonlyMap<string, DocumentSnapshot>,
): StateDifference[] {
  const alive = idsAlive(folded.get(paths.account(account)));
  return [...new Set([...folded.keys(), ...stored.keys()])].toSorted().flatMap((path) => {
    const journal = folded.get(path);
    const data = stored.get(path)?.data();
    const hasExpired = data === undefined && documentAt(path) !== undefined && !alive.has(keyOf(path));
    if (hasExpired) return [];
    return differencesIn(withoutTimes(data), journal).map((difference) => ({ path, ...difference }));
  });
}

/** `position/p1`: what the account's document lists as alive. */
function idsAlive(document: object = {}): ReadonlySet<string> {
  const {
    openPositionIds = [],
    activeTriggerIds = [],
    workingOrderIds = [],
    activeSignalIds = [],
  } = document as Partial<AccountDocument>;
  return new Set([
    ...openPositionIds.map((id) => `position/${id}`),
    ...activeTriggerIds.map((id) => `trigger/${id}`),
    ...workingOrderIds.map((id) => `order/${id}`),
    ...activeSignalIds.map((id) => `signal/${id}`),
  ]);
}

function keyOf(path: string): string {
  const at = documentAt(path);
  return at === undefined ? '' : `${at.kind}/${at.id}`;
}

function withoutTimes(data: object | undefined): object | undefined {
  if (data === undefined) return undefined;
  return Object.fromEntries(Object.entries(data).filter(([name]) => !timesOfWriting.includes(name)));
}

/** Field by field, as deep as both are objects. */
function differencesIn(stored: unknown, journal: unknown, field = ''): Omit<StateDifference, 'path'>[] {
  if (canonicalJson(stored) === canonicalJson(journal)) return [];
  if (!isRecord(stored) || !isRecord(journal)) return [{ field, stored, journal }];
  return [...new Set([...Object.keys(stored), ...Object.keys(journal)])]
    .toSorted()
    .flatMap((name) => differencesIn(stored[name], journal[name], field === '' ? name : `${field}.${name}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is over expires again, and what is not does not. */
function repair(
  firestore: Firestore,
  transaction: Transaction,
  of: {
    readonly path: string;
    readonly account: AccountRef;
    readonly folded: ReadonlyMap<string, object>;
    readonly now: number;
  },
): void {
  const { path, account, folded, now } = of;
  const document = firestore.doc(path);
  const fields = folded.get(path);
  if (fields === undefined) transaction.delete(document);
  else if (path === paths.account(account)) transaction.set(document, fields);
  else if (documentAt(path) === undefined)
    transaction.set(document, { ...fields, changedAt: Math.round(now) });
  else {
    const isAlive = idsAlive(folded.get(paths.account(account))).has(keyOf(path));
    const expiry = isAlive ? {} : { expireAt: Timestamp.fromMillis(Math.round(now + keptAfterCloseMs)) };
    transaction.set(document, { ...fields, changedAt: Math.round(now), ...expiry });
  }
}
