import { type Frame, shardOf, subscriptions } from '@bellwether/contracts';
import type { ArmedFrom, Clock, SymbolPrices } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeListener } from '../armed/change-listener.ts';
import type { Arming } from '../commands/handle-command.ts';
import type { ExecutorConfig } from '../config.ts';
import type { PauseChange } from '../health/symbol-pauses.ts';
import { changedAtSlackMs } from '../snapshot/reason-against.ts';
import { ShardSnapshots, type SnapshotSource } from '../snapshot/shard-snapshots.ts';
import type { ArmedSubject, Fired } from '../ticks/fired.ts';
import { isAbandoned } from './is-abandoned.ts';
import { loadBook } from './load-book.ts';
import { ShardCounts } from './shard-counts.ts';
import { LeaseLostError, ShardLease } from './shard-lease.ts';
import { type FrameOrigin, ShardRunner } from './shard-runner.ts';

export interface ShardsOptions {
  readonly config: ExecutorConfig;
  readonly firestore: Firestore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly execute: (fired: readonly Fired[], origin: FrameOrigin) => Promise<void>;
  /** Commits that symbols are paused or resumed; resolves when all of it is committed. */
  readonly recordPauses: (changes: readonly PauseChange[], origin: FrameOrigin) => Promise<void>;
  /** Opens the shard's subscription: called only while its lease is held. */
  readonly subscribe: (subscription: string) => void;
  readonly unsubscribe: (subscription: string) => Promise<void>;
}

const tryAgainMs = 1_000;
/** Well below the slack that changes are given. */
const clockMayBeOffMs = changedAtSlackMs / 5;

interface Held {
  readonly runner: ShardRunner;
  readonly listener: ChangeListener;
  /** Absent where none are kept. */
  readonly snapshots: ShardSnapshots | undefined;
  readonly snapshotSource: () => SnapshotSource;
}

/** The shards that this instance executes: those whose lease it holds. */
export class Shards implements Arming {
  readonly #options: ShardsOptions;
  readonly #held = new Map<number, Held>();
  /** Shards whose lease is taken and whose book is being loaded. */
  readonly #loading = new Set<number>();
  /** By shard, since the start, over all times that it was held. */
  readonly counts: readonly ShardCounts[];
  /** Shards whose lease another process has taken from this one. */
  readonly #lost = new Set<number>();
  readonly #stopped = new AbortController();
  /** Everything that tries for shards in the background. */
  #taking: Promise<unknown> = Promise.resolve();

  constructor(options: ShardsOptions) {
    this.#options = options;
    this.counts = Array.from({ length: options.config.shards }, () => new ShardCounts());
  }

