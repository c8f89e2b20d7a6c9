import { provisionTopology } from '@bellwether/bus';
import {
  type AccountPulse,
  type AccountRef,
  type PulseSnapshotDocument,
  PulseView,
  mainAccount,
  paths,
  topologyOf,
} from '@bellwether/contracts';
import { type PositionTerms, defaultSettings } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { readDocument, unpacedWrites } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { adopted, opened, positionOf, stopped } from '../src/commits/commit.builder.ts';
import { type PulseSelection, type RunningPulse, PulseBook, startPulse } from '../src/index.ts';
import { Snapshots } from '../src/pulse/snapshots.ts';
import { readAllHoldings } from '../src/pulse/stored-holdings.ts';
import { Journal } from './journal.ts';

const logger = createLogger({ service: 'pulse', level: 'silent' });
const shards = 2;
const usd = { kind: 'linear', multiplier: '1', currency: 'USD' } as const;
jest.setTimeout(30_000);
let cloud: TestCloud;
let users = 0;
const running: RunningPulse[] = [];

beforeAll(async () => {
  cloud = await startTestCloud();
  await provisionTopology(cloud.pubsub, topologyOf(shards));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (pulse) => pulse.close()));
});
afterAll(async () => cloud.close());

async function pulsing(): Promise<RunningPulse> {
  const pulse = await startPulse({ ...cloud.environment, SHARDS: String(shards) }, logger);
  running.push(pulse);
  return pulse;
}

/** An account with ten SPY at 100, and what it was committed with. */
async function holding(terms: Partial<PositionTerms> = {}) {
  users += 1;
  const ref = mainAccount('t1', `u${users}`);
  const journal = new Journal(cloud, ref);
  const position = positionOf(`${ref.uid}-p`, { symbol: 'SPY', quantity: '10', contract: usd, ...terms });
  const by = { actor: 'test', reason: '' };
  const deposit = { type: 'FundsDeposited', currency: 'USD', amount: '1000', ...by } as const;
  const commit = await journal.append([opened(ref), deposit, adopted(position)]);
  return { ref, journal, position, commit };
}

async function tell(prices: Readonly<Record<string, string>>): Promise<void> {
  const at = Date.now();
  const marks = Object.entries(prices).map(([symbol, trade]) => ({
    symbol,
    venue: 'v',
    trade,
    exchangeAt: at,
  }));
  const data = Buffer.from(JSON.stringify({ epoch: 'e', ticks: 1, at, marks }));
  await cloud.pubsub.topic('marks').publishMessage({ data });
}

/** What the last pulse says. */
async function latest(pulse: RunningPulse, selection: PulseSelection): Promise<PulseView | undefined> {
  const subscription = pulse.subscribe(selection);
  const view = await subscription.next();
  subscription.close();
  return view;
}

const ofAccount = ({ accountId }: AccountRef): PulseSelection => ({ of: 'account', accountId });

describe('the pulse', () => {
  it('marks what is stored at its start, and what commits change, by the prices that are told', async () => {
    const { ref, journal, position } = await holding();
    const pulse = await pulsing();
    await eventually(async () =>
      expect(await latest(pulse, ofAccount(ref))).toMatchObject({ unpriced: ['SPY'], openPositions: 1 }),
    );
    await tell({ SPY: '103' });
    await eventually(async () =>
      expect(await latest(pulse, ofAccount(ref))).toMatchObject({
        unpriced: [],
        worth: { pnl: '30', equity: '2030', exposure: '1030', drawdown: '0' },
        positions: [{ positionId: position.id, price: '103', pnl: '30' }],
      }),
    );
    await journal.publish(await journal.append(stopped(position, '94')));
    await eventually(async () =>
      expect(await latest(pulse, ofAccount(ref))).toMatchObject({
        openPositions: 0,
        worth: { pnl: '0', equity: '1940', exposure: '0', drawdown: '90' },
        positions: [],
      }),
    );
  });

  it('learns of a new account, and of what never arrived from the journal', async () => {
    const pulse = await pulsing();
    const { ref, journal, position } = await holding();
    await journal.append(stopped(position, '94'));
    const next = await journal.append([adopted({ ...position, id: `${ref.uid}-q`, quantity: '1' })]);
    await journal.publish(next);
    await tell({ SPY: '101' });
    await eventually(async () =>
      expect(await latest(pulse, ofAccount(ref))).toMatchObject({
        openPositions: 1,
        worth: { pnl: '1', equity: '2041' },
      }),
    );
    await journal.append(stopped({ ...position, id: `${ref.uid}-q`, quantity: '1' }, '101'));
    const configured = {
      type: 'AccountConfigured',
      settings: { ...defaultSettings, currency: 'EUR' },
      actor: 'test',
      reason: '',
    } as const;
    await journal.publish(await journal.append([configured]));
    await tell({ 'EUR-USD': '1.25' });
    await eventually(async () =>
      expect(await latest(pulse, ofAccount(ref))).toMatchObject({
        currency: 'EUR',
        openPositions: 0,
        worth: { equity: '1632.8' },
      }),
    );
  });

  it('tells the same in every process, each by subscriptions of its own, which end with it', async () => {
    const { ref } = await holding();
    const two = [await pulsing(), await pulsing()];
    await tell({ SPY: '102' });
    for (const pulse of two)
      await eventually(async () =>
        expect(await latest(pulse, ofAccount(ref))).toMatchObject({ worth: { pnl: '20' } }),
      );
    await Promise.all(running.splice(0).map(async (pulse) => pulse.close()));
    const [subscriptions] = await cloud.pubsub.getSubscriptions();
    expect(subscriptions.filter(({ name }) => name.includes('pulse-'))).toEqual([]);
  });
});

