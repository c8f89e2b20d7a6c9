import { type Frame, type FramePlace, FrameSequence, type ShardCheckpoint } from '@bellwether/contracts';
import type { ArmedFrom, Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArmedSubject, Fired } from '../ticks/fired.ts';
import { ShardBook } from '../ticks/shard-book.ts';
import { ArmingGate } from './arming-gate.ts';
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
  readonly lease: ShardLease;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Commits what fired; resolves when all of it is committed or refused for good. */
  readonly execute: (fired: readonly Fired[], origin: FrameOrigin) => Promise<void>;
  /** The lease is gone: the shard must be stopped. */
  readonly onLost: (error: LeaseLostError) => void;
}

interface Waiting {
  readonly frame: Frame;
  readonly traceparent: string;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const checkpointEveryMs = 1_000;
const checkpointAfterFrames = 500;
const maxWaitingFrames = 5_000;
const graceMs = { nextEpoch: 15_000, gap: 60_000 };

/**
 * One shard: frames strictly by number, every tick judged, what fires committed, and a checkpoint that
 * never passes a commit that is not durable. A frame's promise resolves, and with it its message is
 * acknowledged, only when the checkpoint covers it.
 */
export class ShardRunner {
  readonly #options: ShardRunnerOptions;
  readonly #book: ShardBook;
  readonly #sequence: FrameSequence<Waiting>;
  readonly #gate = new ArmingGate();
  /** Commits that are still under way. */
  readonly #unsettled = new Set<Promise<void>>();
  /** Judged frames whose messages wait for a checkpoint, in order. */
  readonly #uncovered: Waiting[] = [];
  /** Frames that arrived and are not covered yet, by epoch and number. */
  readonly #inFlight = new Map<string, Waiting>();
  #last: FramePlace | undefined;
  #lastTrace = '';
  #progressAt: number;
  #isRunning = true;
  #wake: () => void = () => undefined;
  readonly #loop: Promise<void>;

  constructor(options: ShardRunnerOptions) {
    this.#options = options;
    const { checkpoint } = options.lease;
    this.#book = new ShardBook(checkpoint);
    this.#last = checkpoint && {
      epoch: checkpoint.epoch,
      number: checkpoint.frame,
      isLast: checkpoint.isEpochOver,
    };
    this.#sequence = new FrameSequence(this.#last);
    this.#progressAt = options.clock.now();
    this.#loop = this.#writeCheckpoints();
  }

  /** From the next tick of this shard on. */
  get armedFromNow(): ArmedFrom {
    const { epoch, ordinal } = this.#book.next;
    return { epoch, ordinal };
  }

  get armed(): number {
    return this.#book.size;
  }

  /** Runs an arming command such that no checkpoint passes it half done. */
  async arming<Value>(arm: () => Promise<Value>): Promise<Value> {
    return this.#gate.arming(arm);
  }

  /** News of an armed document. What the kept ticks say has fired already is executed at once. */
  note(subject: ArmedSubject): void {
    const fired = this.#book.note(subject);
    if (fired.length > 0) this.#execute(fired, this.#origin());
  }

  /** True when the book has newer news of it. */
  isOutdated(subject: ArmedSubject): boolean {
    return this.#book.isOutdated(subject);
  }

  rearm(subject: ArmedSubject): void {
    this.#book.rearm(subject);
  }

  /** Resolves when the frame's commits are durable and the checkpoint covers it. */
  async handle(frame: Frame, traceparent: string): Promise<void> {
    if (!this.#isRunning) throw new Error(`shard ${this.#options.shard} is stopping`);
    if (this.#sequence.waiting >= maxWaitingFrames)
      throw new Error(`${maxWaitingFrames} frames wait for an earlier one`);
    const id = `${frame.epoch}/${frame.number}`;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const place = { epoch: frame.epoch, number: frame.number, isLast: frame.isLast };
    const waiting = { frame, traceparent, promise, resolve, reject };
    const offer = this.#sequence.offer(place, waiting);
    // A duplicate is done when its first delivery is: at once where a checkpoint covers it already.
    if (offer.kind === 'duplicate') return this.#inFlight.get(id)?.promise;
    this.#inFlight.set(id, waiting);
    this.#judge(offer.ready);
    try {
      await promise;
    } finally {
      this.#inFlight.delete(id);
    }
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

  #rejectInFlight(error: Error): void {
    for (const { reject } of this.#inFlight.values()) reject(error);
  }

  #judge(ready: readonly Waiting[]): void {
    for (const waiting of ready) {
      const { frame, traceparent } = waiting;
      const fired = this.#book.evaluate(frame);
      this.#last = { epoch: frame.epoch, number: frame.number, isLast: frame.isLast };
      this.#lastTrace = traceparent;
      this.#uncovered.push(waiting);
      this.#progressAt = this.#options.clock.now();
      if (fired.length > 0) this.#execute(fired, this.#origin());
    }
    if (this.#uncovered.length >= checkpointAfterFrames) this.#wake();
  }

  #origin(): FrameOrigin {
    const { epoch = '', number = 0 } = this.#last ?? {};
    return { shard: this.#options.shard, epoch, number, traceparent: this.#lastTrace };
  }

  #execute(fired: readonly Fired[], origin: FrameOrigin): void {
    const execution = this.#options.execute(fired, origin).finally(() => {
      this.#unsettled.delete(execution);
    });
    this.#unsettled.add(execution);
  }

  async #writeCheckpoints(): Promise<void> {
    while (this.#isRunning) {
      await this.#idle();
      try {
        if (this.#uncovered.length > 0) await this.#checkpoint();
        else if (this.#options.lease.isDue) await this.#options.lease.write();
        this.#giveUpOverdue();
      } catch (error) {
        if (error instanceof LeaseLostError) {
          this.#isRunning = false;
          this.#rejectInFlight(error);
          this.#options.onLost(error);
          return;
        }
        this.#options.logger.error({ err: error, shard: this.#options.shard }, 'the checkpoint failed');
      }
    }
  }

  async #idle(): Promise<void> {
    const abort = new AbortController();
    this.#wake = () => abort.abort();
    await sleep(checkpointEveryMs, undefined, { signal: abort.signal, ref: false }).catch(() => undefined);
  }

  /** One checkpoint: the state after the last judged frame, written once all its commits are durable. */
  async #checkpoint(): Promise<void> {
    const taken = await this.#gate.snapshot(() => ({
      state: this.#state(),
      covered: this.#uncovered.length,
      commits: [...this.#unsettled],
    }));
    if (taken.covered === 0 || taken.state === undefined) return;
    await Promise.all(taken.commits);
    await this.#options.lease.write(taken.state);
    for (const { resolve } of this.#uncovered.splice(0, taken.covered)) resolve();
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
      extremes: this.#book.extremes(),
    };
  }

  /** Frames that wait for one that does not come: after the grace period the shard goes on without it. */
  #giveUpOverdue(): void {
    if (this.#sequence.waiting === 0) return;
    const { clock, logger, shard } = this.#options;
    const grace = this.#last?.isLast === false ? graceMs.nextEpoch : graceMs.gap;
    if (clock.now() - this.#progressAt < grace) return;
    logger.error({ shard, awaited: this.#sequence.awaited }, 'a frame never came; going on without it');
    this.#judge(this.#sequence.giveUp());
  }
}
