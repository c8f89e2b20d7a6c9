import { type Usage, sum, times } from './prices.ts';

/** A day of 100,000 users with ten positions each, of 1,000 symbols that tick ten times a second. */
export const day = {
  positions: 1_000_000,
  symbols: 1_000,
  ticks: 10_000 * 86_400,
  /** One position in five reaches its stop or target. */
  exits: 200_000,
  minutes: 1_440,
  seconds: 86_400,
  shards: 8,
} as const;

/** What one thing of each kind costs, as it was measured. */
export interface OurUnits {
  readonly exit: Usage;
  readonly tick: Usage;
  /** A checkpoint a second is the most that a shard writes. */
  readonly checkpoint: Usage;
}

export interface NaiveUnits {
  /** Of each position that a query for one tick finds. */
  readonly positionOfTick: Usage;
  /** Writing the P&L of a position. */
  readonly position: Usage;
}

export function ourDay({ exit, tick, checkpoint }: OurUnits): Usage {
  return sum(times(day.exits, exit), times(day.ticks, tick), times(day.shards * day.seconds, checkpoint));
}

/** Each tick asks which positions of its symbol it reaches, and each minute every position's P&L is written. */
export function naiveDay({ positionOfTick, position }: NaiveUnits): Usage {
  return sum(
    times(day.ticks * (day.positions / day.symbols), positionOfTick),
    times(day.positions * day.minutes, position),
  );
}
