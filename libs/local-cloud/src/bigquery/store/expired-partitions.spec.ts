import { describe, expect, it } from '@jest/globals';

import { readTable } from '../catalogue/table.ts';
import { deleteExpired } from './expired-partitions.ts';

const lifetimeMs = 86_400_000;
const tableOf = (type: string, expirationMs?: string) =>
  readTable(
    { project: 'p', dataset: 'd', table: 't' },
    {
      schema: { fields: [{ name: 'at', type: 'TIMESTAMP' }] },
      timePartitioning: { field: 'at', type, expirationMs },
    },
    7,
    0,
  );

describe('the partitions that have expired', () => {
  it.each([
    ['HOUR', '2024-02-29T23:59:59.999Z', '2024-02-28T23:00:00Z'],
    ['DAY', '2024-03-01T23:59:59.999Z', '2024-02-29T00:00:00Z'],
    ['DAY', '2024-03-01T00:00:00.000Z', '2024-02-29T00:00:00Z'],
    ['DAY', '2024-02-29T23:59:59.999Z', '2024-02-28T00:00:00Z'],
    ['MONTH', '2024-03-01T23:59:59.999Z', '2024-02-01T00:00:00Z'],
    ['YEAR', '2024-03-01T00:00:00.000Z', '2024-01-01T00:00:00Z'],
  ])('by %s at %s end with the one of %s', (unit, now, start) => {
    expect(deleteExpired(tableOf(unit, String(lifetimeMs)), Date.parse(now))).toBe(
      `DELETE FROM stored.t7 WHERE "at" < make_timestamp(${Date.parse(start)}000) + INTERVAL 1 ${unit}`,
    );
  });

  it('are none without a lifetime', () => {
    expect(deleteExpired(tableOf('DAY'), 0)).toBeUndefined();
    expect(deleteExpired(tableOf('DAY', '0'), 0)).toBeUndefined();
  });
});