  /**
   * Resolves when every shard that is free is loaded and listening; others are tried for in the background.
   * When it throws, what it could take is held until `close`.
   */
  async start(): Promise<void> {
    const shards = Array.from({ length: this.#options.config.shards }, (_, shard) => shard);
    const taken = await Promise.allSettled(shards.map(async (shard) => this.#take(shard)));
    for (const outcome of taken) if (outcome.status === 'rejected') throw outcome.reason;
    const busy = shards.filter((shard) => !this.#held.has(shard));
    this.#taking = Promise.all(busy.map(async (shard) => this.#waitFor(shard)));
  }

  /** The frame's columns may be written over as soon as the call is made. */
  async handle(frame: Frame, traceparent: string): Promise<void> {
    const held = this.#held.get(frame.shard);
    if (held === undefined) throw new Error(`shard ${frame.shard} is not held by this instance`);
    await held.runner.handle(frame, traceparent);
  }

  note(subject: ArmedSubject): void {
    this.#runnerOf(subject.symbol)?.note(subject);
  }

  rearm(fired: Fired): void {
    this.#runnerOf(fired.subject.symbol)?.rearm(fired);
  }

  isHeld(shard: number): boolean {
    return this.#held.get(shard)?.runner.isCurrent === true;
  }

  /** What is armed, by shards that are held. */
  get armed(): readonly (readonly [shard: number, armed: number])[] {
    return [...this.#held].map(([shard, { runner }]) => [shard, runner.armed]);
  }

  /** Why a shard that is held is not executed now; one that another holds is that one's concern. */
  unready(): readonly string[] {
    return [
      ...[...this.#loading].map((shard) => `the book of shard ${shard} is being loaded`),
      ...[...this.#held].flatMap(([shard, { runner }]) =>
        runner.isCurrent ? [] : `the lease of shard ${shard} has run out`,
      ),
    ];
  }

  armedFromNow(symbol: string): ArmedFrom {
    return this.#currentOf(symbol).armedFromNow;
  }

  /** Where a symbol's series stand, as far as its shard is held here. */
  pricesOf(symbol: string): SymbolPrices {
    return this.#runnerOf(symbol)?.pricesOf(symbol) ?? {};
  }

  /** Where they stood when a day began, as far as its shard has seen that here. */
  pricesBefore(symbol: string, day: number): SymbolPrices {
    return this.#runnerOf(symbol)?.pricesBefore(symbol, day) ?? {};
  }

  async arming<Value>(symbol: string, arm: () => Promise<Value>): Promise<Value> {
    return this.#currentOf(symbol).arming(arm);
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#taking;
    await Promise.all([...this.#held.keys()].map(async (shard) => this.#giveBack(shard)));
  }

  async #take(shard: number): Promise<boolean> {
    const { config, firestore, clock, logger, execute, recordPauses, subscribe } = this.#options;
    const counts = this.counts[shard];
    const isOwnOver = !this.#lost.has(shard);
    const lease = await ShardLease.take(firestore, shard, config.instanceId, clock, isOwnOver);
    if (lease === undefined) return false;
    this.#sayIfClockIsOff(shard, lease);
    const snapshots = this.#snapshotsOf(shard, lease);
    let { checkpoint } = lease;
    const runner = new ShardRunner({
      shard,
      lease,
      clock,
      logger,
      execute,
      recordPauses,
      onLost: (reason) => {
        logger.error({ err: reason, shard }, 'the shard cannot go on and stops here');
        if (reason instanceof LeaseLostError) this.#lost.add(shard);
        if (this.#held.get(shard)?.runner === runner)
          this.#taking = Promise.all([this.#taking, this.#lose(shard)]);
      },
      isAbandoned: async (epoch) => isAbandoned(firestore, epoch),
      ...(counts === undefined ? {} : { counts }),
      onCheckpoint: (written) => {
        checkpoint = written;
        const held = this.#held.get(shard);
        if (held?.runner === runner) snapshots?.writeIfDue(held.snapshotSource);
      },
    });
    let listener: ChangeListener;
    this.#loading.add(shard);
    try {
      listener = await loadBook({ firestore, shard, lease, runner, snapshots, logger });
    } catch (error) {
      await runner.stop();
      if (error instanceof LeaseLostError) return false;
      throw error;
    } finally {
      this.#loading.delete(shard);
    }
    const snapshotSource = (): SnapshotSource => ({
      coveredUntil: listener.coveredUntil,
      checkpoint,
      book: runner,
    });
    this.#lost.delete(shard);
    this.#held.set(shard, { runner, listener, snapshots, snapshotSource });
    const { epoch, frame } = lease.checkpoint ?? {};
    logger.info({ shard, lease: lease.token, armed: runner.armed, epoch, frame }, 'the shard is held');
    subscribe(subscriptions.executorTicks(shard));
    return true;
  }

  /** Changes are found by the time at which their writers committed them. */
  #sayIfClockIsOff(shard: number, { takenAt }: ShardLease): void {
    const { clock, logger } = this.#options;
    const aheadMs = Math.round(clock.now() - takenAt);
    if (Math.abs(aheadMs) < clockMayBeOffMs) return;
    logger.error({ shard, aheadMs }, "this machine's clock differs from Firestore's: set it right");
  }

  #snapshotsOf(shard: number, lease: ShardLease): ShardSnapshots | undefined {
    const { config, clock, logger } = this.#options;
    const { dataDir: directory, shards } = config;
    if (directory === undefined) return undefined;
    return new ShardSnapshots({ directory, shard, shards, lease, clock, logger });
  }

  async #waitFor(shard: number): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(tryAgainMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (await this.#take(shard)) return;
      } catch (error) {
        this.#options.logger.error({ err: error, shard }, 'the shard cannot be taken; trying again');
      }
    }
  }

  async #giveBack(shard: number): Promise<void> {
    const held = this.#held.get(shard);
    held?.listener.close();
    await held?.runner.stop();
    await held?.snapshots?.write(held.snapshotSource);
    this.#held.delete(shard);
  }

  async #lose(shard: number): Promise<void> {
    this.#held.get(shard)?.listener.close();
    this.#held.delete(shard);
    try {
      await this.#options.unsubscribe(subscriptions.executorTicks(shard));
    } catch (error) {
      this.#options.logger.error({ err: error, shard }, 'the subscription of a lost shard did not close');
    }
    await this.#waitFor(shard);
  }

  /** @throws Error where another executor may be ahead: the command is delivered again, there or here. */
  #currentOf(symbol: string): ShardRunner {
    const runner = this.#runnerOf(symbol);
    if (runner?.isCurrent !== true) throw new Error(`the shard of ${symbol} is not held by this instance`);
    return runner;
  }

  #runnerOf(symbol: string): ShardRunner | undefined {
    return this.#held.get(shardOf(symbol, this.#options.config.shards))?.runner;
  }
}
