/** Where a frame stands in its shard. */
export interface FramePlace {
  readonly epoch: string;
  readonly number: number;
  readonly isLast: boolean;
}

export type Offer<Carried> =
  | { readonly kind: 'duplicate' }
  /** In order from here; empty when the frame has to wait for an earlier one. */
  | { readonly kind: 'accepted'; readonly ready: readonly Carried[] };

/**
 * Puts the frames of one shard in order: by number within an epoch, epoch after epoch. Epoch ids end in
 * a number that rises by one.
 *
 * A duplicate is told apart, a gap is waited for. An epoch ends with its last frame; where that never
 * comes (the feed died), an epoch stays empty or a gap does not fill, the owner calls `giveUp` after its
 * grace period.
 */
export class FrameSequence<Carried> {
  #epoch: string;
  #next: number;
  #isEpochOver: boolean;
  readonly #waiting = new Map<string, Map<number, { place: FramePlace; carried: Carried }>>();

  /** @param done the last frame that needs no more processing; none before the first ever. */
  constructor(done?: FramePlace) {
    this.#epoch = done?.epoch ?? '';
    this.#next = (done?.number ?? 0) + 1;
    this.#isEpochOver = done?.isLast ?? true;
  }

  /** Frames that arrived but wait for an earlier one. */
  get waiting(): number {
    let count = 0;
    for (const frames of this.#waiting.values()) count += frames.size;
    return count;
  }

  /** What it waits for, to say so in a log or a gap record. */
  get awaited(): { readonly epoch: string; readonly number: number } {
    return { epoch: this.#epoch, number: this.#next };
  }

  offer(place: FramePlace, carried: Carried): Offer<Carried> {
    const isPast =
      place.epoch < this.#epoch ||
      (place.epoch === this.#epoch && (place.number < this.#next || this.#isEpochOver)) ||
      this.#waiting.get(place.epoch)?.has(place.number) === true;
    if (isPast) return { kind: 'duplicate' };
    const frames =
      this.#waiting.get(place.epoch) ?? new Map<number, { place: FramePlace; carried: Carried }>();
    this.#waiting.set(place.epoch, frames.set(place.number, { place, carried }));
    return { kind: 'accepted', ready: this.#drain() };
  }

  /** Stops waiting for what is missing and goes on with the earliest frame that is here. */
  giveUp(): readonly Carried[] {
    if (this.waiting === 0) return [];
    const numbers = this.#waiting.get(this.#epoch);
    if (numbers !== undefined && numbers.size > 0) {
      this.#next = Math.min(...numbers.keys());
    } else {
      this.#epoch = [...this.#waiting.keys()].reduce((a, b) => (a < b ? a : b));
      this.#next = Math.min(...(this.#waiting.get(this.#epoch)?.keys() ?? [1]));
      this.#isEpochOver = false;
    }
    return this.#drain();
  }

  #drain(): Carried[] {
    const ready: Carried[] = [];
    for (;;) {
      if (this.#isEpochOver) {
        const next = this.#nextEpoch();
        if (next === undefined || this.#waiting.get(next)?.has(1) !== true) return ready;
        this.#epoch = next;
        this.#next = 1;
        this.#isEpochOver = false;
      }
      const frames = this.#waiting.get(this.#epoch);
      const found = frames?.get(this.#next);
      if (frames === undefined || found === undefined) return ready;
      frames.delete(this.#next);
      if (frames.size === 0) this.#waiting.delete(this.#epoch);
      this.#next += 1;
      this.#isEpochOver = found.place.isLast;
      ready.push(found.carried);
    }
  }

  /** Epochs are numbered without gaps, so it is known which comes next; at the very start, any may. */
  #nextEpoch(): string | undefined {
    if (this.#epoch === '') return [...this.#waiting.keys()].toSorted()[0];
    return successor(this.#epoch);
  }
}

/** `tape-0000000007` is followed by `tape-0000000008`. */
export function successor(epoch: string): string {
  const [, name = '', number = '0'] = /^(.*?)(\d+)$/.exec(epoch) ?? [undefined, epoch];
  return `${name}${(Number(number) + 1).toString().padStart(number.length, '0')}`;
}
