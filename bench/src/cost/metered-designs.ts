import { type ChannelDocument, mainAccount, paths } from '@bellwether/contracts';
import { startLedger } from '@bellwether/ledger';
import { startNotifier } from '@bellwether/notifier';
import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { connectFirestore, positionFields } from '../cloud/documents.ts';
import { logger, startExecutorOnCloud, symbol } from '../loop/executor-on-cloud.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import type { NaiveUnits, OurUnits } from './day.ts';
import { type Usage, times } from './prices.ts';

const exits = 20;
const framesEach = 100;
const ticksEach = 100;
/** Publication, and the deliveries of executor and history. */
const tickCopies = 3;
/** Publication, and the deliveries of ledger, history and notifier. */
const eventCopies = 4;
const quietForMs = 1_000;
/** In hundredths: where every position stands, and where its stop is. */
const [calm, crash] = [10_000, 9_400];

/** What each design costs, measured on one cloud by its meter. */
export interface MeteredDesigns {
  ours(): Promise<OurUnits>;
  naive(): Promise<NaiveUnits>;
  close(): Promise<void>;
}

export async function startDesigns(): Promise<MeteredDesigns> {
  const naive = await measureNaive();
  const system = await startExecutorOnCloud();
  const environment: NodeJS.ProcessEnv = {
    ...system.environment,
    WRITE_LIMITS: 'off',
    ALERT_GROUP_AFTER: '100',
  };
  const firestore = connectFirestore(
    environment['FIRESTORE_EMULATOR_HOST'] ?? '',
    environment['GOOGLE_CLOUD_PROJECT'] ?? '',
  );
  const channel: ChannelDocument = {
    kind: 'discordWebhook',
    webhookId: '100000000000000001',
    webhookToken: 'bench',
    status: 'active',
  };
  await firestore.doc(paths.channel('acme', 'discord')).set(channel);
  const services = [await startLedger(environment, logger), await startNotifier(environment, logger)];
  let accounts = 0;
  await system.publish(system.frames(Float64Array.of(calm), 1));

  const costOf = metered(environment['CLOUD_OPS_URL'] ?? '');

  const adoptOne = async (): Promise<void> => {
    accounts += 1;
    const account = mainAccount('acme', `cost${accounts}`);
    await system.openAccount(account);
    const terms = { symbol, side: 'long', quantity: '2', entryPrice: '100', priceSource: 'trade' } as const;
    const position = { id: 'p', ...terms, exits: { stopLoss: { price: '95' } } };
    await system.command({ name: 'AdoptPosition', key: 'adopt', ...account, position });
  };
  return {
    async ours() {
      for (let each = 0; each < exits; each += 1) await adoptOne();
      const frame = system.frames(Float64Array.of(crash, calm), 2);
      const all = await costOf(async () => system.publish(frame));
      // At a calm price, all of them: nobody's level is reached.
      const prices = new Float64Array(framesEach * ticksEach).fill(calm);
      const ticks = await costOf(async () => system.publish(system.frames(prices, ticksEach)));
      const tick = times(1 / (framesEach * ticksEach), ticks);
      const exit = times(1 / exits, all);
      return {
        exit: { ...exit, pubsubBytes: exit.pubsubBytes * eventCopies },
        tick: { ...tick, pubsubBytes: tick.pubsubBytes * tickCopies },
        checkpoint: { reads: 0, writes: 1, deletes: 0, pubsubBytes: 0 },
      };
    },
    naive: async () => Promise.resolve(naive),
    async close() {
      for (const service of services.toReversed()) await service.close();
      await firestore.terminate();
      await system.close();
    },
  };
}

/** On a cloud of its own, where nobody else does anything. */
async function measureNaive(): Promise<NaiveUnits> {
  const cloud = await startCloudProcess();
  const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
  const costOf = metered(cloud.environment['CLOUD_OPS_URL'] ?? '');
  try {
    const positions = firestore.collection('positions');
    const batch = firestore.batch();
    for (let each = 0; each < exits; each += 1)
      batch.set(positions.doc(String(each)), { ...positionFields(each), symbol });
    await batch.commit();
    const asked = await costOf(async () => {
      const { size } = await positions.where('symbol', '==', symbol).get();
      assert.equal(size, exits);
    });
    const written = await costOf(async () => {
      const pnl = firestore.batch();
      for (let each = 0; each < exits; each += 1)
        pnl.update(positions.doc(String(each)), { unrealizedPnl: `-${each}.25` });
      await pnl.commit();
    });
    return { positionOfTick: times(1 / exits, asked), position: times(1 / exits, written) };
  } finally {
    await firestore.terminate();
    await cloud.close();
  }
}

type CostOf = (work: () => Promise<unknown>) => Promise<Usage>;

/** What work costs until everything is quiet again. */
function metered(opsUrl: string): CostOf {
  const quiet = async (): Promise<Usage> => {
    let last = await readMeter(opsUrl);
    for (let since = performance.now(); performance.now() - since < quietForMs;) {
      await delay(25);
      const now = await readMeter(opsUrl);
      if (JSON.stringify(now) !== JSON.stringify(last)) since = performance.now();
      last = now;
    }
    return last;
  };
  return async (work) => {
    const before = await quiet();
    await work();
    const after = await quiet();
    return {
      reads: after.reads - before.reads,
      writes: after.writes - before.writes,
      deletes: after.deletes - before.deletes,
      pubsubBytes: after.pubsubBytes - before.pubsubBytes,
    };
  };
}

const Stats = z.object({ meter: z.record(z.string(), z.number()) });

/** Leases, checkpoints and reports of write rates apart: they come with time. */
async function readMeter(opsUrl: string): Promise<Usage> {
  const answer = await fetch(`${opsUrl}/stats`);
  const { meter } = Stats.parse(await answer.json());
  const of = (name: string): number => meter[name] ?? 0;
  return {
    reads: of('firestore.reads'),
    writes: of('firestore.writes') - of('firestore.calls.Commit.ops_shards'),
    deletes: of('firestore.deletes'),
    pubsubBytes: of('pubsub.publishedBytes'),
  };
}
