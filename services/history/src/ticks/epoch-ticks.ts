import type { Frame } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { setTimeout as delay } from 'node:timers/promises';
import type { WriteStreams } from '../bigquery/write-streams.ts';
import { type Gap, type LaneLimits, StreamLane, type WaitingFrame } from './stream-lane.ts';
import type { EpochPlace, StreamRegistry, TickStream } from './stream-registry.ts';

export interface EpochTicksParts {
  readonly registry: StreamRegistry;
  readonly writeStreams: Pick<WriteStreams, 'open'>;
  readonly logger: Logger;
  readonly limits?: Partial<LaneLimits>;
  /** Hears of each gap that is given up. */
  readonly onGapGivenUp?: () => void;
}

const retryMs = 500;

/** The ticks of one shard and epoch: one lane per write stream, and each frame in its lane once. */
export class EpochTicks {
  readonly #place: EpochPlace;
  readonly #parts: EpochTicksParts;
  /** By first ordinal. */
  #lanes: readonly StreamLane[] = [];
  /** Frames that are not yet resolved, by first ordinal. */
  readonly #pending = new Map<number, Promise<void>>();
  /** Settled when the lanes are complete: frames wait for it. */
  #ready: Promise<void>;
  #isStopped = false;

  constructor(place: EpochPlace, parts: EpochTicksParts) {
    this.#place = place;
    this.#parts = parts;
    this.#ready = this.#load();
  }

  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  /** Resolves when the frame's rows are in BigQuery. A frame that comes again meanwhile joins the first. */
  async append(frame: Frame): Promise<void> {
    if (frame.length === 0) return;
    const known = this.#pending.get(frame.firstOrdinal);
    if (known !== undefined) {
      await known;
      return;
    }
    const appended = this.#offer(frame);
    this.#pending.set(frame.firstOrdinal, appended);
    try {
      await appended;
    } finally {
      this.#pending.delete(frame.firstOrdinal);
    }
  }

  /** Appends no more; frames that are not on their way to BigQuery reject at once. */
  stop(): void {
    this.#isStopped = true;
    for (const lane of this.#lanes) for (const { reject } of lane.takeWaiting()) reject(stopped());
  }

  close(): void {
    this.stop();
    for (const lane of this.#lanes) lane.close();
  }

  async #load(): Promise<void> {
    const loaded = await this.#untilDone('load', async () => this.#parts.registry.load(this.#place));
    this.#lanes = (loaded?.streams ?? []).map((stream) => this.#laneOf(stream, loaded?.isNew === true));
  }

  async #offer(frame: Frame): Promise<void> {
    await this.#ready;
    return new Promise((resolve, reject) => this.#route({ frame, resolve, reject }));
  }

  #route(waiting: WaitingFrame): void {
    const lane = this.#lanes.findLast(({ firstOrdinal }) => firstOrdinal <= waiting.frame.firstOrdinal);
    if (this.#isStopped || lane === undefined) waiting.reject(stopped());
    else lane.offer(waiting);
  }

  #laneOf(stream: TickStream, isNew: boolean): StreamLane {
    const { writeStreams, limits } = this.#parts;
    const lane = new StreamLane({
      appender: writeStreams.open(stream.writeStream),
      firstOrdinal: stream.firstOrdinal,
      isNew,
      onGap: (gap) => {
        // Out of the lane before anything else: what goes to the new stream must never reach the old one.
        const waiting = lane.takeWaiting();
        this.#ready = this.#ready.then(async () => this.#giveUp(gap, waiting));
      },
      ...(limits === undefined ? {} : { limits }),
    });
    return lane;
  }

  async #giveUp(gap: Gap, waiting: readonly WaitingFrame[]): Promise<void> {
    this.#parts.logger.error({ ...this.#place, ...gap }, 'ticks are missing: the gap is given up');
    this.#parts.onGapGivenUp?.();
    const stream = await this.#untilDone('gap', async () => this.#parts.registry.addAfter(this.#place, gap));
    if (stream !== undefined)
      this.#lanes = [...this.#lanes, this.#laneOf(stream, false)].toSorted(
        (a, b) => a.firstOrdinal - b.firstOrdinal,
      );
    for (const each of waiting) this.#route(each);
  }

  /** Whether a failed try changed something is not known, so there is no way but on: undefined only when stopped. */
  async #untilDone<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    while (!this.#isStopped) {
      try {
        return await work();
      } catch (error) {
        this.#parts.logger.warn({ ...this.#place, what, err: error }, 'no write stream yet; trying again');
        await delay(retryMs);
      }
    }
    return undefined;
  }
}

function stopped(): Error {
  return new Error('history is stopping');
}
