import { type Frame, shardName } from '@bellwether/contracts';
import { EpochTicks, type EpochTicksParts } from './epoch-ticks.ts';

/** Writes frames to BigQuery: each tick once, at the place that its ordinal gives it. */
export class TickArchive {
  readonly #parts: EpochTicksParts;
  readonly #epochs = new Map<string, { readonly shard: number; readonly ticks: EpochTicks }>();
  #isStopped = false;
  /** Gaps that were given up since the process started. */
  gapsGivenUp = 0;

  constructor(parts: Omit<EpochTicksParts, 'onGapGivenUp'>) {
    this.#parts = { ...parts, onGapGivenUp: () => (this.gapsGivenUp += 1) };
  }

  /** Resolves when the frame's rows are in BigQuery; rejects when that is not known: then offer it again. */
  async append(frame: Frame): Promise<void> {
    if (this.#isStopped) throw new Error('history is stopping');
    const { shard, epoch } = frame;
    const key = `${shardName(shard)}-${epoch}`;
    const known = this.#epochs.get(key);
    const ticks = known?.ticks ?? new EpochTicks({ shard, epoch }, this.#parts);
    if (known === undefined) {
      this.#closeIdle(shard);
      this.#epochs.set(key, { shard, ticks });
    }
    await ticks.append(frame);
  }

  /** Takes no more, and rejects what is not on its way to BigQuery. */
  stop(): void {
    this.#isStopped = true;
    for (const { ticks } of this.#epochs.values()) ticks.stop();
  }

  /** Closes the connections; appends without an answer reject. */
  close(): void {
    this.stop();
    for (const { ticks } of this.#epochs.values()) ticks.close();
    this.#epochs.clear();
  }

  /** Epochs of a shard that are over; a late frame opens its epoch again. */
  #closeIdle(shard: number): void {
    for (const [key, epoch] of this.#epochs) {
      if (epoch.shard !== shard || !epoch.ticks.isIdle) continue;
      epoch.ticks.close();
      this.#epochs.delete(key);
    }
  }
}
