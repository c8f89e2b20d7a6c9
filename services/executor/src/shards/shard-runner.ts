import {
  type Frame,
  type FramePlace,
  FrameSequence,
  type ShardCheckpoint,
  copyOfFrame,
} from '@bellwether/contracts';
import type { ArmedFrom, Clock, SymbolPrices } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type PauseChange, SymbolPauses } from '../health/symbol-pauses.ts';
import { type Pause, pause } from '../pause.ts';
import type { ArmedSubject, Fired } from '../ticks/fired.ts';
import type { HeldSubjects } from '../snapshot/held-subjects.ts';
import { ShardBook } from '../ticks/shard-book.ts';
import { ArmingGate } from './arming-gate.ts';
import { ShardCounts } from './shard-counts.ts';
import { LeaseLostError, type ShardLease } from './shard-lease.ts';

/** Where a frame came from: recorded as the cause of what it fires. */
export interface FrameOrigin {
  readonly shard: number;
  readonly epoch: string;
  readonly number: number;
  readonly traceparent: string;
}

export interface ShardRunnerOptions {
  readonly shard: number;
  readonly lease: Pick<ShardLease, 'checkpoint' | 'isDue' | 'isHeld' | 'write' | 'release'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Commits what fired; resolves when all of it is committed or refused for good. */
  readonly execute: (fired: readonly Fired[], origin: FrameOrigin) => Promise<void>;
  /** Commits that symbols are paused or resumed; resolves when all of it is committed. */
  readonly recordPauses: (changes: readonly PauseChange[], origin: FrameOrigin) => Promise<void>;
  /** The lease is gone, or a frame could not be judged: the shard has stopped here. */
  readonly onLost: (error: unknown) => void;
  /** Whether what is missing of an epoch never comes: its feed died, or none ever claimed it. */
  readonly isAbandoned: (epoch: string) => Promise<boolean>;
  /** A checkpoint is written. */
  readonly onCheckpoint?: (checkpoint: ShardCheckpoint) => void;
  readonly pause?: Pause;
  /** Kept by whoever shows them; its own unless given. */
  readonly counts?: ShardCounts;
}

/** A message that waits for a checkpoint. */
interface Waiting {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A frame that is not judged yet. */
interface Arrived {
  frame: Frame;
  readonly traceparent: string;
  readonly waiting: Waiting;
}

const checkpointEveryMs = 1_000;
const checkpointAfterFrames = 500;
const maxWaitingFrames = 5_000;
/** How long a frame that cannot wait here is held before it is refused: it comes back at once. */
const refuseAfterMs = 1_000;
/**
 * How long a frame is waited for: of a feed that died, before the very first frame of a shard, and where
 * the feed has published it, so that Pub/Sub will deliver it.
 */
const graceMs = { abandoned: 15_000, first: 60_000, published: 600_000 };

/**
 * One shard: frames strictly by number, every tick judged, what fires committed, and a checkpoint that
 * never passes a commit that is not durable. A frame's promise resolves, and with it its message is
 * acknowledged, only when the checkpoint covers it.
 */
export class ShardRunner {
  readonly #options: ShardRunnerOptions;
  readonly #pause: Pause;
  readonly #book: ShardBook;
  readonly #pauses: SymbolPauses;
  readonly #sequence: FrameSequence<Arrived>;
  readonly #gate = new ArmingGate();
  readonly #counts: ShardCounts;
  /** Commits that are still under way. */
  readonly #unsettled = new Set<Promise<void>>();
  /** Judged frames whose messages wait for a checkpoint, in order. */
  readonly #uncovered: Waiting[] = [];
  /** Frames that arrived and are not covered yet, by epoch and number. */
  readonly #inFlight = new Map<string, Waiting>();
  #last: FramePlace | undefined;
  #lastTrace = '';
  /** Feeds of which frames are passed over. */
  readonly #foreign = new Set<string>();
  /** Since when the missing frame is waited for, where one is. */
  #waitsSince = 0;
  #isRunning = true;
  #wake: () => void = () => undefined;
  readonly #loop: Promise<void>;

