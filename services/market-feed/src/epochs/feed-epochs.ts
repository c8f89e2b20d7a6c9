import { type FeedDocument, type GapDocument, paths } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type Firestore, isAlreadyExists } from '@bellwether/store';

/** What an epoch published, and what it did not. */
export type EpochResult = Required<Pick<FeedDocument, 'shards' | 'refused' | 'refusedSamples'>>;

/** Which runs of a feed there were: an epoch belongs to the feed that created its document. */
export interface EpochRegistry {
  /** Claims the next epoch of the feed. */
  claim(rebasedByMs?: number): Promise<string>;
  /** What the running epoch has refused so far. */
  note(epoch: string, refused: Omit<EpochResult, 'shards'>): Promise<void>;
  /** Every frame of the epoch is published. */
  close(epoch: string, result: EpochResult): Promise<void>;
}

/** Epochs as `ops_feeds/{feed}-{n}` with ten digits: their ids sort by time. */
export class FeedEpochs implements EpochRegistry {
  readonly #firestore: Firestore;
  readonly #feed: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** The number of the feed's latest epoch; unknown before the first claim. */
  #latest: number | undefined;

  constructor(parts: { firestore: Firestore; feed: string; clock: Clock; logger: Logger }) {
    this.#firestore = parts.firestore;
    this.#feed = parts.feed;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** The first claim of a process also records as a gap what a process before it left running. */
  async claim(rebasedByMs?: number): Promise<string> {
    if (this.#latest === undefined) {
      this.#latest = await this.#findLatest();
      if (this.#latest > 0) await this.#recordCrash(this.#epochOf(this.#latest));
    }
    for (let number = this.#latest + 1; ; number += 1) {
      const epoch = this.#epochOf(number);
      const document: FeedDocument = {
        feed: this.#feed,
        startedAt: this.#clock.now(),
        status: 'running',
        ...(rebasedByMs === undefined ? {} : { rebasedByMs }),
      };
      if (!(await this.#isClaimed(epoch, document))) continue;
      this.#latest = number;
      return epoch;
    }
  }

  /** False when the epoch is another feed's. A request whose answer was lost finds what it created itself. */
  async #isClaimed(epoch: string, document: FeedDocument): Promise<boolean> {
    const reference = this.#firestore.doc(paths.feed(epoch));
    try {
      await reference.create({ ...document });
      return true;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await reference.get()).get('startedAt') === document.startedAt;
    }
  }

  async note(epoch: string, refused: Omit<EpochResult, 'shards'>): Promise<void> {
    await this.#firestore.doc(paths.feed(epoch)).update({ ...refused });
  }

  async close(epoch: string, result: EpochResult): Promise<void> {
    const closed: Partial<FeedDocument> = { status: 'closed', ...result };
    await this.#firestore.doc(paths.feed(epoch)).update({ ...closed });
  }

  #epochOf(number: number): string {
    return `${this.#feed}-${number.toString().padStart(10, '0')}`;
  }

  /**
   * The highest number that exists, 0 without any. It asks for the first id from a number on, in growing
   * and then shrinking steps: a few reads however many epochs there were, and no descending index.
   */
  async #findLatest(): Promise<number> {
    let latest = 0;
    let step = 1;
    let isGrowing = true;
    while (step >= 1) {
      const found = await this.#firstFrom(latest + step);
      latest = found ?? latest;
      isGrowing &&= found !== undefined;
      step = isGrowing ? step * 2 : Math.floor(step / 2);
    }
    return latest;
  }

  async #firstFrom(number: number): Promise<number | undefined> {
    const { docs } = await this.#firestore
      .collection(paths.feeds())
      .where('__name__', '>=', this.#epochOf(number))
      .where('__name__', '<=', this.#epochOf(largestNumber))
      .orderBy('__name__')
      .limit(1)
      .get();
    return docs[0] === undefined ? undefined : Number(docs[0].id.slice(this.#feed.length + 1));
  }

  async #recordCrash(epoch: string): Promise<void> {
    const reference = this.#firestore.doc(paths.feed(epoch));
    const status: unknown = (await reference.get()).get('status');
    if (status !== 'running') return;
    const gap: GapDocument = {
      feed: this.#feed,
      epoch,
      reason: 'feedDied',
      recordedAt: this.#clock.now(),
    };
    const closed: Partial<FeedDocument> = { status: 'closed' };
    const batch = this.#firestore.batch();
    batch.set(this.#firestore.doc(paths.gap(epoch)), { ...gap });
    batch.update(reference, { ...closed });
    await batch.commit();
    this.#logger.warn({ epoch }, 'the epoch before was left running: recorded as a gap');
  }
}

const largestNumber = 9_999_999_999;
