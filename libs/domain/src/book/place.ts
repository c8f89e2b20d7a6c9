/** Where a tick stands, so that a best price can be found again after a restart. */
export interface Place {
  readonly epoch: string;
  readonly ordinal: number;
  /** Epoch milliseconds. */
  readonly exchangeAt: number;
}

/** A price that counts for later ticks, with the tick that set it, at the series' scale. */
export interface SeriesPoint {
  readonly place: Place;
  readonly price: number;
}

/** Below zero where `a` comes before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return a.ordinal - b.ordinal;
}