  constructor(options: ShardRunnerOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pause;
    this.#counts = options.counts ?? new ShardCounts();
    const { checkpoint } = options.lease;
    this.#pauses = new SymbolPauses(checkpoint);
    this.#book = new ShardBook(checkpoint);
    this.#last = checkpoint && {
      epoch: checkpoint.epoch,
      number: checkpoint.frame,
      isLast: checkpoint.isEpochOver,
    };
    this.#sequence = new FrameSequence(this.#last);
    this.#loop = this.#writeCheckpoints();
  }

  /** From the next tick of this shard on. */
  get armedFromNow(): ArmedFrom {
    const { epoch, ordinal } = this.#book.next;
    return { epoch, ordinal };
  }

  /** Where a symbol's series stand, and whether its feed is not healthy. */
  pricesOf(symbol: string): SymbolPrices {
    const prices = this.#book.pricesOf(symbol);
    return this.#pauses.isPaused(symbol) ? { ...prices, isPaused: true } : prices;
  }

  pricesBefore(symbol: string, day: number): SymbolPrices {
    return this.#book.pricesBefore(symbol, day);
  }

  get armed(): number {
    return this.#book.size;
  }

  /** False once the lease is lost or run out: then another may be ahead of this book. */
  get isCurrent(): boolean {
    return this.#isRunning && this.#options.lease.isHeld;
  }

  /** Runs an arming command such that no checkpoint passes it half done. */
  async arming<Value>(arm: () => Promise<Value>): Promise<Value> {
    return this.#gate.arming(arm);
  }

