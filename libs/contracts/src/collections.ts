/** One collection of documents: who writes it, how long they stay, and what they may not outgrow. */
export interface CollectionSpec {
  /** Where its documents are, ids in braces. */
  readonly path: string;
  /** Who writes it: services, or `store` for what is written by whoever commits or takes messages. */
  readonly owners: readonly string[];
  /**
   * `kept` for ever; `deleted` by its owner when its purpose is served; `expireAt`: Firestore deletes a
   * document once the time in that field has passed, and keeps one without it.
   */
  readonly retention: 'kept' | 'deleted' | 'expireAt';
  /** Created once and never changed. */
  readonly isImmutable: boolean;
  /**
   * The most elements of each array, by field path, or by `*.` and the field's name wherever it is nested. An array
   * that is not named here is refused.
   */
  readonly arrays: Readonly<Record<string, number>>;
}

/** The most bytes of any document, as Firestore counts them: a quarter of what Firestore would take. */
export const maxDocumentBytes = 256 * 1024;

/** Of exits, entries and positions, also inside the actions of triggers. */
const tradingArrays = {
  '*.targets': 20,
  '*.tags': 16,
  '*.exiting': 64,
  '*.reducing': 64,
  '*.fillIds': 200,
} as const;
const state = { retention: 'kept', isImmutable: false, arrays: {} } as const;

/**
 * Every collection there is. The store writes to nothing else, a spec holds this against the page that
 * describes them (`docs/ARCHITECTURE.md`), and no document of theirs has an index but for the query catalogue.
 */
