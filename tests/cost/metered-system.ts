import { CommandClient, provisionTopology } from '@bellwether/bus';
import {
  type AccountRef,
  type ChannelDocument,
  type CommandInput,
  encodeFrame,
  mainAccount,
  newTraceParent,
  paths,
  shardOf,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { startExecutor } from '@bellwether/executor';
import { startLedger } from '@bellwether/ledger';
import { startNotifier } from '@bellwether/notifier';
import { type RunningService, createLogger, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, Outbox, connectFirestore } from '@bellwether/store';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../support/root.ts';

/** What Firestore bills for, and the messages that Pub/Sub takes. */
export interface Cost {
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly messages: number;
}

type Meter = Readonly<Record<string, number>>;

const starters = { executor: startExecutor, ledger: startLedger, notifier: startNotifier };
const Stats = z.object({ meter: z.record(z.string(), z.number()) });
const logger = createLogger({ service: 'test', level: 'silent' });
const shards = 2;
const quietForMs = 400;
/** The position of every account stands at 100 and is stopped at 95. */
export const symbol = 'BTC-USDT';

/** Services on a local cloud, and what its meter says that an operation of theirs cost. */
export class MeteredSystem {
  readonly #cloud: TestCloud;
  readonly #commands: CommandClient;
  readonly #running = new Map<keyof typeof starters, RunningService>();
  #accounts = 0;
  #frames = 0;
  #ticks = 0;

  private constructor(cloud: TestCloud, commands: CommandClient) {
    this.#cloud = cloud;
    this.#commands = commands;
  }

  static async start(): Promise<MeteredSystem> {
    const cloud = await startTestCloud({ indexesFile: join(root, 'firestore.indexes.json') });
    await provisionTopology(cloud.pubsub, topologyOf(shards));
    const channel: ChannelDocument = {
      kind: 'discordWebhook',
      webhookId: '100000000000000001',
      webhookToken: 'local',
      status: 'active',
    };
    await cloud.firestore.doc(paths.channel('acme', 'discord')).set(channel);
    const commands = await CommandClient.connect(cloud.pubsub, { name: 'cost', ids: systemIds, logger });
    return new MeteredSystem(cloud, commands);
  }

  async add(name: keyof typeof starters): Promise<void> {
    const environment = { ...this.#cloud.environment, SHARDS: String(shards), WRITE_LIMITS: 'off' };
    this.#running.set(name, await starters[name](environment, logger));
    await this.#quiet();
  }

  /** Resolves when all that happened before is told: what is parked meanwhile is written more than once. */
  async backlogTold(): Promise<void> {
    for (let told = -1; ;) {
      const { docs } = await this.#cloud.firestore.collection(paths.deliveries('acme')).get();
      const isTold = docs.every((document) =>
        ['sent', 'grouped', 'suppressed'].includes(String(document.get('status'))),
      );
      if (isTold && docs.length === told) return;
      told = docs.length;
      await sleep(1_000);
    }
  }

  /** The next executor knows no account. */
  async restartExecutor(): Promise<void> {
    await this.#running.get('executor')?.close();
    await this.add('executor');
  }

  /** What `operation` costs until everything is quiet again. Leases, checkpoints and reports are not of it. */
  async costOf(operation: () => Promise<unknown>): Promise<Cost> {
    const before = await this.#quiet();
    await operation();
    const after = await this.#quiet();
    const spent = (name: keyof Cost): number => after[name] - before[name];
    return {
      reads: spent('reads'),
      writes: spent('writes'),
      deletes: spent('deletes'),
      messages: spent('messages'),
    };
  }

  /** An account that nobody has used, ready to trade. */
  async account(): Promise<AccountRef> {
    const account = this.unusedAccount();
    await this.send({ name: 'OpenAccount', key: 'open', ...account });
    await this.send({ name: 'ResumeTrading', key: 'resume', ...account, actor: 'test', reason: 'cost' });
    return account;
  }

  unusedAccount(): AccountRef {
    this.#accounts += 1;
    return mainAccount('acme', `user${this.#accounts}`);
  }

  /** @throws Error when it is not committed. */
  async send(command: CommandInput): Promise<void> {
    const reply = await this.#commands.request(command, { timeoutMs: 20_000 });
    if (reply.status !== 'committed') throw new Error(`${command.name}: ${reply.reason} ${reply.detail}`);
  }

  async adopt(account: AccountRef, id: string, stop = '95'): Promise<void> {
    const terms = { symbol, side: 'long', quantity: '2', entryPrice: '100', priceSource: 'trade' } as const;
    const exits = { stopLoss: { price: stop } };
    await this.send({
      name: 'AdoptPosition',
      key: `adopt-${id}`,
      ...account,
      position: { id, ...terms, exits },
    });
  }

  /** A commit of another process: what this executor knows of the account is behind by one entry. */
  async commitElsewhere(account: AccountRef): Promise<void> {
    const firestore = connectFirestore(this.#cloud.environment);
    const store = new AccountStore({ firestore, clock: systemClock, ids: systemIds, logger, shards });
    const outcome = await store.commit<never>(account, {
      cause: { kind: 'command', name: 'DepositFunds', key: 'elsewhere' },
      traceparent: newTraceParent(systemIds.hex),
      decide: () => ({
        events: [{ type: 'FundsDeposited', currency: 'USD', amount: '1', actor: 'test', reason: 'cost' }],
      }),
    });
    await firestore.terminate();
    if (outcome.status !== 'committed') throw new Error(`not committed elsewhere: ${outcome.status}`);
  }

  /** What an idle minute costs, leases included. */
  async costOfIdleMinute(): Promise<Cost> {
    // On a busy machine the last pointers are deleted late.
    const outbox = new Outbox(this.#cloud.firestore);
    while ((await outbox.pending()).length > 0) await sleep(100);
    await this.#quiet();
    const before = await this.#meter();
    await sleep(60_000);
    const after = await this.#meter();
    const spent = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
    return {
      reads: spent('firestore.reads'),
      writes: spent('firestore.writes'),
      deletes: spent('firestore.deletes'),
      messages: spent('pubsub.publishedMessages'),
    };
  }

  /** One frame of trades at these prices. */
  async trade(...prices: readonly number[]): Promise<void> {
    this.#frames += 1;
    const frame = {
      shard: shardOf(symbol, shards),
      epoch: 'cost-0000000001',
      number: this.#frames,
      firstOrdinal: this.#ticks,
      receivedAt: Date.now(),
      isLast: false,
      instruments: [{ symbol, venue: 'test', kind: 'trade' as const, priceScale: 2, sizeScale: 0 }],
      length: prices.length,
      instrument: new Uint16Array(prices.length),
      exchangeAt: Float64Array.from(prices, (_, i) => this.#frames * 100_000 + i),
      first: Float64Array.from(prices, (price) => Math.round(price * 100)),
      second: new Float64Array(prices.length).fill(1),
    };
    this.#ticks += prices.length;
    await this.#cloud.pubsub.topic(topics.ticks(frame.shard)).publishMessage({
      data: Buffer.from(encodeFrame(frame)),
      attributes: { 'ce-traceparent': newTraceParent(systemIds.hex) },
    });
  }

  async close(): Promise<void> {
    for (const service of [...this.#running.values()].toReversed()) await service.close();
    await this.#commands.close();
    await this.#cloud.close();
  }

  /** The meter once nothing that belongs to an operation has moved for a while. */
  async #quiet(): Promise<Cost> {
    let last = await this.#read();
    for (let since = performance.now(); performance.now() - since < quietForMs;) {
      await sleep(25);
      const now = await this.#read();
      if (JSON.stringify(now) !== JSON.stringify(last)) since = performance.now();
      last = now;
    }
    return last;
  }

  async #meter(): Promise<Meter> {
    const answer = await fetch(`http://${this.#cloud.hosts.ops}/stats`);
    return Stats.parse(await answer.json()).meter;
  }

  async #read(): Promise<Cost> {
    const meter = await this.#meter();
    return {
      reads: meter['firestore.reads'] ?? 0,
      writes: (meter['firestore.writes'] ?? 0) - ownWrites(meter),
      deletes: meter['firestore.deletes'] ?? 0,
      messages: meter['pubsub.publishedMessages'] ?? 0,
    };
  }
}

/** Leases and checkpoints: one write a call. They go with time, not with operations. */
function ownWrites(meter: Meter): number {
  return meter['firestore.calls.Commit.ops_shards'] ?? 0;
}