  /**
   * News of an armed document. What the kept ticks say has fired already is executed at once.
   *
   * @param isLoading it was armed before the start: the checkpoint covers the ticks that count for it.
   */
  note(subject: ArmedSubject, { isLoading = false } = {}): void {
    if (!isLoading && this.#book.isTooLateFor(subject)) this.#sayTooLate(subject);
    const fired = this.#book.note(subject);
    if (fired.length > 0) this.#execute(fired, this.#origin());
  }

  #sayTooLate({ account: { accountId: account }, id, armed }: ArmedSubject): void {
    const { logger, shard } = this.#options;
    logger.error(
      { shard, account, subject: id, armedFrom: armed?.map((line) => line.armedFrom), next: this.#book.next },
      'a level counts from ticks that are kept no more: it is judged over later ones only',
    );
  }

  /** Takes up what a snapshot holds, some at a time, before anything is noted. */
  adopt(held: HeldSubjects): Iterator<void> {
    return this.#book.adopt(held);
  }

  /** All that is armed, as it is while it is asked for; what is armed meanwhile may come, too. */
  subjects(): Iterable<ArmedSubject> {
    return this.#book.subjects();
  }

  scaleOf(symbol: string): number {
    return this.#book.scaleOf(symbol);
  }

  rearm(fired: Fired): void {
    this.#book.rearm(fired);
  }

  /**
   * Resolves when the frame's commits are durable and the checkpoint covers it. The frame's columns may be written
   * over as soon as the call is made: a frame that has to wait is copied.
   */
  async handle(arriving: Frame, traceparent: string): Promise<void> {
    let frame = arriving;
    const place = { epoch: frame.epoch, number: frame.number, isLast: frame.isLast };
    if (!this.#hasRoomFor(place)) {
      frame = copyOfFrame(frame);
      await this.#pause(refuseAfterMs);
    }
    if (!this.#isRunning) throw new Error(`shard ${this.#options.shard} is stopping`);
    if (!this.#hasRoomFor(place)) throw new Error(`${maxWaitingFrames} frames wait for an earlier one`);
    const id = `${frame.epoch}/${frame.number}`;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { promise, resolve, reject };
    const arrived: Arrived = { frame, traceparent, waiting };
    if (this.#sequence.waiting === 0) this.#waitsSince = this.#options.clock.now();
    const offer = this.#sequence.offer(place, arrived);
    // A duplicate is done when its first delivery is: at once where a checkpoint covers it already.
    if (offer.kind === 'duplicate') {
      this.#sayIfForeign(frame.epoch);
      return this.#inFlight.get(id)?.promise;
    }
    this.#inFlight.set(id, waiting);
    if (!offer.ready.includes(arrived)) arrived.frame = copyOfFrame(frame);
    this.#judge(offer.ready);
    this.#counts.waiting = this.#sequence.waiting;
    try {
      await promise;
    } finally {
      this.#inFlight.delete(id);
    }
  }

  /** Epochs are compared by their text, so a feed whose name sorts before another's is taken for its past. */
  #sayIfForeign(epoch: string): void {
    const feed = feedOf(epoch);
    const followed = feedOf(this.#last?.epoch ?? epoch);
    if (feed === followed || this.#foreign.has(feed)) return;
    this.#foreign.add(feed);
    const { logger, shard } = this.#options;
    logger.error(
      { shard, feed, followed },
      'frames of another feed are passed over: a shard follows one feed',
    );
  }

  /** The frame that all others wait for has room always. */
  #hasRoomFor({ epoch, number }: FramePlace): boolean {
    if (this.#sequence.waiting < maxWaitingFrames) return true;
    const { awaited } = this.#sequence;
    return epoch === awaited.epoch && number === awaited.number;
  }

  /** Stops judging, waits for commits under way, writes a last checkpoint and gives the lease back. */
  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#wake();
    await this.#loop;
    try {
      await this.#checkpoint();
      await this.#options.lease.release();
    } catch (error) {
      this.#options.logger.warn({ err: error, shard: this.#options.shard }, 'the last checkpoint failed');
    }
    this.#rejectInFlight(new Error(`shard ${this.#options.shard} is stopping`));
  }

  #rejectInFlight(error: unknown): void {
    for (const { reject } of this.#inFlight.values()) reject(error);
  }

  /** Frames that cannot be judged must not be passed by: the shard stops and starts again before them. */
  #judge(ready: readonly Arrived[]): void {
    try {
      for (const arrived of ready) this.#judgeOne(arrived);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#uncovered.length >= checkpointAfterFrames) this.#wake();
  }

  #judgeOne({ frame, traceparent, waiting }: Arrived): void {
    const { judged, changes } = this.#pauses.follow(frame);
    const fired = this.#book.evaluate(judged);
    this.#last = { epoch: frame.epoch, number: frame.number, isLast: frame.isLast };
    this.#lastTrace = traceparent;
    this.#uncovered.push(waiting);
    this.#counts.frames += 1;
    this.#counts.ticks += frame.length;
    this.#counts.uncovered = this.#uncovered.length;
    this.#counts.judgedUpTo = frame.receivedAt;
    this.#waitsSince = this.#options.clock.now();
    if (fired.length > 0) this.#execute(fired, this.#origin());
    if (changes.length > 0) this.#track(this.#options.recordPauses(changes, this.#origin()));
  }

  #fail(error: unknown): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#wake();
    this.#rejectInFlight(error);
    this.#options.onLost(error);
  }

  #origin(): FrameOrigin {
    const { epoch = '', number = 0 } = this.#last ?? {};
    return { shard: this.#options.shard, epoch, number, traceparent: this.#lastTrace };
  }

  #execute(fired: readonly Fired[], origin: FrameOrigin): void {
    this.#track(this.#options.execute(fired, origin));
  }

  /** No checkpoint passes a commit that is not durable. */
  #track(commits: Promise<void>): void {
    const tracked = commits.finally(() => {
      this.#unsettled.delete(tracked);
    });
    this.#unsettled.add(tracked);
  }