export const collections = {
  tenants: { ...state, path: 'tenants/{t}', owners: ['store'] },
  memberships: { ...state, path: 'tenants/{t}/users/{uid}', owners: ['store'] },
  users: { ...state, path: 'users/{uid}', owners: ['store'] },
  accounts: {
    ...state,
    path: 'users/{uid}/accounts/{accountId}',
    owners: ['store'],
    arrays: {
      openPositionIds: 1_000,
      activeTriggerIds: 1_000,
      workingOrderIds: 1_000,
      activeSignalIds: 1_000,
      holds: 16,
      brokerDifferences: 50,
      'risk.entries': 1_000,
      'risk.stops': 100,
      'risk.stoppedAt': 500,
      'risk.locks': 100,
      'risk.trips': 3,
    },
  },
  journal: {
    path: 'users/{uid}/accounts/{accountId}/journal/{seq}',
    owners: ['store'],
    retention: 'kept',
    isImmutable: true,
    // Since schema 3 the events are text.
    arrays: { ...tradingArrays, eventTypes: 64, events: 1_200, '*.rates': 64, '*.symbols': 2 },
  },
  commands: {
    path: 'users/{uid}/accounts/{accountId}/commands/{key}',
    owners: ['store'],
    retention: 'expireAt',
    isImmutable: true,
    arrays: {},
  },
  ledgerProjections: {
    ...state,
    path: 'users/{uid}/accounts/{accountId}/projections/ledger',
    owners: ['ledger'],
  },
  historyProjections: {
    ...state,
    path: 'users/{uid}/accounts/{accountId}/projections/history',
    owners: ['history'],
  },
  pulseSnapshots: {
    ...state,
    path: 'users/{uid}/accounts/{accountId}/projections/pulse',
    owners: ['ledger'],
    arrays: { unpriced: 50 },
  },
  tradingStatus: { ...state, path: 'users/{uid}/status/trading', owners: ['store'] },
  brokerStatus: {
    ...state,
    path: 'users/{uid}/status/broker',
    owners: ['store'],
    arrays: { '*.differences': 50 },
  },
  creditsBalance: { ...state, path: 'users/{uid}/status/credits_balance', owners: ['store'] },
  creditTransactions: {
    path: 'users/{uid}/credit_transactions/{eventId}',
    owners: ['store'],
    retention: 'kept',
    isImmutable: true,
    arrays: {},
  },
  openPositions: {
    ...state,
    path: 'users/{uid}/openPositions/{id}',
    owners: ['store'],
    retention: 'expireAt',
    arrays: tradingArrays,
  },
  tradeTriggers: {
    ...state,
    path: 'users/{uid}/tradeTriggers/{id}',
    owners: ['store'],
    retention: 'expireAt',
    arrays: tradingArrays,
  },
  orders: {
    ...state,
    path: 'users/{uid}/orders/{id}',
    owners: ['store'],
    retention: 'expireAt',
    arrays: tradingArrays,
  },
  signals: {
    ...state,
    path: 'users/{uid}/signals/{id}',
    owners: ['store'],
    retention: 'expireAt',
    arrays: tradingArrays,
  },
  shadowTradeHistory: {
    ...state,
    path: 'users/{uid}/shadowTradeHistory/{tradeId}',
    owners: ['ledger'],
    // Once it is closed and an archive holds it, verified.
    retention: 'deleted',
    arrays: { tags: 16 },
  },
  ledgerTrades: {
    path: 'tenants/{t}/ledger_trades/{eventId}',
    owners: ['ledger'],
    // Once an archive holds it, verified.
    retention: 'deleted',
    isImmutable: true,
    arrays: { tags: 16 },
  },
  ledgerSums: {
    ...state,
    path: 'tenants/{t}/ledger_sums/{eventId}',
    owners: ['ledger'],
    // Only where a rebuild finds that they do not follow from the trades.
    retention: 'deleted',
  },
  archives: { ...state, path: 'tenants/{t}/archives/{id}', owners: ['ledger'], retention: 'deleted' },
  ledgerEntries: {
    path: 'tenants/{t}/ledger_entries/{eventId}',
    owners: ['ledger'],
    retention: 'kept',
    isImmutable: true,
    arrays: { postings: 32 },
  },
  channels: {
    ...state,
    path: 'tenants/{t}/channels/{id}',
    owners: ['cli', 'notifier'],
    retention: 'deleted',
    arrays: { secrets: 3, to: 20 },
  },
  rules: {
    ...state,
    path: 'tenants/{t}/rules/{id}',
    owners: ['cli'],
    retention: 'deleted',
    arrays: {
      eventTypes: 50,
      severities: 4,
      symbols: 50,
      strategies: 50,
      modes: 2,
      exitReasons: 9,
      channels: 50,
    },
  },
  templates: { ...state, path: 'tenants/{t}/templates/{eventType}', owners: ['cli'], retention: 'deleted' },
  summaries: { ...state, path: 'tenants/{t}/summaries/{id}', owners: ['cli'], retention: 'deleted' },
  deliveries: {
    ...state,
    path: 'tenants/{t}/deliveries/{eventId}_{channelId}',
    owners: ['notifier', 'cli'],
    retention: 'expireAt',
    arrays: { 'told.details': 20, 'told.lines': 40, 'told.chart.points': 200 },
  },
  outbox: {
    path: 'outbox/{shard}/pending/{accountId}:{seq}',
    owners: ['store'],
    retention: 'deleted',
    isImmutable: true,
    arrays: {},
  },
  systemTrading: { ...state, path: 'ops_safety/trading', owners: ['store', 'executor'] },
  systemSafety: { ...state, path: 'ops_safety/{scope}', owners: ['store'] },
  systemSafetyJournal: {
    path: 'ops_safety/{scope}/journal/{seq}',
    owners: ['store'],
    retention: 'kept',
    isImmutable: true,
    arrays: { events: 200, '*.examples': 20 },
  },
  systemSafetyCommands: {
    path: 'ops_safety/{scope}/commands/{key}',
    owners: ['store'],
    retention: 'expireAt',
    isImmutable: true,
    arrays: {},
  },
  tenantTrading: { ...state, path: 'tenants/{t}/ops_safety/trading', owners: ['store', 'executor'] },
  tenantSafety: { ...state, path: 'tenants/{t}/ops_safety/{scope}', owners: ['store'] },
  tenantSafetyJournal: {
    path: 'tenants/{t}/ops_safety/{scope}/journal/{seq}',
    owners: ['store'],
    retention: 'kept',
    isImmutable: true,
    arrays: { events: 200 },
  },
  tenantSafetyCommands: {
    path: 'tenants/{t}/ops_safety/{scope}/commands/{key}',
    owners: ['store'],
    retention: 'expireAt',
    isImmutable: true,
    arrays: {},
  },
  userTrading: { ...state, path: 'users/{uid}/ops_safety/trading', owners: ['store', 'executor'] },
  userSafety: { ...state, path: 'users/{uid}/ops_safety/{scope}', owners: ['store'] },
  userSafetyJournal: {
    path: 'users/{uid}/ops_safety/{scope}/journal/{seq}',
    owners: ['store'],
    retention: 'kept',
    isImmutable: true,
    arrays: { events: 200 },
  },
  userSafetyCommands: {
    path: 'users/{uid}/ops_safety/{scope}/commands/{key}',
    owners: ['store'],
    retention: 'expireAt',
    isImmutable: true,
    arrays: {},
  },
  instruments: { ...state, path: 'instruments/{symbol}', owners: ['cli'] },
  symbols: { ...state, path: 'ops_symbols/{symbol}', owners: ['executor'] },
  executorShards: {
    ...state,
    path: 'ops_shards/{shard}',
    owners: ['executor'],
    arrays: { 'checkpoint.paused': 10_000 },
  },
  feeds: {
    ...state,
    path: 'ops_feeds/{epoch}',
    owners: ['market-feed'],
    arrays: { refusedSamples: 27 },
  },
  gaps: { ...state, path: 'ops_gaps/{id}', owners: ['market-feed', 'history'] },
  historyStreams: {
    ...state,
    path: 'ops_history/{stream}',
    owners: ['history'],
    arrays: { commits: 1_000, streams: 1_000 },
  },
  alarms: { ...state, path: 'ops_alarms/{name}', owners: ['notifier'] },
  batchPerformance: { ...state, path: 'ops/batch_performance', owners: ['store'] },
  writeRates: {
    ...state,
    path: 'ops/write_rates/users/{uid}',
    owners: ['store'],
    retention: 'expireAt',
  },
  quarantine: {
    path: 'quarantine/{consumer}:{messageId}',
    owners: ['store', 'cli'],
    retention: 'kept',
    isImmutable: true,
    arrays: {},
  },
  deadLetterActions: {
    path: 'ops_dead_letters/{id}',
    owners: ['cli'],
    retention: 'kept',
    isImmutable: true,
    arrays: {},
  },
} as const satisfies Readonly<Record<string, CollectionSpec>>;

export type CollectionName = keyof typeof collections;

/** The collection that a document's path lies in, by its segments; `undefined` where there is none. */
export function collectionAt(path: string): CollectionName | undefined {
  const segments = path.split('/');
  return names.find((name) => {
    const pattern = collections[name].path.split('/');
    return (
      pattern.length === segments.length &&
      pattern.every((part, i) => (part.includes('{') ? segments[i] !== '' : part === segments[i]))
    );
  });
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of an object that nothing extends
const names = Object.keys(collections) as CollectionName[];