describe('the stream of the pulse', () => {
  it('tells views as server-sent events', async () => {
    const { ref } = await holding();
    const pulse = await pulsing();
    await tell({ SPY: '104' });
    const response = await fetch(`${pulse.url}/pulse?tenant=t1`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const own = (view: PulseView): AccountPulse | undefined =>
      view.of === 'tenant' ? view.accounts.find(({ accountId }) => accountId === ref.accountId) : undefined;
    const view = await firstView(response, (each) => own(each)?.worth !== undefined);
    expect(own(view)).toMatchObject({ currency: 'USD', worth: { pnl: '40' } });
  });

  it.each([
    ['?account=nobody.main', {}, 404, 'account: the pulse knows none of that id'],
    ['?tenant=t1&account=u1.main', {}, 400, 'give one of the two'],
    ['?colour=red', {}, 400, 'colour'],
    ['', { origin: 'http://evil.example' }, 403, 'web pages are refused'],
  ])('refuses %s %j', async (query, headers, status, detail) => {
    const pulse = await pulsing();
    const response = await fetch(`${pulse.url}/pulse${query}`, { headers });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(detail);
  });
});

/** Writes snapshots at times of the spec's. */
async function snapshots() {
  const book = new PulseBook();
  let now = Date.parse('2026-11-28T10:00:00Z');
  const clock = { now: () => now };
  const { firestore } = cloud;
  const writer = new Snapshots({ firestore, writes: unpacedWrites(firestore), book, clock, logger });
  for await (const lot of readAllHoldings(firestore, shards))
    for (const { ref, version, holdings, snapshot } of lot) {
      book.put(ref, { version, holdings });
      writer.know(ref.accountId, snapshot);
    }
  return {
    look: async (price: string, laterMs: number): Promise<void> => {
      now += laterMs;
      const marks = [{ symbol: 'SPY', venue: 'v', trade: price, exchangeAt: now }];
      book.note({ epoch: 'e', ticks: 1, at: now, marks });
      book.pulse();
      writer.look();
      await writer.settled();
    },
  };
}
async function stored(ref: AccountRef): Promise<PulseSnapshotDocument | undefined> {
  return readDocument<PulseSnapshotDocument>(await cloud.firestore.doc(paths.pulseSnapshot(ref)).get());
}

describe('the snapshots of the pulse', () => {
  const minute = 60_000;

  it('are written when something material has changed, once a minute at most', async () => {
    const { ref } = await holding();
    const { look } = await snapshots();
    await look('100', 0);
    expect(await stored(ref)).toMatchObject({
      tenantId: 't1',
      version: 1,
      openPositions: 1,
      worth: { equity: '2000', cash: '1000', unrealizedPnl: '0', exposure: '1000' },
      peakEquity: '2000',
    });
    await look('150', 59_000);
    expect(await stored(ref)).toMatchObject({ worth: { equity: '2000' } });
    await look('150', 1_000);
    expect(await stored(ref)).toMatchObject({ worth: { equity: '2500' }, peakEquity: '2500' });
    await look('149', minute);
    expect(await stored(ref)).toMatchObject({ worth: { equity: '2500' } });
  });

  it('are told once, whichever process is first', async () => {
    const { ref } = await holding();
    const [one, two] = [await snapshots(), await snapshots()];
    await one.look('100', 0);
    await two.look('200', 0);
    expect(await stored(ref)).toMatchObject({ worth: { equity: '2000' } });
    await two.look('200', minute);
    expect(await stored(ref)).toMatchObject({ worth: { equity: '3000' } });
  });

  it('say what has no price, and tell no worth then', async () => {
    const { ref } = await holding({ symbol: 'NEVER' });
    const { look } = await snapshots();
    await look('100', 0);
    expect(await stored(ref)).toMatchObject({ worth: null, peakEquity: null, unpriced: ['NEVER'] });
  });
});

async function firstView(response: Response, isIt: (view: PulseView) => boolean): Promise<PulseView> {
  if (response.body === null) throw new Error('no body');
  const body = Readable.fromWeb(response.body);
  try {
    for await (const line of createInterface({ input: body })) {
      if (!line.startsWith('data: ')) continue;
      const view = PulseView.parse(JSON.parse(line.slice('data: '.length)));
      if (isIt(view)) return view;
    }
    throw new Error('the stream ended');
  } finally {
    body.destroy();
  }
}