  async #writeCheckpoints(): Promise<void> {
    while (this.#isRunning) {
      await this.#idle();
      try {
        if (this.#uncovered.length > 0) await this.#checkpoint();
        else if (this.#options.lease.isDue) await this.#options.lease.write();
        await this.#giveUpOverdue();
      } catch (error) {
        if (error instanceof LeaseLostError) {
          this.#fail(error);
          return;
        }
        this.#options.logger.error({ err: error, shard: this.#options.shard }, 'the checkpoint failed');
      }
    }
  }

  async #idle(): Promise<void> {
    const abort = new AbortController();
    this.#wake = () => abort.abort();
    await this.#pause(checkpointEveryMs, abort.signal);
  }

  /** One checkpoint: the state after the last judged frame, written once all its commits are durable. */
  async #checkpoint(): Promise<void> {
    const snapshot = this.#gate.snapshot(() => ({
      state: this.#state(),
      covered: this.#uncovered.length,
      commits: [...this.#unsettled],
    }));
    const taken = await this.#keepingLease(snapshot);
    await this.#keepingLease(Promise.all(taken.commits));
    if (taken.covered === 0 || taken.state === undefined) return;
    await this.#options.lease.write(taken.state);
    for (const { resolve } of this.#uncovered.splice(0, taken.covered)) resolve();
    this.#counts.checkpoints += 1;
    this.#counts.uncovered = this.#uncovered.length;
    this.#options.onCheckpoint?.(taken.state);
  }

  /** Waits for what may take as long as the store is slow, and renews the lease meanwhile. @throws LeaseLostError */
  async #keepingLease<Value>(pending: Promise<Value>): Promise<Value> {
    const { lease, logger, shard } = this.#options;
    const done = pending.then(() => true);
    while (!(await Promise.race([done, this.#pause(checkpointEveryMs).then(() => false)]))) {
      try {
        if (lease.isDue) await lease.write();
      } catch (error) {
        if (error instanceof LeaseLostError) throw error;
        logger.error({ err: error, shard }, 'the lease could not be renewed; trying again');
      }
    }
    return pending;
  }

  #state(): ShardCheckpoint | undefined {
    if (this.#last === undefined) return undefined;
    const { next } = this.#book;
    return {
      epoch: this.#last.epoch,
      frame: this.#last.number,
      isEpochOver: this.#last.isLast,
      nextOrdinal: next.ordinal,
      exchangeAt: Number.isFinite(next.exchangeAt) ? next.exchangeAt : 0,
      paused: this.#pauses.symbols,
      extremes: this.#book.extremes(),
    };
  }

  /** Frames that wait for one that does not come: after the grace period the shard goes on without it. */
  async #giveUpOverdue(): Promise<void> {
    if (this.#sequence.waiting === 0) return;
    const waitedMs = this.#options.clock.now() - this.#waitsSince;
    if (waitedMs >= (this.#last === undefined ? graceMs.first : graceMs.published)) {
      this.#giveUp(waitedMs);
      return;
    }
    if (waitedMs < graceMs.abandoned) return;
    // All that is missing of an abandoned epoch at once: it has been waited for all the while.
    while (this.#sequence.waiting > 0) {
      const before = this.#sequence.awaited;
      const isAbandoned = await this.#options.isAbandoned(before.epoch);
      const { epoch, number } = this.#sequence.awaited;
      if (!isAbandoned || !this.#isRunning || epoch !== before.epoch || number !== before.number) return;
      this.#giveUp(waitedMs);
    }
  }

  #giveUp(waitedMs: number): void {
    const { clock, logger, shard } = this.#options;
    logger.error(
      { shard, awaited: this.#sequence.awaited, waitedMs: Math.round(waitedMs) },
      'a frame never came; going on without it',
    );
    this.#waitsSince = clock.now();
    this.#judge(this.#sequence.giveUp());
    this.#counts.waiting = this.#sequence.waiting;
  }
}

/** `tape-` of `tape-0000000007`. */
function feedOf(epoch: string): string {
  return epoch.replace(/\d+$/, '');
}
