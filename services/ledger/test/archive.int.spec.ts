import { provisionTopology } from '@bellwether/bus';
import {
  type ArchiveDocument,
  type LedgerTradeDocument,
  mainAccount,
  paths,
  topologyOf,
} from '@bellwether/contracts';
import { createLogger, systemIds } from '@bellwether/observability';
import { type BulkWrites, unpacedWrites } from '@bellwether/store';
import {
  type TestCloud,
  closedTradeOf,
  eventually,
  ledgerTradeOf,
  openTradeOf,
  startTestCloud,
} from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveFiles } from '../src/archive/archive-files.ts';
import { DirectoryFiles } from '../src/archive/directory-files.ts';
import { openArchiveFiles } from '../src/archive/open-archive.ts';
import { sumTrades } from '../src/archive/row-sums.ts';
import { Books } from '../src/books/books.ts';
import { adopted, positionOf, stopped } from '../src/commits/commit.builder.ts';
import {
  ArchivedTrades,
  type TradeFilter,
  archiveTenant,
  closedPositions,
  latestTrades,
  rebuildLedger,
  startLedger,
  tradesOf,
  verify,
  verifyArchives,
} from '../src/index.ts';
import { Journal } from './journal.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const logger = createLogger({ service: 'ledger', level: 'silent' });
const day = 86_400_000;
const now = 200 * day;
const clock = { now: () => now };
jest.setTimeout(60_000);

/** Trades every hour of some days, all of positions closed at once but for every seventh, which is open still. */
const labels = { strategy: 'swing', tags: ['a', 'b'] };
const all = Array.from({ length: 120 }, (_, hour) => ledgerTradeOf(hour, hour % 5 === 0 ? labels : {}));
const isOpen = ({ positionId }: LedgerTradeDocument): boolean => Number(positionId.slice(1)) % 7 === 0;
const recent = Array.from({ length: 20 }, (_, index) =>
  ledgerTradeOf(120 + index, { tradedAt: now - (20 - index) * 3_600_000 }),
);

const positionOfTrade = (trade: LedgerTradeDocument) =>
  isOpen(trade) ? openTradeOf(tenant, trade) : closedTradeOf(tenant, trade);
let tenant = '';

