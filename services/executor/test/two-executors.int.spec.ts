import { type ShardDocument, paths, shardOf, subscriptions } from '@bellwether/contracts';
import { createLogger, systemClock } from '@bellwether/observability';
import { readDocument } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShardLease } from '../src/shards/shard-lease.ts';
import { Shards } from '../src/shards/shards.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const logger = createLogger({ service: 'test', level: 'silent' });
const symbol = 'BTC-USDT';
const shard = shardOf(symbol, 2);
const frames = subscriptions.executorTicks(shard);

describe('the shards of executors', () => {
  let cloud: TestCloud;
  const executors: ReturnType<typeof executor>[] = [];

  beforeEach(async () => {
    cloud = await startTestCloud({ indexesFile });
  });
  afterEach(async () => {
    await forget();
    for (const { shards } of executors.splice(0)) await shards.close();
    await cloud.close();
  });

  /** The shards of one process, its clock in hand, and what they subscribe to. */
  function executor(instanceId: string) {
    const subscribed = new Set<string>();
    const made = {
      /** Added to the time of day. */
      skewMs: 0,
      subscribed,
      shards: new Shards({
        config: { shards: 2, instanceId },
        firestore: cloud.firestore,
        clock: { now: () => systemClock.now() + made.skewMs },
        logger,
        execute: async () => Promise.resolve(),
        subscribe: (name) => subscribed.add(name),
        unsubscribe: async (name) => Promise.resolve(void subscribed.delete(name)),
      }),
    };
    executors.push(made);
    return made;
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

  it('are free again at once when they cannot be loaded', async () => {
    await strike({
      at: { service: 'firestore', method: 'Listen', times: 10 },
      do: { kind: 'error', code: 'PERMISSION_DENIED' },
    });
    const failing = executor('a');
    await expect(failing.shards.start()).rejects.toThrow();
    await forget();
    await eventually(async () => expect((await document())?.leaseUntil).toBe(0));
    const other = executor('b');
    await other.shards.start();
    expect(other.subscribed).toContain(frames);
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
    slow.skewMs = 8_000;
    await started;
    expect(slow.subscribed).not.toContain(frames);
  });

  it('stay with the process that took them when two have the same name', async () => {
    const before = executor('a');
    await before.shards.start();
    const restarted = executor('a');
    await restarted.shards.start();
    before.skewMs = 8_000;
    await eventually(() => expect(before.subscribed).not.toContain(frames));
    await sleep(1_500);
    expect([before.subscribed.has(frames), restarted.subscribed.has(frames)]).toEqual([false, true]);
    expect((await document())?.token).toBe(2);
  });

  it('arm nothing where another may be ahead', async () => {
    const arm = async () => Promise.resolve('armed');
    const holder = executor('a');
    await holder.shards.start();
    const other = executor('b');
    await other.shards.start();
    expect(await holder.shards.arming(symbol, arm)).toBe('armed');
    await expect(other.shards.arming(symbol, arm)).rejects.toThrow('not held');
    expect(() => other.shards.armedFromNow(symbol)).toThrow('not held');
    holder.skewMs = 16_000;
    await expect(holder.shards.arming(symbol, arm)).rejects.toThrow('not held');
  });
});
