import {
  type AccountDocument,
  type AccountRef,
  type ArmedDocument,
  type BrokerStatusDocument,
  type Commit,
  type CreditsBalanceDocument,
  type TradingStatusDocument,
  shardOf,
} from '@bellwether/contracts';
import {
  type Account,
  type Order,
  type Position,
  type Signal,
  type Trigger,
  flatteningHold,
  decimal,
  formatDecimal,
  holdEndsAt,
  noCredits,
  sum,
} from '@bellwether/domain';
import type { StateDocument } from './state-documents.ts';

/** What stands beside a state: everything but when its document was written. */
export type StateFields = Omit<ArmedDocument<Position | Trigger | Order | Signal>, 'changedAt'>;

/** The account's document after `commit`, which made it what it is. */
export function accountDocument(account: Account, commit: Pick<Commit, 'seq' | 'hash'>): AccountDocument {
  return {
    schema: 2,
    tenantId: account.tenant,
    uid: account.uid,
    accountId: account.accountId,
    version: commit.seq,
    headHash: commit.hash,
    trading: account.trading,
    holds: account.holds,
    scopeSeqs: account.scopeSeqs,
    hasPendingHold: holdEndsAt(account) !== undefined || flatteningHold(account) !== undefined,
    settings: account.settings,
    cash: account.cash,
    risk: account.risk,
    brokerDifferences: account.brokerDifferences,
    ...(account.credits === noCredits ? {} : { credits: account.credits }),
    openPositionIds: [...account.openPositionIds],
    activeTriggerIds: [...account.activeTriggerIds],
    workingOrderIds: [...account.workingOrderIds],
    activeSignalIds: [...account.activeSignalIds],
  };
}

/**
 * The document of a position, trigger, order or signal as the account holds it; `undefined` where it holds none.
 *
 * @param version the sequence of the commit that last changed it.
 */
export function stateFields(
  { tenant: tenantId, uid, accountId }: AccountRef,
  { positions, triggers, orders, signals }: Pick<Account, 'positions' | 'triggers' | 'orders' | 'signals'>,
  { kind, id }: StateDocument,
  { version, shards }: { readonly version: number; readonly shards: number },
): StateFields | undefined {
  const details = { position: positions, trigger: triggers, order: orders, signal: signals }[kind].get(id);
  if (details === undefined) return undefined;
  const { symbol } = details;
  const shard = shardOf(symbol, shards);
  return { schema: 2, tenantId, uid, accountId, symbol, shard, version, details };
}

/** The account's part of its user's `status/trading`. @param now epoch milliseconds. */
export function tradingStatus(
  { tenant, uid, accountId, trading, holds }: Account,
  version: number,
  now: number,
): TradingStatusDocument {
  const status = { trading, holds, version, changedAt: Math.round(now) };
  return { tenantId: tenant, uid, accounts: { [accountId]: status } };
}

/** The account's part of its user's `status/broker`. @param now epoch milliseconds. */
export function brokerStatus(
  { tenant, uid, accountId, brokerDifferences: differences }: Account,
  version: number,
  now: number,
): BrokerStatusDocument {
  const status = { differences, version, changedAt: Math.round(now) };
  return { tenantId: tenant, uid, accounts: { [accountId]: status } };
}

/** The account's part of its user's `status/credits_balance`. @param now epoch milliseconds. */
export function creditsBalance(
  { tenant, uid, accountId, credits }: Pick<Account, 'tenant' | 'uid' | 'accountId' | 'credits'>,
  version: number,
  now: number,
): CreditsBalanceDocument {
  const reserved = formatDecimal(sum(Object.values(credits.reserved).map(decimal)));
  const balance = { available: credits.available, reserved, version, changedAt: Math.round(now) };
  return { tenantId: tenant, uid, accounts: { [accountId]: balance } };
}