describe('the archive', () => {
  let cloud: TestCloud;
  let folder: string;
  let tenants = 0;
  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile });
  });
  afterAll(async () => cloud.close());
  beforeEach(async () => {
    tenants += 1;
    tenant = `t${tenants}`;
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
    const batch = cloud.firestore.batch();
    for (const trade of [...all, ...recent]) {
      batch.create(cloud.firestore.doc(paths.ledgerTrade(tenant, trade.eventId)), trade);
      batch.set(cloud.firestore.doc(paths.shadowTrade(trade.uid, trade.positionId)), positionOfTrade(trade));
    }
    await batch.commit();
  });
  afterEach(async () => rm(folder, { recursive: true }));

  const options = (changes: { files?: ArchiveFiles; writes?: BulkWrites } = {}) => ({
    firestore: cloud.firestore,
    writes: unpacedWrites(cloud.firestore),
    files: new DirectoryFiles(folder),
    clock,
    ids: systemIds,
    logger,
    olderThanMs: 30 * day,
    rowsPerFile: 50,
    ...changes,
  });
  const archived = () => new ArchivedTrades(new DirectoryFiles(folder));
  const stored = async (): Promise<string[]> => {
    const { docs } = await cloud.firestore.collection(paths.ledgerTrades(tenant)).get();
    return docs.map(({ id }) => id).toSorted();
  };
  const storedPositions = async (): Promise<string[]> => {
    const users = ['ann', 'bob'].map((uid) => cloud.firestore.collection(paths.shadowTrades(uid)).get());
    return (await Promise.all(users)).flatMap(({ docs }) => docs.map(({ id }) => id)).toSorted();
  };
  const notes = async (): Promise<ArchiveDocument[]> => {
    const { docs } = await cloud.firestore.collection(paths.archives(tenant)).get();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the archive writes it
    return docs.map((found) => found.data() as ArchiveDocument);
  };
  async function told(filter: Omit<TradeFilter, 'tenant'> = {}): Promise<LedgerTradeDocument[]> {
    const found: LedgerTradeDocument[] = [];
    for await (const trade of tradesOf(cloud.firestore, { tenant, ...filter }, archived())) found.push(trade);
    return found.toSorted((a, b) => a.seq - b.seq);
  }

  it('holds positions that were closed long ago with their trades, and Firestore the others', async () => {
    const moved = all.filter((trade) => !isOpen(trade)).length;
    expect(await archiveTenant(tenant, options())).toEqual({
      tenant,
      archives: 6,
      trades: moved,
      positions: moved,
    });
    const left = [...all.filter(isOpen), ...recent];
    expect(await stored()).toEqual(left.map(({ eventId }) => eventId).toSorted());
    expect(await storedPositions()).toEqual(left.map(({ positionId }) => positionId).toSorted());
    const states = await notes();
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['done']));
    expect(states.reduce((rows, { sums }) => rows + (sums?.rows ?? 0), 0)).toBe(2 * moved);
    const again = await archiveTenant(tenant, options());
    expect(again).toEqual({ tenant, archives: 0, trades: 0, positions: 0 });
  });

  it('holds the trades of a position that it holds already, too', async () => {
    const [late] = all.filter((trade) => !isOpen(trade));
    if (late === undefined) throw new Error('no trade');
    await cloud.firestore.doc(paths.ledgerTrade(tenant, late.eventId)).delete();
    await archiveTenant(tenant, options());
    await cloud.firestore.doc(paths.ledgerTrade(tenant, late.eventId)).create(late);
    expect(await archiveTenant(tenant, options())).toMatchObject({ trades: 1, positions: 0 });
  });

  it.each<[string, { uid?: string; from?: number; before?: number }]>([
    ['of a tenant', {}],
    ['between two times', { from: 10 * 3_600_000, before: 90 * 3_600_000 }],
    ['of a user', { uid: 'ann' }],
  ])('answers what is asked for closed positions %s as if nothing had moved', async (_, filter) => {
    const ask = async (limit: number) =>
      closedPositions(cloud.firestore, { tenant, ...filter }, limit, archived());
    const before = [await ask(10), await ask(1_000)];
    const expected = [...all, ...recent]
      .filter((trade) => !isOpen(trade) && trade.uid === (filter.uid ?? trade.uid))
      .filter(({ tradedAt }) => tradedAt >= (filter.from ?? 0) && tradedAt < (filter.before ?? Infinity))
      .toReversed()
      .map((trade) => closedTradeOf(tenant, trade));
    expect(before).toEqual([expected.slice(0, 10), expected]);
    await archiveTenant(tenant, options());
    expect([await ask(10), await ask(1_000)]).toEqual(before);
  });

  it.each<[string, Omit<TradeFilter, 'tenant'>]>([
    ['of a tenant', {}],
    ['between two times', { from: 10 * 3_600_000, before: 90 * 3_600_000 }],
    ['of a user', { uid: 'ann' }],
    ['of a user, strategy and side', { uid: 'ann', strategy: 'swing', side: 'sell' }],
    ['of a side, of all users', { side: 'buy' }],
  ])('answers what is asked for trades %s as if nothing had moved', async (_, filter) => {
    const before = await told(filter);
    const latest = await latestTrades(cloud.firestore, { tenant, ...filter }, 60);
    await archiveTenant(tenant, options());
    expect(await told(filter)).toEqual(before);
    expect(await latestTrades(cloud.firestore, { tenant, ...filter }, 60, archived())).toEqual(latest);
    expect(before.length).toBeGreaterThan(5);
  });

  /** Every closed position, archived or not. */
  const positions = async () => closedPositions(cloud.firestore, { tenant }, 1_000, archived());

  it('is named where it is needed and nobody said where it is', async () => {
    await archiveTenant(tenant, options());
    await expect(latestTrades(cloud.firestore, { tenant }, 100)).rejects.toThrow(
      'ARCHIVE_DIR or ARCHIVE_BUCKET',
    );
  });

  it('loses and doubles nothing when several run at once', async () => {
    const expected = [...all, ...recent].toSorted((a, b) => a.seq - b.seq);
    const closed = await positions();
    await Promise.allSettled(Array.from({ length: 3 }, async () => archiveTenant(tenant, options())));
    await archiveTenant(tenant, options());
    expect([await told(), await positions()]).toEqual([expected, closed]);
    const left = all.filter(isOpen).length + recent.length;
    expect([(await stored()).length, (await storedPositions()).length]).toEqual([left, left]);
    for await (const { difference } of verifyArchives(cloud.firestore, new DirectoryFiles(folder), tenant))
      expect(difference).toBeUndefined();
  });

  it('is filled by a running ledger', async () => {
    await provisionTopology(cloud.pubsub, topologyOf(1));
    const environment = { ...cloud.environment, ARCHIVE_DIR: folder, ARCHIVE_EVERY_MS: '1000' };
    const ledger = await startLedger({ ...environment, VERIFY_EVERY_MS: 'off' }, logger);
    // By the clock of the ledger the recent are old, too; what is open stays.
    const open = [...all, ...recent].filter(isOpen).map(({ eventId }) => eventId);
    const openPositions = [...all, ...recent].filter(isOpen).map(({ positionId }) => positionId);
    await eventually(
      async () =>
        expect([await stored(), await storedPositions()]).toEqual([
          open.toSorted(),
          openPositions.toSorted(),
        ]),
      { timeoutMs: 40_000 },
    );
    await ledger.close();
    expect((await notes()).map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('loses and doubles nothing, at whichever step a run is killed', async () => {
    const expected = [...all, ...recent].toSorted((a, b) => a.seq - b.seq);
    const closed = await positions();
    let steps = 0;
    for (let killAt = 1; ; killAt += 1) {
      let step = 0;
      // Before, and next time after, each of what a run does outside.
      const kill = async <Value>(work: () => Promise<Value>): Promise<Value> => {
        step += 1;
        if (2 * step - 1 === killAt) throw new Killed();
        const value = await work();
        if (2 * step === killAt) throw new Killed();
        return value;
      };
      const directory = new DirectoryFiles(folder);
      const files: ArchiveFiles = {
        where: folder,
        write: async (name, bytes) => kill(async () => directory.write(name, bytes)),
        read: async (name, range) => kill(async () => directory.read(name, range)),
        remove: async (name) => kill(async () => directory.remove(name)),
      };
      const plain = unpacedWrites(cloud.firestore);
      const writes: BulkWrites = {
        write: async (origin, fill) => kill(async () => plain.write(origin, fill)),
      };
      const outcome = await archiveTenant(tenant, options({ files, writes })).catch(
        (error: unknown) => error,
      );
      expect([await told(), await positions()]).toEqual([expected, closed]);
      if (!(outcome instanceof Killed)) {
        steps = killAt;
        break;
      }
    }
    expect(steps).toBeGreaterThan(5);
    const names = new Set((await notes()).map(({ file }) => file.split('/')[1]));
    expect(new Set(await readdir(join(folder, tenant)))).toEqual(names);
    expect(new Set((await notes()).map(({ state }) => state))).toEqual(new Set(['done']));
  });

  it('deletes nothing where the file does not read back as it was written', async () => {
    const directory = new DirectoryFiles(folder);
    const files: ArchiveFiles = {
      where: folder,
      write: async (name, bytes) => directory.write(name, spoiled(bytes)),
      read: async (name, range) => directory.read(name, range),
      remove: async (name) => directory.remove(name),
    };
    const before = await stored();
    await expect(archiveTenant(tenant, options({ files }))).rejects.toThrow('not what its hash was made of');
    expect(await stored()).toEqual(before);
  });

  it('is verified by reading it back, and a file that was changed is named', async () => {
    await archiveTenant(tenant, options());
    const check = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { difference } of verifyArchives(cloud.firestore, new DirectoryFiles(folder), tenant))
        found.push(difference ?? 'whole');
      return found;
    };
    expect(new Set(await check())).toEqual(new Set(['whole']));
    const [first] = await notes();
    const path = join(folder, first?.file ?? '');
    await writeFile(path, spoiled(await readFile(path)));
    expect((await check()).filter((each) => each !== 'whole')).toEqual([
      'the file is not what its hash was made of',
    ]);
  });

  it('may lie in a bucket of Cloud Storage', async () => {
    const { STORAGE_EMULATOR_HOST = '' } = cloud.environment;
    await fetch(`${STORAGE_EMULATOR_HOST}/storage/v1/b`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `archive-${tenant}` }),
    });
    const files = openArchiveFiles({ ARCHIVE_BUCKET: `archive-${tenant}`, STORAGE_EMULATOR_HOST });
    if (files === undefined) throw new Error('no archive');
    const before = await told();
    await archiveTenant(tenant, options({ files }));
    const found: LedgerTradeDocument[] = [];
    for await (const trade of tradesOf(cloud.firestore, { tenant }, new ArchivedTrades(files)))
      found.push(trade);
    expect(sumTrades(found)).toEqual(sumTrades(before));
    await expect(files.read('nothing')).rejects.toThrow('has no file nothing');
    await files.remove('nothing');
  });
});

