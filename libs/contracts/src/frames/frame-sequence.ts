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

  /** The frame that comes next: what everything else waits for. */
  get awaited(): { readonly epoch: string; readonly number: number } {
    if (!this.#isEpochOver) return { epoch: this.#epoch, number: this.#next };
    return {
      epoch: this.#epoch === '' ? firstOf(this.#earliest() ?? '') : successor(this.#epoch),
      number: 1,
    };
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

  /**
   * Stops waiting for one thing, where frames wait for it: the gap before the next frame of the epoch, else
   * the rest of the epoch, else the epochs before the earliest that has frames here.
   */
  giveUp(): readonly Carried[] {
    const earliest = this.#earliest();
    if (earliest === undefined) return [];
    if (this.#isEpochOver) {
      const isNext = this.#epoch === '' || earliest === successor(this.#epoch);
      this.#next = isNext ? this.#lowest(earliest) : 1;
      this.#epoch = earliest;
      this.#isEpochOver = false;
    } else if (this.#waiting.has(this.#epoch)) this.#next = this.#lowest(this.#epoch);
    else this.#isEpochOver = true;
    return this.#drain();
  }

  #earliest(): string | undefined {
    return [...this.#waiting.keys()].toSorted()[0];
  }

  #lowest(epoch: string): number {
    return Math.min(...(this.#waiting.get(epoch)?.keys() ?? []));
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

  /** Epochs are numbered without gaps, so it is known which comes next: at the very start the first. */
  #nextEpoch(): string | undefined {
    if (this.#epoch !== '') return successor(this.#epoch);
    const earliest = this.#earliest();
    return earliest !== undefined && earliest === firstOf(earliest) ? earliest : undefined;
  }
}

/** `tape-0000000007` is followed by `tape-0000000008`. */
export function successor(epoch: string): string {
  const [, name = '', number = '0'] = /^(.*?)(\d+)$/.exec(epoch) ?? [undefined, epoch];
  return `${name}${(Number(number) + 1).toString().padStart(number.length, '0')}`;
}

/** `tape-0000000007` comes after `tape-0000000001`. */
function firstOf(epoch: string): string {
  return epoch.replace(/\d+$/, (number) => '1'.padStart(number.length, '0'));
}
