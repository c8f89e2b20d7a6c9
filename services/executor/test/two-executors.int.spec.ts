import { type ShardDocument, paths, shardOf, subscriptions } from '@bellwether/contracts';
import { createLogger, systemClock } from '@bellwether/observability';
import { readDocument } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShardLease } from '../src/shards/shard-lease.ts';
import { Shards } from '../src/shards/shards.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const logger = createLogger({ service: 'test', level: 'silent' });
const symbol = 'BTC-USDT';
const shard = shardOf(symbol, 2);
const frames = subscriptions.executorTicks(shard);
const arm = async (): Promise<string> => Promise.resolve('armed');

interface Executor {
  /** Added to the time of day. */
  readonly time: { skewMs: number };
  readonly subscribed: ReadonlySet<string>;
  readonly shards: Shards;
}

describe('the shards of executors', () => {
  let cloud: TestCloud;
  const executors: Executor[] = [];

  beforeEach(async () => {
    cloud = await startTestCloud({ indexesFile });
  });
  afterEach(async () => {
    await forget();
    for (const { shards } of executors.splice(0)) await shards.close();
    await cloud.close();
  });

  /** The shards of one process, its clock in hand, and what they subscribe to. */
  function executor(instanceId: string): Executor {
    const time = { skewMs: 0 };
    const subscribed = new Set<string>();
    const shards = new Shards({
      config: { shards: 2, instanceId },
      firestore: cloud.firestore,
      clock: { now: () => systemClock.now() + time.skewMs },
      logger,
      execute: async () => Promise.resolve(),
      recordPauses: async () => Promise.resolve(),
      subscribe: (name) => subscribed.add(name),
      unsubscribe: async (name) => Promise.resolve(void subscribed.delete(name)),
    });
    executors.push({ time, subscribed, shards });
    return { time, subscribed, shards };
  }

  const later = { now: () => systemClock.now() + 60_000 };
  const document = async () =>
    readDocument<ShardDocument>(await cloud.firestore.doc(paths.executorShard(shard)).get());

  async function strike(fault: object): Promise<void> {
    const url = `${cloud.environment['CLOUD_OPS_URL'] ?? ''}/faults`;
    await fetch(url, { method: 'POST', headers: authorization(), body: JSON.stringify({ faults: [fault] }) });
  }
  async function forget(): Promise<void> {
    const url = `${cloud.environment['CLOUD_OPS_URL'] ?? ''}/faults`;
    await fetch(url, { method: 'DELETE', headers: authorization() });
  }
  const authorization = () => ({ authorization: `Bearer ${cloud.environment['CLOUD_FAULT_TOKEN'] ?? ''}` });

  it('are free again when they cannot be loaded', async () => {
    await cloud.close();
    const folder = await mkdtemp(join(tmpdir(), 'executor-'));
    const withoutIndexes = join(folder, 'indexes.json');
    await writeFile(withoutIndexes, JSON.stringify({ indexes: [], fieldOverrides: [] }));
    cloud = await startTestCloud({ indexesFile: withoutIndexes });
    await rm(folder, { recursive: true });
    await expect(executor('a').shards.start()).rejects.toThrow('index');
    await eventually(async () => expect((await document())?.leaseUntil).toBe(0));
  });

  it('are not taken up when their lease was lost while they were loading', async () => {
    await strike({
      at: { service: 'firestore', method: 'Listen', times: 10 },
      do: { kind: 'delay', ms: 3_000 },
    });
    const slow = executor('a');
    const started = slow.shards.start();
    await eventually(async () => expect((await document())?.owner).toBe('a'));
    expect(await ShardLease.take(cloud.firestore, shard, 'b', later)).toBeDefined();
    slow.time.skewMs = 8_000;
    await started;
    expect(slow.subscribed).not.toContain(frames);
  });

  it('stay with the process that took them when two have the same name', async () => {
    const before = executor('a');
    await before.shards.start();
    const restarted = executor('a');
    await restarted.shards.start();
    before.time.skewMs = 8_000;
    await eventually(() => expect(before.subscribed).not.toContain(frames));
    await sleep(1_500);
    expect([before.subscribed.has(frames), restarted.subscribed.has(frames)]).toEqual([false, true]);
    expect((await document())?.token).toBe(2);
  });

  it('arm nothing where another may be ahead', async () => {
    const holder = executor('a');
    await holder.shards.start();
    const other = executor('b');
    await other.shards.start();
    expect(await holder.shards.arming(symbol, arm)).toBe('armed');
    await expect(other.shards.arming(symbol, arm)).rejects.toThrow('not held');
    expect(() => other.shards.armedFromNow(symbol)).toThrow('not held');
    holder.time.skewMs = 16_000;
    await expect(holder.shards.arming(symbol, arm)).rejects.toThrow('not held');
  });
});
