/** What a feed has published and refused since its process started, over all epochs. */
export class FeedCounts {
  ticks = 0;
  frames = 0;
  /** Frames that are published and not acknowledged yet. */
  outstanding = 0;
  /** By reason, of epochs that are over. */
  readonly #refused = new Map<string, number>();
  /** What the epoch under way has refused so far. */
  refusedNow: () => Readonly<Record<string, number>> = () => ({});

  get refused(): ReadonlyMap<string, number> {
    return sum(this.#refused, this.refusedNow());
  }

  epochOver(): void {
    for (const [reason, count] of sum(this.#refused, this.refusedNow())) this.#refused.set(reason, count);
    this.refusedNow = () => ({});
  }
}

function sum(
  before: ReadonlyMap<string, number>,
  more: Readonly<Record<string, number>>,
): Map<string, number> {
  const all = new Map(before);
  for (const [reason, count] of Object.entries(more)) all.set(reason, (all.get(reason) ?? 0) + count);
  return all;
}
