import type { PulseSnapshotDocument } from '@bellwether/contracts';

/** What of an account is compared with what was last told of it. */
export interface Told {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly openPositions: number;
  /** No number where it could not be valued. */
  readonly equity: number;
  readonly exposure: number;
}

/** A snapshot of an account is at least so much older than the next. */
export const leastApartMs = 60_000;
/** Of the equity that was told. */
const materialShare = 0.01;

/**
 * Whether an account has changed so much that it is worth a document: a position was opened or closed, a price came or
 * went, or equity or exposure moved by a hundredth of the equity that was told.
 */
export function isMaterial(told: Told | undefined, now: Omit<Told, 'at'>): boolean {
  if (told === undefined) return now.openPositions > 0 || now.equity !== 0;
  if (told.openPositions !== now.openPositions) return true;
  if (Number.isNaN(told.equity) !== Number.isNaN(now.equity)) return true;
  const least = Math.abs(told.equity) * materialShare;
  return hasMoved(told.equity, now.equity, least) || hasMoved(told.exposure, now.exposure, least);
}

/** What a snapshot tells. */
export function toldBy({ at, openPositions, worth }: PulseSnapshotDocument): Told {
  return {
    at,
    openPositions,
    equity: worth === null ? Number.NaN : Number(worth.equity),
    exposure: worth === null ? Number.NaN : Number(worth.exposure),
  };
}

function hasMoved(before: number, now: number, least: number): boolean {
  const moved = Math.abs(now - before);
  return moved > 0 && moved >= least;
}
