import { type HistoryGapDocument, type HistoryTicksDocument, paths, shardName } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import { type Firestore, isAlreadyExists } from '@bellwether/store';
import type { WriteStreams } from '../bigquery/write-streams.ts';
import type { Gap } from './stream-lane.ts';

export type TickStream = HistoryTicksDocument['streams'][number];

/** The ticks of one shard and feed epoch. */
export interface EpochPlace {
  readonly shard: number;
  readonly epoch: string;
}

/** Which write streams hold an epoch's ticks. A stream is registered before anything is appended to it. */
export interface StreamRegistry {
  /** The streams of an epoch, by first ordinal; the first is created when there is none. */
  load(place: EpochPlace): Promise<{ readonly streams: readonly TickStream[]; readonly isNew: boolean }>;
  /** Gives up a gap: records it, and registers a new stream for what comes after it. Repeating it changes nothing. */
  addAfter(place: EpochPlace, gap: Gap): Promise<TickStream>;
}

/** The registry as `ops_history/ticks-{shard}-{epoch}` and `ops_gaps/history-{shard}-{epoch}-{ordinal}`. */
export class FirestoreStreamRegistry implements StreamRegistry {
  readonly #firestore: Firestore;
  readonly #writeStreams: Pick<WriteStreams, 'create'>;
  readonly #clock: Clock;

  constructor(parts: { firestore: Firestore; writeStreams: Pick<WriteStreams, 'create'>; clock: Clock }) {
    this.#firestore = parts.firestore;
    this.#writeStreams = parts.writeStreams;
    this.#clock = parts.clock;
  }

  async load(place: EpochPlace): Promise<{ streams: readonly TickStream[]; isNew: boolean }> {
    const reference = this.#documentOf(place);
    const found = await reference.get();
    if (found.exists) return { streams: streamsOf(found.data()), isNew: false };
    const { shard, epoch } = place;
    const streams = [{ writeStream: await this.#writeStreams.create(), firstOrdinal: 0 }];
    const document: HistoryTicksDocument = { shard: shardName(shard), epoch, streams };
    try {
      await reference.create({ ...document });
      return { streams, isNew: true };
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return { streams: streamsOf((await reference.get()).data()), isNew: false };
    }
  }

  async addAfter(place: EpochPlace, gap: Gap): Promise<TickStream> {
    const reference = this.#documentOf(place);
    const created = { writeStream: await this.#writeStreams.create(), firstOrdinal: gap.toOrdinal };
    return this.#firestore.runTransaction(async (transaction) => {
      const streams = streamsOf((await transaction.get(reference)).data());
      const known = streams.find(({ firstOrdinal }) => firstOrdinal === gap.toOrdinal);
      if (known !== undefined) return known;
      const all = [...streams, created].toSorted((a, b) => a.firstOrdinal - b.firstOrdinal);
      transaction.update(reference, { streams: all });
      transaction.set(this.#gapOf(place, gap), this.#gapDocument(place, gap));
      return created;
    });
  }

  #gapDocument({ shard, epoch }: EpochPlace, { fromOrdinal, toOrdinal }: Gap): HistoryGapDocument {
    return {
      consumer: 'history',
      shard: shardName(shard),
      epoch,
      ...(fromOrdinal === undefined ? {} : { fromOrdinal }),
      toOrdinal,
      recordedAt: this.#clock.now(),
    };
  }

  #documentOf({ shard, epoch }: EpochPlace) {
    return this.#firestore.doc(paths.historyStream(`ticks-${shardName(shard)}-${epoch}`));
  }

  #gapOf({ shard, epoch }: EpochPlace, { toOrdinal }: Gap) {
    return this.#firestore.doc(paths.gap(`history-${shardName(shard)}-${epoch}-${toOrdinal}`));
  }
}

function streamsOf(data: unknown): readonly TickStream[] {
  // Only this class writes these documents.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (data as HistoryTicksDocument).streams;
}
