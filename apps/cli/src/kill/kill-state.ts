import {
  type AccountDocument,
  type PositionDocument,
  type ScopeTradingDocument,
  paths,
  queries,
} from '@bellwether/contracts';
import { flatteningHold } from '@bellwether/domain';
import { accountsOfScope, buildQuery, readAccount, readDocument, readPosition } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { KillTarget } from './kill-target.ts';

/** What accounts a halt concerns have at stake. */
export interface Stake {
  readonly accounts: number;
  /** Of them, those that trade freely now. */
  readonly active: number;
  readonly openPositions: number;
  readonly workingOrders: number;
}

/** An account that is being flattened, and the positions that are not closed yet. */
export interface Flattening {
  readonly accountId: string;
  readonly open: readonly { readonly positionId: string; readonly symbol: string }[];
}

export async function stakeOf(firestore: Firestore, target: KillTarget): Promise<Stake> {
  let stake: Stake = { accounts: 0, active: 0, openPositions: 0, workingOrders: 0 };
  for await (const { trading, openPositionIds, workingOrderIds } of accountsOf(firestore, target))
    stake = {
      accounts: stake.accounts + 1,
      active: stake.active + (trading === 'active' ? 1 : 0),
      openPositions: stake.openPositions + openPositionIds.length,
      workingOrders: stake.workingOrders + workingOrderIds.length,
    };
  return stake;
}

/** The halts of scopes that are in force, or on their way into their accounts. */
export async function openScopes(firestore: Firestore): Promise<readonly ScopeTradingDocument[]> {
  const { docs } = await buildQuery(firestore, queries.openScopes, { values: { isOpen: true } }).get();
  return docs.flatMap((found) => readDocument<ScopeTradingDocument>(found) ?? []);
}

/** Every account that is not active, whatever holds it. */
export async function heldAccounts(firestore: Firestore): Promise<readonly AccountDocument[]> {
  const held: AccountDocument[] = [];
  for await (const account of accountsOfScope(firestore, { kind: 'system' }))
    if (account.trading !== 'active') held.push(account);
  return held;
}

/** What is being flattened now, everywhere. */
export async function flatteningNow(firestore: Firestore): Promise<readonly Flattening[]> {
  const values = { hasPendingHold: true };
  const { docs } = await buildQuery(firestore, queries.accountsWithPendingHolds, { values }).get();
  const found: Flattening[] = [];
  for (const document of docs) {
    const account = readAccount(document);
    if (account !== undefined && flatteningHold(account) !== undefined)
      found.push(await flatteningOf(firestore, account));
  }
  return found;
}

/** What is not closed yet of what a flatten of the target closes. */
export async function flatteningIn(firestore: Firestore, target: KillTarget): Promise<readonly Flattening[]> {
  const found: Flattening[] = [];
  for await (const account of accountsOf(firestore, target))
    if (flatteningHold(account) !== undefined) found.push(await flatteningOf(firestore, account));
  return found;
}

async function flatteningOf(
  firestore: Firestore,
  { uid, accountId, openPositionIds }: AccountDocument,
): Promise<Flattening> {
  if (openPositionIds.length === 0) return { accountId, open: [] };
  const positions = await firestore.getAll(
    ...openPositionIds.map((id) => firestore.doc(paths.openPosition(uid, id))),
  );
  const open = positions.flatMap((document) => {
    const position: PositionDocument | undefined = readPosition(document);
    if (position === undefined || position.details.status === 'closed') return [];
    return [{ positionId: position.details.id, symbol: position.symbol }];
  });
  return { accountId, open };
}

async function* accountsOf(firestore: Firestore, target: KillTarget): AsyncGenerator<AccountDocument, void> {
  if (target.kind === 'scope') {
    yield* accountsOfScope(firestore, target.scope);
    return;
  }
  const account = readAccount(await firestore.doc(paths.account(target.account)).get());
  if (account !== undefined) yield account;
}
