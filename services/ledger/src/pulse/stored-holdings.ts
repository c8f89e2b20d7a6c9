import {
  type AccountDocument,
  type AccountRef,
  type PositionDocument,
  type PulseSnapshotDocument,
  type ScopeRef,
  paths,
  queries,
} from '@bellwether/contracts';
import { type Holding, Holdings } from '@bellwether/domain';
import { type Stored, accountsOfScope, buildQuery, readPosition, repositoriesOf } from '@bellwether/store';
import type { Firestore, Query } from '@google-cloud/firestore';

/** An account's holdings as they are stored, and what was last told of them. */
export interface StoredHoldings {
  readonly ref: AccountRef;
  readonly version: number;
  readonly holdings: Holdings;
  readonly snapshot?: Stored<PulseSnapshotDocument>;
}

const pageSize = 5_000;
const atOnce = 300;

/**
 * What all accounts hold, in lots: two reads for each account, and one for each position. It may be read while
 * accounts trade: an account is as of its version, and each of its positions tells its own.
 *
 * @param shards how the topology divides symbols.
 */
export async function* readAllHoldings(
  firestore: Firestore,
  shards: number,
): AsyncGenerator<readonly StoredHoldings[], void> {
  const system: ScopeRef = { kind: 'system' };
  const accounts: AccountDocument[] = [];
  for await (const account of accountsOfScope(firestore, system)) accounts.push(account);
  const positions = await readOpenPositions(firestore, shards);
  for (let first = 0; first < accounts.length; first += atOnce)
    yield await withPositions(firestore, accounts.slice(first, first + atOnce), positions);
}

/** The holdings of one account; `undefined` where there is none. */
export async function readHoldings(
  firestore: Firestore,
  ref: AccountRef,
): Promise<StoredHoldings | undefined> {
  const account = await repositoriesOf(firestore).accounts.read(paths.account(ref));
  if (account === undefined) return undefined;
  const [stored] = await withPositions(firestore, [account.document], new Map());
  return stored;
}

async function readOpenPositions(
  firestore: Firestore,
  shards: number,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Holding>>> {
  const byAccount = new Map<string, Map<string, Holding>>();
  for (let shard = 0; shard < shards; shard += 1)
    for (const status of ['open', 'closing']) {
      const values = { shard, 'details.status': status };
      for await (const document of inPages(
        buildQuery(firestore, queries.armedPositionsOfShard, { values }),
      )) {
        const { accountId } = document;
        const known = byAccount.get(accountId) ?? new Map<string, Holding>();
        byAccount.set(accountId, known);
        const holding = holdingOf(document);
        if ((known.get(holding.id)?.version ?? 0) < holding.version) known.set(holding.id, holding);
      }
    }
  return byAccount;
}

async function* inPages(query: Query): AsyncGenerator<PositionDocument, void> {
  for (let page = await query.limit(pageSize).get(); ;) {
    for (const document of page.docs) {
      const position = readPosition(document);
      if (position !== undefined) yield position;
    }
    const last = page.docs.at(-1);
    if (last === undefined || page.size < pageSize) return;
    page = await query.startAfter(last).limit(pageSize).get();
  }
}

/** Reads what an account lists and the queries did not find: it changed while they ran. */
async function withPositions(
  firestore: Firestore,
  accounts: readonly AccountDocument[],
  known: ReadonlyMap<string, ReadonlyMap<string, Holding>>,
): Promise<StoredHoldings[]> {
  const { openPositions, pulseSnapshots } = repositoriesOf(firestore);
  const missing = accounts.flatMap(({ uid, accountId, openPositionIds }) =>
    openPositionIds
      .filter((id) => known.get(accountId)?.has(id) !== true)
      .map((id) => paths.openPosition(uid, id)),
  );
  const refs = accounts.map(({ tenantId: tenant, uid, accountId }) => ({ tenant, uid, accountId }));
  const [found, snapshots] = await Promise.all([
    openPositions.readAll(missing),
    pulseSnapshots.readAll(refs.map((ref) => paths.pulseSnapshot(ref))),
  ]);
  const read = found.flatMap((stored) =>
    stored === undefined || stored.document.details.status === 'closed' ? [] : [stored.document],
  );
  return accounts.flatMap(({ accountId, version, settings, cash }, index) => {
    const ref = refs[index];
    if (ref === undefined) return [];
    const positions = [
      ...(known.get(accountId)?.values() ?? []),
      ...read.filter((document) => document.accountId === accountId).map(holdingOf),
    ];
    const holdings = new Holdings({ currency: settings.currency, cash, positions });
    const snapshot = snapshots[index];
    return { ref, version, holdings, ...(snapshot === undefined ? {} : { snapshot }) };
  });
}

function holdingOf({ version, details }: PositionDocument): Holding {
  const { id, symbol, side, contract, quantity, entryPrice } = details;
  return { id, symbol, side, contract, quantity, entryPrice, version };
}
