import type { ScopeRef } from './events/scope-commit.ts';
import type { AccountRef } from './ids.ts';
import { sequenceId } from './ids.ts';
import { outboxShards, shardName, shardOf } from './shards.ts';

/** Where every document lives. Nothing else in the code spells a path. */
export const paths = {
  tenant: (tenant: string) => `tenants/${tenant}`,
  membership: (tenant: string, uid: string) => `tenants/${tenant}/users/${uid}`,
  user: (uid: string) => `users/${uid}`,
  account: ({ uid, accountId }: AccountRef) => `users/${uid}/accounts/${accountId}`,
  journal: (account: AccountRef) => `${paths.account(account)}/journal`,
  journalEntry: (account: AccountRef, seq: number) => `${paths.journal(account)}/${sequenceId(seq)}`,
  command: (account: AccountRef, key: string) => `${paths.account(account)}/commands/${key}`,
  ledgerProjection: (account: AccountRef) => `${paths.account(account)}/projections/ledger`,
  historyProjection: (account: AccountRef) => `${paths.account(account)}/projections/history`,
  pulseSnapshot: (account: AccountRef) => `${paths.account(account)}/projections/pulse`,
  tradingStatus: (uid: string) => `users/${uid}/status/trading`,
  brokerStatus: (uid: string) => `users/${uid}/status/broker`,
  creditsBalance: (uid: string) => `users/${uid}/status/credits_balance`,
  creditTransactions: (uid: string) => `users/${uid}/credit_transactions`,
  creditTransaction: (uid: string, event: string) => `users/${uid}/credit_transactions/${event}`,
  openPositions: (uid: string) => `users/${uid}/openPositions`,
  openPosition: (uid: string, id: string) => `users/${uid}/openPositions/${id}`,
  orders: (uid: string) => `users/${uid}/orders`,
  order: (uid: string, id: string) => `users/${uid}/orders/${id}`,
  signals: (uid: string) => `users/${uid}/signals`,
  signal: (uid: string, id: string) => `users/${uid}/signals/${id}`,
  tradeTriggers: (uid: string) => `users/${uid}/tradeTriggers`,
  tradeTrigger: (uid: string, id: string) => `users/${uid}/tradeTriggers/${id}`,
  shadowTrades: (uid: string) => `users/${uid}/shadowTradeHistory`,
  shadowTrade: (uid: string, tradeId: string) => `users/${uid}/shadowTradeHistory/${tradeId}`,
  ledgerSums: (tenant: string) => `tenants/${tenant}/ledger_sums`,
  ledgerSum: (tenant: string, eventId: string) => `tenants/${tenant}/ledger_sums/${eventId}`,
  ledgerTrades: (tenant: string) => `tenants/${tenant}/ledger_trades`,
  ledgerTrade: (tenant: string, tradeId: string) => `tenants/${tenant}/ledger_trades/${tradeId}`,
  archives: (tenant: string) => `tenants/${tenant}/archives`,
  archive: (tenant: string, id: string) => `tenants/${tenant}/archives/${id}`,
  ledgerEntries: (tenant: string) => `tenants/${tenant}/ledger_entries`,
  ledgerEntry: (tenant: string, event: string) => `tenants/${tenant}/ledger_entries/${event}`,
  channels: (tenant: string) => `tenants/${tenant}/channels`,
  channel: (tenant: string, id: string) => `tenants/${tenant}/channels/${id}`,
  rules: (tenant: string) => `tenants/${tenant}/rules`,
  rule: (tenant: string, id: string) => `tenants/${tenant}/rules/${id}`,
  templates: (tenant: string) => `tenants/${tenant}/templates`,
  template: (tenant: string, eventType: string) => `tenants/${tenant}/templates/${eventType}`,
  summaries: (tenant: string) => `tenants/${tenant}/summaries`,
  summary: (tenant: string, id: string) => `tenants/${tenant}/summaries/${id}`,
  deliveries: (tenant: string) => `tenants/${tenant}/deliveries`,
  delivery: (tenant: string, event: string, channel: string) =>
    `tenants/${tenant}/deliveries/${event}_${channel}`,
  outboxPending: (shard: number) => `outbox/${shardName(shard)}/pending`,
  /** @param source the id of the account, or of the scope, whose commit it is. */
  outboxPointer: (source: string, seq: number) =>
    `${paths.outboxPending(shardOf(source, outboxShards))}/${source}:${sequenceId(seq)}`,
  scopeHead: (scope: ScopeRef) => `${scopeRoot(scope)}ops_safety/${scope.kind}`,
  scopeJournal: (scope: ScopeRef) => `${paths.scopeHead(scope)}/journal`,
  scopeJournalEntry: (scope: ScopeRef, seq: number) => `${paths.scopeJournal(scope)}/${sequenceId(seq)}`,
  scopeCommand: (scope: ScopeRef, key: string) => `${paths.scopeHead(scope)}/commands/${key}`,
  scopeTrading: (scope: ScopeRef) => `${scopeRoot(scope)}ops_safety/trading`,
  tenants: () => 'tenants',
  accounts: (uid: string) => `users/${uid}/accounts`,
  instruments: () => 'instruments',
  /** Symbols may hold slashes, ids of documents may not. */
  instrument: (symbol: string) => `instruments/${encodeURIComponent(symbol)}`,
  symbol: (symbol: string) => `ops_symbols/${encodeURIComponent(symbol)}`,
  executorShard: (shard: number) => `ops_shards/${shardName(shard)}`,
  feeds: () => 'ops_feeds',
  feed: (epoch: string) => `ops_feeds/${epoch}`,
  gap: (id: string) => `ops_gaps/${id}`,
  historyStream: (name: string) => `ops_history/${name}`,
  batchPerformance: () => 'ops/batch_performance',
  writeRates: (uid: string) => `ops/write_rates/users/${uid}`,
  alarm: (name: string) => `ops_alarms/${name}`,
  executorShards: () => 'ops_shards',
  quarantined: () => 'quarantine',
  quarantine: (consumer: string, messageId: string) => `quarantine/${consumer}:${messageId}`,
  deadLetterAction: (id: string, number: number) => `ops_dead_letters/${id}:${number}`,
} as const;

function scopeRoot(scope: ScopeRef): string {
  if (scope.kind === 'system') return '';
  return scope.kind === 'tenant' ? `tenants/${scope.tenant}/` : `users/${scope.uid}/`;
}
