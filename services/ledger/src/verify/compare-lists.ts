import type { AccountDocument } from '@bellwether/contracts';
import { isWorking } from '@bellwether/domain';
import type { OrderStatus } from '@bellwether/domain';
import type { StateDocument } from '@bellwether/store';

/** A stored position, trigger, order or signal. */
export interface StoredState extends StateDocument {
  readonly accountId: string;
  readonly status: string;
}

/** The statuses of what an account has to list, and of nothing else. */
const alive: Readonly<Record<StateDocument['kind'], (status: string) => boolean>> = {
  position: (status) => status === 'open' || status === 'closing',
  trigger: (status) => status === 'active',
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any other text is no working order
  order: (status) => isWorking({ status: status as OrderStatus }),
  signal: (status) => status === 'active',
};

/**
 * Zombies, one sentence each: what an account lists as open, active or working and whose document is missing, over or
 * another account's, and what its documents call so and the account does not list.
 *
 * @param documents of the account's user, of all their accounts.
 */
export function compareLists(
  accountId: string,
  account: AccountDocument | undefined,
  documents: readonly StoredState[],
): string[] {
  const stored = new Map(documents.map((each) => [keyOf(each), each]));
  const listed = listedBy(account);
  const names = new Set(listed.map(keyOf));
  return [
    ...listed.flatMap((each) => wrongIn(each, stored.get(keyOf(each)), accountId)),
    ...listed
      .filter((each, i) => listed.findIndex((other) => keyOf(other) === keyOf(each)) !== i)
      .map((each) => `the account lists ${nameOf(each)} twice`),
    ...documents
      .filter((each) => each.accountId === accountId && alive[each.kind](each.status))
      .filter((each) => !names.has(keyOf(each)))
      .map((each) => `${nameOf(each)} is ${each.status}, and the account does not list it`),
  ];
}

function wrongIn(listed: StateDocument, stored: StoredState | undefined, accountId: string): string[] {
  const name = nameOf(listed);
  if (stored === undefined) return [`the account lists ${name}, which is not stored`];
  if (stored.accountId !== accountId)
    return [`the account lists ${name}, which is of account ${stored.accountId}`];
  return alive[stored.kind](stored.status) ? [] : [`the account lists ${name}, which is ${stored.status}`];
}

function listedBy(account: AccountDocument | undefined): StateDocument[] {
  if (account === undefined) return [];
  const { openPositionIds, activeTriggerIds, workingOrderIds, activeSignalIds = [] } = account;
  return [
    ...openPositionIds.map((id) => ({ kind: 'position' as const, id })),
    ...activeTriggerIds.map((id) => ({ kind: 'trigger' as const, id })),
    ...workingOrderIds.map((id) => ({ kind: 'order' as const, id })),
    ...activeSignalIds.map((id) => ({ kind: 'signal' as const, id })),
  ];
}

function keyOf({ kind, id }: StateDocument): string {
  return `${kind}/${id}`;
}

function nameOf({ kind, id }: StateDocument): string {
  return `${kind} ${id}`;
}
