import type { ScopeRef } from '../events/scope-commit.ts';

/**
 * `users/{uid}/accounts/{accountId}/projections/history`, and `ops_history/scope-{id}` of a scope: how far its events have a
 * place in BigQuery.
 */
export interface HistoryProjection {
  readonly watermark: number;
}

/** `ops_history/{stream}`: the batch that is being appended; written before the append, so it can be repeated. */
export interface HistoryStreamDocument {
  /** BigQuery's name of the write stream. */
  readonly writeStream: string;
  /** Where the batch starts. */
  readonly offset: number;
  /** Rows of the batch: the next batch starts at `offset + rows`. */
  readonly rows: number;
  readonly commits: readonly ((
    | { readonly tenantId: string; readonly uid: string; readonly accountId: string }
    | { readonly scope: ScopeRef }
  ) & {
    readonly seq: number;
    /** What the rows show as their time, epoch milliseconds: kept, so that a repeated batch has equal rows. */
    readonly publishedAt: number;
  })[];
}

/** `ops_history/ticks-{shard}-{epoch}`: the write streams that hold the ticks of a shard and epoch. */
export interface HistoryTicksDocument {
  readonly shard: string;
  readonly epoch: string;
  /** By first ordinal. One from ordinal 0, and one more for each gap that was given up. */
  readonly streams: readonly {
    /** BigQuery's name of the write stream. */
    readonly writeStream: string;
    /** The ordinal of the tick at offset 0. */
    readonly firstOrdinal: number;
  }[];
}

/** `ops_gaps/history-{shard}-{epoch}-{toOrdinal}`: ticks that history waited for in vain. They are taken if they come. */
export interface HistoryGapDocument {
  readonly consumer: 'history';
  readonly shard: string;
  readonly epoch: string;
  /** The first missing ordinal; absent when what came before a restart is not known. */
  readonly fromOrdinal?: number;
  /** The first ordinal that is here again. */
  readonly toOrdinal: number;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
}