describe('books whose trades are archived', () => {
  let cloud: TestCloud;
  let folder: string;
  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile });
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
  });
  afterAll(async () => {
    await cloud.close();
    await rm(folder, { recursive: true });
  });

  it('add up, and are not booked again', async () => {
    const ref = mainAccount('acme', 'ann');
    const journal = new Journal(cloud, ref);
    const { firestore } = cloud;
    const books = new Books(firestore, unpacedWrites(firestore), logger);
    const positions = ['p1', 'p2'].map((id) => positionOf(id));
    await books.book(await journal.append(positions.map(adopted)));
    for (const position of positions) await books.book(await journal.append(stopped(position, '94')));
    const files = new DirectoryFiles(folder);
    const options = { firestore, writes: unpacedWrites(firestore), files, clock, ids: systemIds, logger };
    expect(await archiveTenant('acme', { ...options, olderThanMs: 30 * day })).toMatchObject({
      trades: 2,
      positions: 2,
    });
    const archived = new ArchivedTrades(files);
    expect(await verify(firestore, { accounts: [ref], archived })).toMatchObject({
      trades: 2,
      differences: [],
    });
    const rebuilt = await rebuildLedger(firestore, ref, { write: true, logger, archived });
    expect(rebuilt.differences).toEqual([]);
    for (const emptied of [paths.ledgerTrades('acme'), paths.shadowTrades('ann')])
      expect((await firestore.collection(emptied).get()).size).toBe(0);
  });
});

class Killed extends Error {}

/** The same bytes but for one. */
function spoiled(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[40] = (copy[40] ?? 0) ^ 1;
  return copy;
}
