import type { FeedDocument } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import { type SymbolChange, SymbolHealths } from '../health/symbol-health.ts';
import { Sanity, type Verdict } from '../sanity/sanity.ts';
import type { Tick } from '../ticks/tick.ts';

/** What leaves the feed next: a valid tick, or what a symbol's ticks are worth from here on. */
export type Step = { readonly tick: Tick } | { readonly change: SymbolChange };

/** What was refused, as the epoch's document shows it. */
export type RefusedTicks = Required<Pick<FeedDocument, 'refused' | 'refusedSamples'>>;

/** Everything that stands between what a source says and what is published, and what it says about that. */
export class TickCheck {
  readonly #sanity: Sanity;
  readonly #healths: SymbolHealths;
  readonly #logger: Logger;
  /** The latest time that is known, epoch milliseconds on the axis of exchange times. */
  #presentAt = 0;
  #logged = 0;

  constructor(logger: Logger, sanity = new Sanity(), healths = new SymbolHealths()) {
    this.#logger = logger;
    this.#sanity = sanity;
    this.#healths = healths;
  }

  get result(): RefusedTicks {
    return { refused: this.#sanity.refusals, refusedSamples: this.#sanity.samples };
  }

  /** Before this time `pass` changes nothing. */
  get nextDeadline(): number {
    return this.#healths.nextDeadline;
  }

  /** It is that time, epoch milliseconds, and no tick has come before it. */
  pass(now: number): readonly SymbolChange[] {
    this.#presentAt = Math.max(this.#presentAt, Math.round(now));
    const changes = this.#healths.pass(this.#presentAt);
    for (const change of changes) this.#say(change);
    return changes;
  }

  /** A tick came in: the time at which it did, or, of a tape, its own is the present. */
  check(tick: Tick): readonly Step[] {
    const { exchangeAt, receivedAt } = tick;
    const silent = this.pass(receivedAt ?? (Number.isFinite(exchangeAt) ? exchangeAt : 0));
    const verdict = this.#sanity.judge(tick, this.#presentAt);
    const [valid] = verdict.valid;
    if (
      silent.length === 0 &&
      verdict.refused.length === 0 &&
      verdict.valid.length === 1 &&
      valid !== undefined
    )
      return this.#believe(valid);
    return [
      ...silent.map((change) => ({ change })),
      ...this.#refuse(verdict.refused),
      ...verdict.valid.flatMap((each) => this.#believe(each)),
    ];
  }

  /** The source ends: what is still held is refused. */
  finish(): void {
    this.#refuse(this.#sanity.finish(this.#presentAt).refused);
  }

  #believe(tick: Tick): readonly Step[] {
    const { symbol, shard } = tick.instrument;
    const change = this.#healths.believed(symbol, shard, this.#presentAt);
    if (change === undefined) return [{ tick }];
    this.#say(change);
    return [{ change }, { tick }];
  }

  #refuse(refused: Verdict['refused']): readonly Step[] {
    if (refused.length === 0) return [];
    const { samples } = this.#sanity;
    for (; this.#logged < samples.length; this.#logged += 1)
      this.#logger.warn({ ...samples[this.#logged] }, 'a tick is refused');
    return refused.flatMap(({ tick: { instrument }, reason }) => {
      // A name that is none has no health; one that was there before is expected after a reconnect.
      if (reason === 'unknownSymbol' || reason === 'duplicate') return [];
      const change = this.#healths.refused(instrument.symbol, instrument.shard, reason, this.#presentAt);
      if (change === undefined) return [];
      this.#say(change);
      return [{ change }];
    });
  }

  #say(change: SymbolChange): void {
    if (change.health === 'healthy') this.#logger.info({ ...change }, 'a symbol is healthy again');
    else this.#logger.warn({ ...change }, 'a symbol is not healthy');
  }
}
