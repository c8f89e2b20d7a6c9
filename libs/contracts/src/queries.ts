/** One query of the system: what it filters and sorts by, which is what its index must hold. */
export interface QuerySpec {
  readonly name: string;
  readonly owner: 'executor' | 'ledger' | 'notifier' | 'history' | 'market-feed' | 'cli';
  readonly collection: string;
  readonly scope: 'COLLECTION' | 'COLLECTION_GROUP';
  readonly equal: readonly string[];
  readonly orderBy: readonly { readonly field: string; readonly direction: 'ASCENDING' | 'DESCENDING' }[];
}

/**
 * The query catalogue: every query that is sent with a filter or an order other than by document id. A test
 * holds it against `firestore.indexes.json`: no query without its index, no index without its query.
 */
export const queries = [
  {
    name: 'armedPositionsOfShard',
    owner: 'executor',
    collection: 'openPositions',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'details.status'],
    orderBy: [],
  },
  {
    name: 'activeTriggersOfShard',
    owner: 'executor',
    collection: 'tradeTriggers',
    scope: 'COLLECTION_GROUP',
    equal: ['shard', 'details.status'],
    orderBy: [],
  },
  {
    name: 'openPositionsOfUser',
    owner: 'cli',
    collection: 'openPositions',
    scope: 'COLLECTION',
    equal: ['details.status'],
    orderBy: [],
  },
  {
    name: 'activeTriggersOfUser',
    owner: 'cli',
    collection: 'tradeTriggers',
    scope: 'COLLECTION',
    equal: ['details.status'],
    orderBy: [],
  },
  {
    name: 'lastTradesOfTenant',
    owner: 'cli',
    collection: 'ledger_trades',
    scope: 'COLLECTION',
    equal: [],
    orderBy: [{ field: 'closedAt', direction: 'DESCENDING' }],
  },
  {
    name: 'lastDeliveriesOfTenant',
    owner: 'cli',
    collection: 'deliveries',
    scope: 'COLLECTION',
    equal: [],
    orderBy: [{ field: 'sentAt', direction: 'DESCENDING' }],
  },
] as const satisfies readonly QuerySpec[];
