import { type Frame, shardOf, subscriptions } from '@bellwether/contracts';
import type { ArmedFrom, Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArmedListener } from '../armed/armed-listener.ts';
import type { Arming } from '../commands/handle-command.ts';
import type { ExecutorConfig } from '../config.ts';
import type { ArmedSubject, Fired } from '../ticks/fired.ts';
import { isAbandoned } from './is-abandoned.ts';
import { ShardLease } from './shard-lease.ts';
import { type FrameOrigin, ShardRunner } from './shard-runner.ts';

export interface ShardsOptions {
  readonly config: ExecutorConfig;
  readonly firestore: Firestore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly execute: (fired: readonly Fired[], origin: FrameOrigin) => Promise<void>;
  /** Opens the shard's subscription: called only while its lease is held. */
  readonly subscribe: (subscription: string) => void;
  readonly unsubscribe: (subscription: string) => Promise<void>;
}

const tryAgainMs = 1_000;

/** The shards that this instance executes: those whose lease it holds. */
export class Shards implements Arming {
  readonly #options: ShardsOptions;
  readonly #held = new Map<number, { runner: ShardRunner; listener: ArmedListener }>();
  readonly #stopped = new AbortController();
  #taking: Promise<unknown> = Promise.resolve();

  constructor(options: ShardsOptions) {
    this.#options = options;
  }

  /** Resolves when every shard that is free is loaded and listening; others are tried for in the background. */
  async start(): Promise<void> {
    const shards = Array.from({ length: this.#options.config.shards }, (_, shard) => shard);
    const busy = (
      await Promise.all(shards.map(async (shard) => ((await this.#take(shard)) ? [] : [shard])))
    ).flat();
    this.#taking = Promise.all(busy.map(async (shard) => this.#waitFor(shard)));
  }

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

  armedFromNow(symbol: string): ArmedFrom {
    return this.#runnerOf(symbol)?.armedFromNow ?? { at: Math.round(this.#options.clock.now()) };
  }

  async arming<Value>(symbol: string, arm: () => Promise<Value>): Promise<Value> {
    const runner = this.#runnerOf(symbol);
    return runner === undefined ? arm() : runner.arming(arm);
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#taking;
    await Promise.all([...this.#held.keys()].map(async (shard) => this.#giveBack(shard)));
  }

  async #take(shard: number): Promise<boolean> {
    const { config, firestore, clock, logger, execute, subscribe } = this.#options;
    const lease = await ShardLease.take(firestore, shard, config.instanceId, clock);
    if (lease === undefined) return false;
    const runner = new ShardRunner({
      shard,
      lease,
      clock,
      logger,
      execute,
      onLost: (error) => {
        logger.error({ err: error, shard }, 'the shard cannot go on and stops here');
        void this.#lose(shard);
      },
      isAbandoned: async (epoch) => isAbandoned(firestore, epoch),
    });
    const listener = new ArmedListener({
      firestore,
      shard,
      note: (subject) => runner.note(subject),
      isOutdated: (subject) => runner.isOutdated(subject),
      logger,
    });
    await listener.open();
    this.#held.set(shard, { runner, listener });
    const { epoch, frame } = lease.checkpoint ?? {};
    logger.info({ shard, lease: lease.token, armed: runner.armed, epoch, frame }, 'the shard is held');
    subscribe(subscriptions.executorTicks(shard));
    return true;
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
    this.#held.delete(shard);
  }

  async #lose(shard: number): Promise<void> {
    this.#held.get(shard)?.listener.close();
    this.#held.delete(shard);
    await this.#options.unsubscribe(subscriptions.executorTicks(shard));
    await this.#waitFor(shard);
  }

  #runnerOf(symbol: string): ShardRunner | undefined {
    return this.#held.get(shardOf(symbol, this.#options.config.shards))?.runner;
  }
}
