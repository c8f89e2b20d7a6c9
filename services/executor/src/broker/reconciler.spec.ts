import type { Account, AccountEvent, EntrySpec } from '@bellwether/domain';
import { defaultSettings, openPosition, plainInstrument } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { FakeBroker } from '@bellwether/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeCommits } from '../commits/commits.fake.ts';
import { ann } from '../ticks/armed.builder.ts';
import { OrderDesk } from './order-desk.ts';
import { Reconciler } from './reconciler.ts';
import { VirtualTime } from './virtual-time.fake.ts';

const by = { actor: 'ops', reason: 'wrong prices' };
const logger = createLogger({ service: 'test', level: 'silent' });
const symbol = 'BAC';
const tick = {
  symbol,
  venue: 'P',
  epoch: 'e',
  ordinal: 1,
  series: 'trade',
  price: '100',
  exchangeAt: 1,
  receivedAt: 1,
} as const;

describe('entries that rest at a real broker', () => {
  let time: VirtualTime;
  let commits: FakeCommits;
  let broker: FakeBroker;
  let desk: OrderDesk;
  let reconciler: Reconciler;

  beforeEach(async () => {
    time = new VirtualTime();
    commits = new FakeCommits();
    const rests = { parts: [], end: 'works' } as const;
    broker = new FakeBroker({
      clock: time,
      match: ({ quantity, how }) =>
        how.kind === 'market' ? { parts: [{ quantity, price: '100' }], end: 'works' } : rests,
    });
    const brokerFor = () => broker;
    desk = new OrderDesk({ commits, brokerFor, market: () => ({}), clock: time, logger, pause: time.pause });
    reconciler = new Reconciler({
      brokers: new Set(['fake']),
      brokerFor,
      accountsOf: async () => Promise.resolve([ann]),
      isOurs: () => true,
      commits: {
        commit: async (ref, request) => {
          const outcome = await commits.commit(ref, request);
          if (outcome.status === 'committed') desk.note(outcome.stored.commit, outcome.account);
          return outcome;
        },
      },
      desk,
      clock: time,
      logger,
    });
    commits.given(
      ann,
      { type: 'AccountOpened', ...ann },
      { type: 'TradingResumed', ...by },
      { type: 'AccountConfigured', settings: { ...defaultSettings, broker: 'fake' }, ...by },
    );
    await commit((account) => place(account, 'held', { kind: 'market' }));
    await commit((account) => place(account, 'rests', { kind: 'limit', limitPrice: '90' }));
  });

  function place(account: Account, name: string, how: EntrySpec['how']): readonly AccountEvent[] {
    const terms = { symbol, side: 'long', quantity: '4', timeInForce: 'gtc', priceSource: 'trade' } as const;
    const instrument = plainInstrument(symbol);
    const context = { now: time.now(), market: () => ({ trade: tick }), armedFrom: { at: 0 }, instrument };
    const decided = openPosition(account, name, { ...terms, positionId: name, how }, context);
    if (!decided.ok) throw new Error(decided.refusal.reason);
    return decided.value;
  }

  /** Commits as an executor does, and lets happen what comes of it. */
  async function commit(decide: (account: Account) => readonly AccountEvent[]): Promise<void> {
    const outcome = await commits.commit<never>(ann, {
      cause: { kind: 'command', name: 'Test', key: String(commits.requests.length) },
      traceparent: '',
      decide: (account) => ({ events: decide(account) }),
    });
    if (outcome.status !== 'committed') throw new Error(outcome.status);
    desk.note(outcome.stored.commit, outcome.account);
    reconciler.note(outcome.stored.commit, outcome.account);
    await settle();
  }

  /** Everything that needs no time. */
  async function settle(): Promise<void> {
    for (let turns = 0; turns < 20; turns += 1) await time.run();
  }

  const atBroker = () => broker.orders().map(({ how, status }) => `${how.kind} ${status}`);

  it.each<AccountEvent>([
    { type: 'TradingHalted', ...by },
    { type: 'TradingReduced', flatten: false, ...by },
    { type: 'SymbolLocked', symbol, at: 1, ...by },
    { type: 'LimitTripped', limit: 'drawdown', allowed: '1', reached: '2', at: 1 },
  ])('are cancelled there as soon as nothing may enter: $type', async (event) => {
    expect(atBroker()).toEqual(['market filled', 'limit working']);
    await commit(() => [event]);
    expect(atBroker()).toEqual(['market filled', 'limit cancelled']);
    const account = commits.account(ann);
    expect(account?.orders.get('ann.main.rests')).toMatchObject({ status: 'cancelled' });
    expect(account?.positions.get('held')?.status).toBe('open');
  });

  it('are cancelled where another process has held the account', async () => {
    commits.add(ann, { type: 'TradingHalted', ...by });
    reconciler.start();
    // Its first look is a timer's.
    for (let turns = 0; turns < 20_000 && atBroker()[1] === 'limit working'; turns += 1) await time.run();
    await reconciler.close();
    expect(atBroker()).toEqual(['market filled', 'limit cancelled']);
  });

  it('stay while nothing holds it', async () => {
    await commit((account) => place(account, 'other', { kind: 'limit', limitPrice: '80' }));
    expect(atBroker()).toEqual(['market filled', 'limit working', 'limit working']);
  });
});
