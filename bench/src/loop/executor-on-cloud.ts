import {
  CommandClient,
  type Publisher,
  connectPubSub,
  openPublisher,
  provisionTopology,
} from '@bellwether/bus';
import {
  type AccountRef,
  type CommandInput,
  Commit,
  type Frame,
  encodeFrame,
  mainAccount,
  newTraceParent,
  shardOf,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { startExecutor } from '@bellwether/executor';
import { createLogger, systemIds } from '@bellwether/observability';
import type { PubSub } from '@google-cloud/pubsub';
import { startCloudProcess } from '../processes/cloud-process.ts';

export const logger = createLogger({ service: 'bench', level: 'silent' });
const shards = 1;
export const symbol = 'BTC-USDT';
export const account: AccountRef = mainAccount('acme', 'ann');

/** An executor in this process on a local cloud in another, with an account ready to trade. */
export interface ExecutorOnCloud {
  /** What a service needs to be told to run on the same cloud. */
  readonly environment: NodeJS.ProcessEnv;
  readonly pubsub: PubSub;
  /** Opens an account that is ready to trade. */
  openAccount(account: AccountRef): Promise<void>;
  /** @throws Error when it is not committed. */
  command(command: CommandInput): Promise<void>;
  /** Publishes frames as market-feed does: messages of a window of 2 ms go together. */
  publish(frames: readonly Uint8Array[]): Promise<void>;
  /** The frames of these prices, in hundredths, so many ticks each; numbers and ordinals go on. */
  frames(prices: Float64Array, ticksEach: number): Uint8Array[];
  /** Resolves with the next commit of which this is true. */
  committed(isIt: (commit: Commit) => boolean): Promise<Commit>;
  close(): Promise<void>;
}

export async function startExecutorOnCloud(): Promise<ExecutorOnCloud> {
  const cloud = await startCloudProcess();
  const environment = {
    ...cloud.environment,
    PUBSUB_EMULATOR_HOST: cloud.hosts.pubsub,
    FIRESTORE_EMULATOR_HOST: cloud.hosts.firestore,
    GOOGLE_CLOUD_PROJECT: cloud.project,
    METADATA_SERVER_DETECTION: 'none',
    SHARDS: String(shards),
  };
  const pubsub = connectPubSub(environment);
  await provisionTopology(pubsub, topologyOf(shards));
  const [events] = await pubsub.topic(topics.events).createSubscription('bench.events');
  const waiting = new Set<{ isIt: (commit: Commit) => boolean; resolve: (commit: Commit) => void }>();
  events.on('message', (message) => {
    message.ack();
    const commit = Commit.parse(JSON.parse(message.data.toString()));
    for (const one of waiting)
      if (one.isIt(commit)) {
        waiting.delete(one);
        one.resolve(commit);
      }
  });
  const executor = await startExecutor(environment, logger);
  const commands = await CommandClient.connect(pubsub, { name: 'bench', ids: systemIds, logger });
  const ticks: Publisher = openPublisher(pubsub, topics.ticks(shardOf(symbol, shards)), {
    maxMessages: 100,
    maxMilliseconds: 2,
  });
  let number = 0;
  let ordinal = 0;

  const system: ExecutorOnCloud = {
    environment,
    pubsub,
    async openAccount(opened) {
      const by = { actor: 'bench', reason: 'ready' };
      await system.command({ name: 'OpenAccount', key: 'open', ...opened });
      await system.command({ name: 'ResumeTrading', key: 'resume', ...opened, ...by });
    },
    async command(command) {
      const reply = await commands.request(command, { timeoutMs: 30_000 });
      if (reply.status !== 'committed') throw new Error(`${command.name}: ${reply.reason} ${reply.detail}`);
    },
    async publish(frames) {
      const attributes = { 'ce-traceparent': newTraceParent((digits) => systemIds.hex(digits)) };
      await Promise.all(frames.map((frame) => ticks.publish(frame, attributes)));
    },
    frames(prices, ticksEach) {
      const frames: Uint8Array[] = [];
      for (let first = 0; first < prices.length; first += ticksEach) {
        number += 1;
        const some = prices.subarray(first, first + ticksEach);
        frames.push(encodeFrame(frameOf(some, { number, firstOrdinal: ordinal })));
        ordinal += some.length;
      }
      return frames;
    },
    committed: (isIt) => new Promise((resolve) => void waiting.add({ isIt, resolve })),
    async close() {
      await executor.close();
      await commands.close();
      await events.close();
      await pubsub.close();
      await cloud.close();
    },
  };
  await system.openAccount(account);
  return system;
}

function frameOf(prices: Float64Array, place: { number: number; firstOrdinal: number }): Frame {
  return {
    ...place,
    shard: 0,
    epoch: 'bench-0000000001',
    receivedAt: Date.now(),
    isLast: false,
    instruments: [{ symbol, venue: 'bench', kind: 'trade', priceScale: 2, sizeScale: 0 }],
    length: prices.length,
    instrument: new Uint16Array(prices.length),
    exchangeAt: Float64Array.from(prices, (_, i) => place.firstOrdinal + i),
    first: prices,
    second: new Float64Array(prices.length).fill(1),
  };
}
