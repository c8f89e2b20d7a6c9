import type { Partitioning, Table } from '../catalogue/table.ts';
import { rowsOf } from '../sql/from.ts';
import { quoteName } from '../sql/type.ts';

/**
 * Deletes the rows of every partition that started at least its lifetime ago; undefined where partitions live on.
 * Rows without a partitioning value belong to no partition that expires.
 */
export function deleteExpired(table: Table, nowMs: number): string | undefined {
  const { partitioning } = table;
  if (partitioning?.expirationMs === undefined) return undefined;
  const lastStartMs = partitionStart(nowMs - partitioning.expirationMs, partitioning.unit);
  const end = `make_timestamp(${lastStartMs}000) + INTERVAL 1 ${partitioning.unit}`;
  return `DELETE FROM ${rowsOf(table)} WHERE ${quoteName(partitioning.column)} < ${end}`;
}

/** When the partition of that time started, in epoch milliseconds; partitions follow UTC. */
function partitionStart(timeMs: number, unit: Partitioning['unit']): number {
  const time = new Date(timeMs);
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  switch (unit) {
    case 'HOUR':
      return Date.UTC(year, month, day, time.getUTCHours());
    case 'DAY':
      return Date.UTC(year, month, day);
    case 'MONTH':
      return Date.UTC(year, month);
    case 'YEAR':
      return Date.UTC(year, 0);
  }
}
