/** One query of the system: what it filters and sorts by, which is what its index must hold. */
export interface QuerySpec {
  readonly owner: 'executor' | 'ledger' | 'notifier' | 'history' | 'market-feed' | 'cli';
  /** The id of the collection, or of all collections of that id. */
  readonly collection: string;
  readonly scope: 'COLLECTION' | 'COLLECTION_GROUP';
  readonly equal: readonly string[];
  readonly orderBy: readonly { readonly field: string; readonly direction: 'ASCENDING' | 'DESCENDING' }[];
}

/**
 * The query catalogue: every query that is sent with a filter or an order other than by document id, by its
 * name. The store builds queries from nothing else; tests hold the catalogue against the sources and against
 * `firestore.indexes.json`: no query without its index, no index without its query.
 */
export const queries = {
  armedPositionsOfShard: {
    owner: 'executor',
    collection: 'openPositions',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'details.status'],
    orderBy: [],
  },
  activeTriggersOfShard: {
    owner: 'executor',
    collection: 'tradeTriggers',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'details.status'],
    orderBy: [],
  },
  workingOrdersOfShard: {
    owner: 'executor',
    collection: 'orders',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'details.status'],
    orderBy: [],
  },
  activeSignalsOfShard: {
    owner: 'executor',
    collection: 'signals',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'details.status'],
    orderBy: [],
  },
  /** Halts of scopes that are in force, or are being carried into their accounts. */
  openScopes: {
    owner: 'executor',
    collection: 'ops_safety',
    scope: 'COLLECTION_GROUP',
    equal: ['isOpen'],
    orderBy: [],
  },
  /** By document id: read in pages. */
  accountsOfTenant: {
    owner: 'executor',
    collection: 'accounts',
    scope: 'COLLECTION_GROUP',
    equal: ['tenantId'],
    orderBy: [],
  },
  /** Accounts whose hold ends by itself, or is closing their positions. */
  accountsWithPendingHolds: {
    owner: 'executor',
    collection: 'accounts',
    scope: 'COLLECTION_GROUP',
    equal: ['hasPendingHold'],
    orderBy: [],
  },
  /** Accounts whose orders go to a real broker. */
  accountsOfBroker: {
    owner: 'executor',
    collection: 'accounts',
    scope: 'COLLECTION_GROUP',
    equal: ['settings.broker'],
    orderBy: [],
  },
  /** What has changed in a shard since a moment: the shard in front spreads a time that only rises. */
  changedPositionsOfShard: {
    owner: 'executor',
    collection: 'openPositions',
    scope: 'COLLECTION_GROUP',
    equal: ['shard'],
    orderBy: [{ field: 'changedAt', direction: 'ASCENDING' }],
  },
  changedTriggersOfShard: {
    owner: 'executor',
    collection: 'tradeTriggers',
    scope: 'COLLECTION_GROUP',
    equal: ['shard'],
    orderBy: [{ field: 'changedAt', direction: 'ASCENDING' }],
  },
  changedOrdersOfShard: {
    owner: 'executor',
    collection: 'orders',
    scope: 'COLLECTION_GROUP',
    equal: ['shard'],
    orderBy: [{ field: 'changedAt', direction: 'ASCENDING' }],
  },
  changedSignalsOfShard: {
    owner: 'executor',
    collection: 'signals',
    scope: 'COLLECTION_GROUP',
    equal: ['shard'],
    orderBy: [{ field: 'changedAt', direction: 'ASCENDING' }],
  },
  openPositionsOfUser: {
    owner: 'cli',
    collection: 'openPositions',
    scope: 'COLLECTION',
    equal: ['details.status'],
    orderBy: [],
  },
  activeTriggersOfUser: {
    owner: 'cli',
    collection: 'tradeTriggers',
    scope: 'COLLECTION',
    equal: ['details.status'],
    orderBy: [],
  },
  /** Whether a tenant has anything open, or armed, in a symbol that pauses. */
  openPositionsOfSymbol: {
    owner: 'notifier',
    collection: 'openPositions',
    scope: 'COLLECTION_GROUP',
    equal: ['tenantId', 'symbol', 'details.status'],
    orderBy: [],
  },
  activeTriggersOfSymbol: {
    owner: 'notifier',
    collection: 'tradeTriggers',
    scope: 'COLLECTION_GROUP',
    equal: ['tenantId', 'symbol', 'details.status'],
    orderBy: [],
  },
  /** Once for each of `timeShards`, merged. */
  lastTradesOfTenant: {
    owner: 'cli',
    collection: 'ledger_trades',
    scope: 'COLLECTION',
    equal: ['shard'],
    orderBy: [{ field: 'tradedAt', direction: 'DESCENDING' }],
  },
  /** Once for each of `timeShards`, merged: this and the next two between times, too. */
  lastTradesOfSide: {
    owner: 'ledger',
    collection: 'ledger_trades',
    scope: 'COLLECTION',
    equal: ['shard', 'side'],
    orderBy: [{ field: 'tradedAt', direction: 'DESCENDING' }],
  },
  lastTradesOfUser: {
    owner: 'ledger',
    collection: 'ledger_trades',
    scope: 'COLLECTION',
    equal: ['shard', 'uid'],
    orderBy: [{ field: 'tradedAt', direction: 'DESCENDING' }],
  },
  lastTradesOfStrategy: {
    owner: 'ledger',
    collection: 'ledger_trades',
    scope: 'COLLECTION',
    equal: ['shard', 'uid', 'strategy'],
    orderBy: [{ field: 'tradedAt', direction: 'DESCENDING' }],
  },
  /** What trades came to, from a day on. Once for each of `timeShards`. */
  sumsOfTenant: {
    owner: 'ledger',
    collection: 'ledger_sums',
    scope: 'COLLECTION',
    equal: ['shard'],
    orderBy: [{ field: 'toAt', direction: 'DESCENDING' }],
  },
  /** A user has few open: whoever asks sorts them by date. */
  openTradesOfUser: {
    owner: 'ledger',
    collection: 'shadowTradeHistory',
    scope: 'COLLECTION',
    equal: ['status'],
    orderBy: [],
  },
  /** Closed positions by when they were closed. Once for each of `timeShards`: of a tenant, and of one of its users. */
  closedTradesOfTenant: {
    owner: 'ledger',
    collection: 'shadowTradeHistory',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'tenantId'],
    orderBy: [{ field: 'closedAt', direction: 'DESCENDING' }],
  },
  closedTradesOfUser: {
    owner: 'ledger',
    collection: 'shadowTradeHistory',
    scope: 'COLLECTION',
    equal: ['shard', 'tenantId'],
    orderBy: [{ field: 'closedAt', direction: 'DESCENDING' }],
  },
  /** What waits in its document until it is due. Once for each of `timeShards`. */
  parkedDeliveries: {
    owner: 'notifier',
    collection: 'deliveries',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'isParked'],
    orderBy: [{ field: 'dueAt', direction: 'ASCENDING' }],
  },
  activeSummaries: {
    owner: 'notifier',
    collection: 'summaries',
    scope: 'COLLECTION_GROUP',
    equal: ['isActive'],
    orderBy: [],
  },
  /** The alert of a position's opening: its message is edited when the position closes. */
  deliveriesOfSubject: {
    owner: 'notifier',
    collection: 'deliveries',
    scope: 'COLLECTION',
    equal: ['channelId', 'subjectId', 'eventType'],
    orderBy: [],
  },
  /** Once for each of `timeShards`, merged. */
  lastDeliveriesOfTenant: {
    owner: 'cli',
    collection: 'deliveries',
    scope: 'COLLECTION',
    equal: ['shard'],
    orderBy: [{ field: 'sentAt', direction: 'DESCENDING' }],
  },
  /** Of all tenants, to be counted. Once for each of `timeShards`. */
  deadDeliveries: {
    owner: 'notifier',
    collection: 'deliveries',
    scope: 'COLLECTION_GROUP',
    equal: ['shard'],
    orderBy: [{ field: 'diedAt', direction: 'DESCENDING' }],
  },
  /** Those alone that have died and wait for somebody to act. Once for each of `timeShards`, merged. */
  deadDeliveriesOfTenant: {
    owner: 'cli',
    collection: 'deliveries',
    scope: 'COLLECTION',
    equal: ['shard'],
    orderBy: [{ field: 'diedAt', direction: 'DESCENDING' }],
  },
} as const satisfies Readonly<Record<string, QuerySpec>>;
