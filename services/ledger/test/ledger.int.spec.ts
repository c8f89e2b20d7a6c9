import { provisionTopology } from '@bellwether/bus';
import {
  type AccountRef,
  type LedgerProjection,
  mainAccount,
  paths,
  subscriptions,
  topologyOf,
} from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { unpacedWrites } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Books } from '../src/books/books.ts';
import { adopted, opened, positionOf, stopped } from '../src/commits/commit.builder.ts';
import { startLedger, verify } from '../src/index.ts';
import { Journal } from './journal.ts';

const logger = createLogger({ service: 'ledger', level: 'silent' });
jest.setTimeout(30_000);
let cloud: TestCloud;
let ledger: RunningService;
let users = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  await provisionTopology(cloud.pubsub, topologyOf(1));
  ledger = await startLedger(cloud.environment, logger);
});
afterAll(async () => {
  await ledger.close();
  await cloud.close();
});

function newAccount(): { ref: AccountRef; journal: Journal } {
  users += 1;
  const ref = mainAccount('t1', `u${users}`);
  return { ref, journal: new Journal(cloud, ref) };
}

function newBooks(): Books {
  return new Books(cloud.firestore, unpacedWrites(cloud.firestore), logger);
}

async function projectionOf(ref: AccountRef): Promise<LedgerProjection | undefined> {
  const document = await cloud.firestore.doc(paths.ledgerProjection(ref)).get();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the ledger writes it
  return document.data() as LedgerProjection | undefined;
}

async function booked(ref: AccountRef, seq: number): Promise<void> {
  await eventually(async () => expect((await projectionOf(ref))?.watermark).toBe(seq), { timeoutMs: 20_000 });
}

async function dataAt(path: string): Promise<unknown> {
  return (await cloud.firestore.doc(path).get()).data();
}

describe('the ledger', () => {
  it('books an adoption and its close', async () => {
    const { ref, journal } = newAccount();
    const position = positionOf(`${ref.uid}-p`);
    await journal.publish(await journal.append([opened(ref)]));
    await journal.publish(await journal.append([adopted(position)]));
    await booked(ref, 2);
    expect(await dataAt(paths.shadowTrade(ref.uid, position.id))).toMatchObject({ status: 'OPEN' });

    const close = await journal.append(stopped(position, '94'));
    await journal.publish(close);
    await booked(ref, 3);
    const closing = `${ref.accountId}:0000000003:2`;
    expect(await dataAt(paths.shadowTrade(ref.uid, position.id))).toMatchObject({
      status: 'CLOSED',
      realizedPnl: '-3',
      entryPrice: '100',
    });
    expect(await dataAt(paths.ledgerEntry('t1', closing))).toMatchObject({ kind: 'close', seq: 3 });
    expect(await dataAt(paths.ledgerTrade('t1', `${ref.accountId}:0000000003:1`))).toMatchObject({
      bookedAs: closing,
      effect: 'close',
      realizedPnl: '-3',
    });
    const balances = { 'cash|USDT': '47', 'realizedPnl|USDT': '3', 'world|USDT': '-50' };
    expect(await verify(cloud.firestore, { accounts: [ref] })).toEqual({
      accounts: 1,
      commits: 3,
      entries: 2,
      trades: 1,
      tenants: [{ tenant: 't1', accounts: 1, balances, imbalance: {} }],
      house: { accounts: 1, balances, imbalance: {} },
      differences: [],
    });
  });

  it('goes on where a position is opened again under its id', async () => {
    const { ref, journal } = newAccount();
    const position = positionOf(`${ref.uid}-p`);
    const commits = [
      await journal.append([opened(ref), adopted(position)]),
      await journal.append(stopped(position, '94')),
      await journal.append([adopted({ ...position, entryPrice: '90' })]),
    ];
    for (const [i, commit] of commits.entries()) {
      await journal.publish(commit);
      await booked(ref, i + 1);
    }
    const trade = await dataAt(paths.shadowTrade(ref.uid, position.id));
    expect(trade).toMatchObject({ status: 'OPEN', entryPrice: '90' });
    expect(trade).not.toHaveProperty('closedAt');
    expect(await verify(cloud.firestore, { accounts: [ref] })).toMatchObject({ differences: [] });
  });

  it('books a repeated message once', async () => {
    const { ref, journal } = newAccount();
    const adoption = await journal.append([adopted(positionOf(`${ref.uid}-p`))]);
    await Promise.all([journal.publish(adoption), journal.publish(adoption)]);
    await booked(ref, 1);
    await journal.publish(adoption);
    const next = await journal.append([adopted(positionOf(`${ref.uid}-q`))]);
    await journal.publish(next);
    await booked(ref, 2);
    expect(await verify(cloud.firestore, { accounts: [ref] })).toMatchObject({ entries: 2, differences: [] });
  });

  it('books what never arrived from the journal', async () => {
    const { ref, journal } = newAccount();
    const positions = Array.from({ length: 60 }, (_, index) => positionOf(`${ref.uid}-p${index}`));
    for (const position of positions) await journal.append([adopted(position)]);
    for (const position of positions.slice(1)) await journal.append(stopped(position, '101'));
    const last = await journal.append(stopped(positionOf(`${ref.uid}-p0`), '94'));
    await journal.publish(last);
    await booked(ref, 120);
    expect(await verify(cloud.firestore, { accounts: [ref] })).toMatchObject({
      entries: 120,
      trades: 60,
      differences: [],
    });
  });

  it('goes on where another instance has booked', async () => {
    const { ref, journal } = newAccount();
    const events = ['a', 'b', 'c', 'd'].map((id) => [adopted(positionOf(`${ref.uid}-${id}`))]);
    const commits = [];
    for (const each of events) commits.push(await journal.append(each));
    const [one, two] = [newBooks(), newBooks()];
    for (const [index, commit] of commits.entries()) {
      const [first, second] = index % 2 === 0 ? [one, two] : [two, one];
      await first.book(commit);
      await second.book(commit);
    }
    const close = await journal.append(stopped(positionOf(`${ref.uid}-a`), '94'));
    await Promise.all([one.book(close), two.book(close)]);
    expect(await verify(cloud.firestore, { accounts: [ref] })).toMatchObject({
      entries: 5,
      trades: 1,
      differences: [],
    });
  });

  it('reads nothing for a commit that follows the last', async () => {
    const { ref, journal } = newAccount();
    const position = positionOf(`${ref.uid}-p`);
    const books = newBooks();
    await books.book(await journal.append([adopted(position)]));
    const close = await journal.append(stopped(position, '94'));
    const { 'firestore.reads': reads, 'firestore.writes': writes = 0 } = cloud.meter.snapshot();
    await books.book(close);
    expect(cloud.meter.snapshot()).toMatchObject({
      'firestore.reads': reads,
      'firestore.writes': writes + 4,
    });
  });

  it('refuses to book over a gap in the journal itself', async () => {
    const { ref, journal } = newAccount();
    const first = await journal.append([opened(ref)]);
    const books = newBooks();
    await expect(books.book({ ...first, seq: 3 })).rejects.toThrow('the journal has no entry 2');
    expect((await projectionOf(ref))?.watermark).toBe(1);
  });

  it('puts what is no commit into quarantine', async () => {
    const messageId = await cloud.pubsub.topic('events').publishMessage({ data: Buffer.from('{"seq":1}') });
    await eventually(async () =>
      expect(await dataAt(paths.quarantine(subscriptions.ledgerEvents, messageId))).toMatchObject({
        consumer: subscriptions.ledgerEvents,
      }),
    );
  });
});
