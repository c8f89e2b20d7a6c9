import { paths, shardOf } from '@bellwether/contracts';
import { createLogger, systemClock } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { Shards } from '../src/shards/shards.ts';
import { ann, positionOf } from '../src/ticks/armed.builder.ts';
import { frameOf } from '../src/ticks/frame.builder.ts';
import type { Fired } from '../src/ticks/fired.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const logger = createLogger({ service: 'test', level: 'silent' });
const symbol = 'BTC-USDT';
const shard = shardOf(symbol, 1);
const hour = 3_600_000;
const Stats = z.object({ meter: z.record(z.string(), z.number()) });
/** The four queries of a start, each of which costs one read though it finds nothing. */
const emptyQueries = 4;

describe('a start of an executor', () => {
  let cloud: TestCloud;
  let dataDir: string;
  let file: string;
  let number: number;

  beforeEach(async () => {
    number = 0;
    cloud = await startTestCloud({ indexesFile });
    dataDir = await mkdtemp(join(tmpdir(), 'executor-'));
    file = join(dataDir, `book-${shard}.snapshot`);
    const ids = Array.from({ length: 200 }, (_, i) => `p${i}`);
    await Promise.all(ids.map(async (id) => write(id, '95', { changedAt: Date.now() - hour })));
  });
  afterEach(async () => {
    await cloud.close();
    await rm(dataDir, { recursive: true });
  });

  async function write(
    id: string,
    stopLoss: string,
    { changedAt = Date.now(), version = 1, isOver = false } = {},
  ): Promise<void> {
    const position = positionOf({ id, exits: { stopLoss } });
    const details = isOver ? { ...position, status: 'closed' } : position;
    const { tenant: tenantId, uid, accountId } = ann;
    const owner = { schema: 2, tenantId, uid, accountId } as const;
    const document = { ...owner, symbol, shard, version, changedAt, details };
    await cloud.firestore.doc(paths.openPosition(uid, id)).set(document);
  }

  async function reads(): Promise<number> {
    const answer = await fetch(`${cloud.environment['CLOUD_OPS_URL'] ?? ''}/stats`);
    const { meter } = Stats.parse(await answer.json());
    return meter['firestore.reads'] ?? 0;
  }

  function executor({ shards = 1, keepsSnapshots = true } = {}) {
    const fired: Fired[] = [];
    const held = new Shards({
      config: { shards, instanceId: 'a', ...(keepsSnapshots ? { dataDir } : {}) },
      firestore: cloud.firestore,
      clock: systemClock,
      logger,
      execute: async (each) => Promise.resolve(void fired.push(...each)),
      recordPauses: async () => Promise.resolve(),
      subscribe: () => undefined,
      unsubscribe: async () => Promise.resolve(),
    });
    return { held, told: () => fired.map(({ subject, level }) => `${subject.id} ${level}`).toSorted() };
  }

  /** The next frame: one trade at 94. */
  function frame() {
    number += 1;
    const ticks = [{ exchangeAt: number, first: 9_400 }];
    return frameOf({ shard, epoch: 'e1', number, firstOrdinal: number - 1, ticks });
  }

  /** One life: started, told one frame, and stopped. */
  async function live(options?: Parameters<typeof executor>[0]) {
    const { held, told } = executor(options);
    const before = await reads();
    await held.start();
    const readsAtStart = (await reads()) - before;
    await held.handle(frame(), '');
    await held.close();
    return { readsAtStart, fired: told() };
  }

  const all = Array.from({ length: 200 }, (_, i) => `p${i} 95`).toSorted();

  it('reads what has changed since its last snapshot, however much is armed', async () => {
    const first = await live();
    expect(first.fired).toEqual(all);
    expect(first.readsAtStart).toBeGreaterThanOrEqual(200);

    await write('p7', '95', { version: 2, isOver: true });
    await write('p8', '96', { version: 2 });
    await write('p9', '93', { version: 2 });
    await write('new', '97');
    const second = await live();
    const changed = ['p7 95', 'p8 95', 'p9 95'];
    expect(second.fired).toEqual(
      [...all.filter((each) => !changed.includes(each)), 'p8 96', 'new 97'].toSorted(),
    );
    const leaseRead = 1;
    expect(second.readsAtStart).toBeLessThanOrEqual(4 + emptyQueries + leaseRead);
  });

  it('finds what a slow clock has written', async () => {
    await live();
    await write('p8', '96', { version: 2, changedAt: Date.now() - 4 * 60_000 });
    expect((await live()).fired).toContain('p8 96');
  });

  it.each<[string, (whole: Buffer) => Uint8Array]>([
    ['damaged', (whole) => whole.fill((whole[90] ?? 0) ^ 1, 90, 91)],
    ['cut short', (whole) => whole.subarray(0, -1)],
    ['of another version', (whole) => whole.fill(9, 16, 17)],
  ])('reads everything where its snapshot is %s', async (_what, damage) => {
    await live();
    await write('p7', '95', { version: 2, isOver: true });
    await writeFile(file, damage(await readFile(file)));
    const { fired, readsAtStart } = await live();
    expect(fired).toEqual(all.filter((each) => each !== 'p7 95'));
    expect(readsAtStart).toBeGreaterThanOrEqual(199);
  });

  it('reads everything where the symbols are divided otherwise, or another database is there', async () => {
    await live();
    expect((await live({ shards: 2 })).readsAtStart).toBeGreaterThanOrEqual(200);
    await live();
    await cloud.firestore.doc(paths.executorShard(shard)).delete();
    number = 0;
    expect((await live()).readsAtStart).toBeGreaterThanOrEqual(200);
  });

  it('reads everything where no snapshots are kept', async () => {
    await live({ keepsSnapshots: false });
    expect((await live({ keepsSnapshots: false })).readsAtStart).toBeGreaterThanOrEqual(200);
  });

  it('hears of what others commit while it runs', async () => {
    await live();
    const { held, told } = executor();
    await held.start();
    await held.handle(frame(), '');
    expect(told()).toEqual(all);
    await write('late', '95');
    await eventually(() => expect(told()).toContain('late 95'));
    await held.close();
  });
});
