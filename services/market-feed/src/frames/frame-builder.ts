import type { Frame, FrameInstrument, HealthChange } from '@bellwether/contracts';
import type { Instrument, Tick } from '../ticks/tick.ts';

export const ticksPerFrame = 512;

/**
 * Gathers the ticks of one shard and epoch into frames: numbers are gapless from 1, ordinals from 0, and
 * no frame is empty but possibly the last. Changes of health stand between the ticks where they were made.
 */
export class FrameBuilder {
  readonly #shard: number;
  readonly #epoch: string;
  #number = 0;
  #ordinal = 0;
  #receivedAt = 0;
  #length = 0;
  #instruments: FrameInstrument[] = [];
  readonly #indexes = new Map<Instrument, number>();
  readonly #instrument = new Uint16Array(ticksPerFrame);
  readonly #exchangeAt = new Float64Array(ticksPerFrame);
  readonly #first = new Float64Array(ticksPerFrame);
  readonly #second = new Float64Array(ticksPerFrame);
  #health: HealthChange[] = [];

  constructor(shard: number, epoch: string) {
    this.#shard = shard;
    this.#epoch = epoch;
  }

  /** Frames built and the ticks in them. */
  get totals(): { readonly frames: number; readonly ticks: number } {
    return { frames: this.#number, ticks: this.#ordinal };
  }

  /** Adds a tick; the answer is the frame that it filled. @param receivedAt whole epoch milliseconds. */
  add({ instrument, exchangeAt, first, second }: Tick, receivedAt: number): Frame | undefined {
    return this.addRow(instrument, exchangeAt, first, second, receivedAt);
  }

  /** As `add`, for a tick that is none yet. */
  addRow(
    instrument: Instrument,
    exchangeAt: number,
    first: number,
    second: number,
    receivedAt: number,
  ): Frame | undefined {
    const i = this.#length;
    this.#instrument[i] = this.#indexOf(instrument);
    this.#exchangeAt[i] = exchangeAt;
    this.#first[i] = first;
    this.#second[i] = second;
    this.#receivedAt = receivedAt;
    this.#length = i + 1;
    return this.#length === ticksPerFrame ? this.#build(false) : undefined;
  }

  /** From the next tick on the symbol's health is this. @param now whole epoch milliseconds. */
  changeHealth(change: Omit<HealthChange, 'at'>, now: number): void {
    const { symbol, health, reason, since } = change;
    this.#health.push({ at: this.#length, symbol, health, reason, since });
    this.#receivedAt = now;
  }

  /** What was gathered so far, if anything, as a frame. */
  take(): Frame | undefined {
    return this.#length === 0 && this.#health.length === 0 ? undefined : this.#build(false);
  }

  /** The last frame of the epoch, with the ticks gathered so far; nothing may be added after it. */
  takeLast(now: number): Frame {
    if (this.#length === 0) this.#receivedAt = now;
    return this.#build(true);
  }

  #indexOf(instrument: Instrument): number {
    const known = this.#indexes.get(instrument);
    if (known !== undefined) return known;
    const index = this.#instruments.length;
    const { symbol, venue, kind, priceScale, sizeScale } = instrument;
    this.#instruments.push({ symbol, venue, kind, priceScale, sizeScale });
    this.#indexes.set(instrument, index);
    return index;
  }

  #build(isLast: boolean): Frame {
    const length = this.#length;
    const frame: Frame = {
      shard: this.#shard,
      epoch: this.#epoch,
      number: this.#number + 1,
      firstOrdinal: this.#ordinal,
      receivedAt: this.#receivedAt,
      isLast,
      instruments: this.#instruments,
      length,
      instrument: this.#instrument.slice(0, length),
      exchangeAt: this.#exchangeAt.slice(0, length),
      first: this.#first.slice(0, length),
      second: this.#second.slice(0, length),
      ...(this.#health.length === 0 ? {} : { health: this.#health }),
    };
    this.#number += 1;
    this.#ordinal += length;
    this.#length = 0;
    this.#instruments = [];
    this.#health = [];
    this.#indexes.clear();
    return frame;
  }
}
