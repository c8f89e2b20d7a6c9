import type { Publisher } from '@bellwether/bus';
import type { Clock, Ids } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { MarketFeedConfig } from '../config.ts';
import type { EpochRegistry } from '../epochs/feed-epochs.ts';
import { FrameSender } from '../frames/frame-sender.ts';
import { LastPrices } from '../marks/last-prices.ts';
import { type Sleep, TapePace } from '../pacing/tape-pace.ts';
import { SymbolHealths } from '../health/symbol-health.ts';
import { Sanity } from '../sanity/sanity.ts';
import type { TickPass, TickSource } from '../ticks/tick-source.ts';
import { FeedCounts } from './feed-counts.ts';
import { runEpoch } from './run-epoch.ts';
import { RefusalNotes } from './refusal-notes.ts';
import { TickCheck } from './tick-check.ts';

export interface MarketFeedParts {
  readonly config: MarketFeedConfig;
  readonly source: TickSource;
  readonly epochs: EpochRegistry;
  /** By shard. */
  readonly frames: readonly Publisher[];
  readonly marks: Publisher;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly ids: Ids;
  readonly logger: Logger;
}

const marksEveryMs = 250;
const noteEveryMs = 2_000;

/** Runs a source as one epoch of the feed, or, looping, as one epoch after another. */
export class MarketFeed {
  readonly #parts: MarketFeedParts;
  readonly #closing = new AbortController();
  readonly counts = new FeedCounts();

  constructor(parts: MarketFeedParts) {
    this.#parts = parts;
  }

  /**
   * Claims the first epoch, then publishes in the background.
   *
   * `finished` resolves when the source is exhausted, or `stop` was called, and the epoch is closed; it
   * rejects when frames could not be published or an epoch not be claimed or closed.
   */
  async start(): Promise<{ readonly finished: Promise<void> }> {
    const { source, epochs, clock } = this.#parts;
    const pass = source.open(clock.now());
    const epoch = await epochs.claim(pass.rebasedByMs);
    return { finished: this.#run(pass, epoch) };
  }

  /** Leaves the rest of the source out and ends the epoch. */
  stop(): void {
    this.#closing.abort();
  }

  async #run(firstPass: TickPass, firstEpoch: string): Promise<void> {
    const { config, source, epochs, clock } = this.#parts;
    await this.#runEpoch(firstPass, firstEpoch);
    while (config.isLooped && !this.#closing.signal.aborted) {
      const pass = source.open(clock.now());
      await this.#runEpoch(pass, await epochs.claim(pass.rebasedByMs));
    }
  }

  async #runEpoch(pass: TickPass, epoch: string): Promise<void> {
    const { config, epochs, frames, clock, sleep, ids, logger } = this.#parts;
    logger.info({ epoch, rebasedByMs: pass.rebasedByMs }, 'epoch started');
    const prices = new LastPrices(epoch);
    const check = config.isSanityOn
      ? new TickCheck(logger, new Sanity(config.sanity), new SymbolHealths(config.health))
      : undefined;
    this.counts.refusedNow = () => check?.result.refused ?? {};
    const marksTimer = setInterval(() => this.#publishMarks(prices), marksEveryMs);
    const notes = new RefusalNotes(async (refused) => epochs.note(epoch, refused), logger);
    const notesTimer = setInterval(() => notes.write(check?.result), noteEveryMs);
    try {
      const result = await runEpoch(
        {
          epoch,
          shards: config.shards,
          pass,
          pace: new TapePace(config.speed, clock, sleep),
          ...(check === undefined ? {} : { check }),
          prices,
          sender: new FrameSender({ publishers: frames, ids, logger, counts: this.counts }),
          clock,
        },
        this.#closing.signal,
      );
      this.#publishMarks(prices);
      await this.#parts.marks.flush();
      clearInterval(notesTimer);
      await notes.settled;
      await epochs.close(epoch, result);
      logger.info({ epoch, shards: result.shards, refused: result.refused }, 'epoch closed');
    } finally {
      clearInterval(marksTimer);
      clearInterval(notesTimer);
      this.counts.epochOver();
    }
  }

  /** Marks are for screens: one that is lost is replaced by the next. */
  #publishMarks(prices: LastPrices): void {
    const { marks, clock, logger } = this.#parts;
    const changed = prices.take(clock.now());
    if (changed === undefined) return;
    marks
      .publish(Buffer.from(JSON.stringify(changed)), {})
      .catch((error: unknown) => logger.warn({ err: error }, 'last prices could not be published'));
  }
}
