import {
  type ArchiveDocument,
  type ClosedTradeDocument,
  type LedgerTradeDocument,
  paths,
} from '@bellwether/contracts';
import type { RowKind } from './row-file.ts';
import { type RowSums, sumPositions, sumTrades } from './row-sums.ts';

/** What an archive may hold. */
export interface ArchivedKind<Row> extends RowKind<Row> {
  readonly name: 'trades' | 'positions';
  /** The document that a row was. */
  readonly pathOf: (tenant: string, row: Row) => string;
  readonly sumsOf: (rows: readonly Row[]) => RowSums;
}

/** Ledger trades, by when they were traded. */
export const tradeRows: ArchivedKind<LedgerTradeDocument> = {
  columns: [
    'eventId',
    'bookedAs',
    'shard',
    'accountId',
    'uid',
    'seq',
    'positionId',
    'orderId',
    'symbol',
    'side',
    'positionSide',
    'effect',
    'quantity',
    'price',
    'currency',
    'proceeds',
    'fee',
    'feeCurrency',
    'realizedPnl',
    'reason',
    'strategy',
    'tags',
    'broker',
    'tradedAt',
  ],
  timeOf: ({ tradedAt }) => tradedAt,
  idOf: ({ eventId }) => eventId,
  name: 'trades',
  pathOf: (tenant, { eventId }) => paths.ledgerTrade(tenant, eventId),
  sumsOf: sumTrades,
};

/** Closed positions, by when they were closed. */
export const positionRows: ArchivedKind<ClosedTradeDocument> = {
  columns: [
    'tenantId',
    'uid',
    'accountId',
    'positionId',
    'symbol',
    'side',
    'quantity',
    'entryPrice',
    'currency',
    'broker',
    'strategy',
    'tags',
    'openedAt',
    'openedBy',
    'status',
    'exitPrice',
    'realizedPnl',
    'fees',
    'funding',
    'reason',
    'closedAt',
    'closedBy',
    'shard',
  ],
  timeOf: ({ closedAt }) => closedAt,
  idOf: ({ uid, positionId }) => `${uid}/${positionId}`,
  name: 'positions',
  pathOf: (_, { uid, positionId }) => paths.shadowTrade(uid, positionId),
  sumsOf: sumPositions,
};

/** What an archive is of. */
export function kindOf({ kind }: Pick<ArchiveDocument, 'kind'>): 'trades' | 'positions' {
  return kind ?? 'trades';
}
