import {
  type Account,
  type AccountEvent,
  type OrderAtBroker,
  add,
  brokerOrders,
  compare,
  decimal,
  defaultSettings,
  formatDecimal,
  multiply,
  negate,
  requestClose,
  sum,
  zero,
} from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { type BrokerFault, FakeBroker } from '@bellwether/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeCommits } from '../commits/commits.fake.ts';
import { positionTerms } from '../ticks/armed.builder.ts';
import { OrderDesk } from './order-desk.ts';
import { VirtualTime } from './virtual-time.fake.ts';
import { type DeskRun, type Wish, runDesk, trader } from './desk-run.fixture.ts';

const plain: DeskRun = {
  wishes: [],
  moments: [],
  meets: [],
  faults: [],
  obstacles: [],
  kills: [],
  racesCancel: false,
};
const enter = (positionId: string, lots: number, isLimit = false): Wish => ({
  kind: 'enter',
  positionId,
  lots,
  isLimit,
});
const close = (positionId: string): Wish => ({ kind: 'close', positionId });
const orderId = 'ann.main.o0';
const typesOf = (commits: {
  readonly commits: readonly { readonly events: readonly { type: string }[] }[];
}) => commits.commits.flatMap(({ events }) => events.map(({ type }) => type));

describe('an order that a real broker is to execute', () => {
  it('is committed, sent, and watched until it has filled', async () => {
    const meets = [{ shares: [0.5, 0.5], end: 'works' as const }];
    const { broker, commits, account } = await runDesk({ ...plain, wishes: [enter('p1', 4)], meets });
    expect(broker.calls[0]).toBe(`submit ${orderId}`);
    expect(broker.calls.filter((call) => call.startsWith('submit'))).toHaveLength(1);
    expect(typesOf(commits)).toEqual([
      'OrderPlaced',
      'OrderAccepted',
      'OrderFilled',
      'PositionOpened',
      'OrderFilled',
      'PositionIncreased',
    ]);
    expect(account.positions.get('p1')).toMatchObject({ quantity: '4', entryPrice: '100.5' });
  });

  it.each<BrokerFault>(['lostRequest', 'lostAnswer', 'delayed'])(
    'is looked up before anything else after a %s, and is there once',
    async (fault) => {
      const { broker, commits } = await runDesk({ ...plain, wishes: [enter('p1', 4)], faults: [fault] });
      expect(broker.calls.slice(0, 2)).toEqual([`submit ${orderId}`, `find ${orderId}`]);
      expect(broker.orders()).toHaveLength(1);
      expect(typesOf(commits).slice(0, 2)).toEqual(['OrderPlaced', 'OrderOutcomeUnknown']);
      expect(broker.held()).toEqual([{ symbol: 'BAC', quantity: '4' }]);
    },
  );

  it('that enters is given up when the broker cannot be told of it; one that closes never is', async () => {
    const faults = Array.from({ length: 12 }, () => 'unavailable' as const);
    const entry = await runDesk({ ...plain, wishes: [enter('p1', 4)], faults });
    expect(entry.broker.orders()).toEqual([]);
    expect(entry.account.orders.get(orderId)).toMatchObject({
      status: 'rejected',
      reason: 'the broker could not be reached',
    });
    const calls = [undefined, undefined, ...faults];
    const exit = await runDesk({ ...plain, wishes: [enter('p1', 4), close('p1')], faults: calls });
    expect(exit.account.positions.get('p1')?.status).toBe('closed');
  });

  it('says with each fill which limit of the account it has reached', async () => {
    const settings = { ...defaultSettings, broker: 'fake', limits: { maxDailyLoss: '4' } };
    const base = { day: 0, dayEquity: '0', peakEquity: '0' };
    const given: AccountEvent[] = [
      { type: 'AccountConfigured', settings, actor: 'test', reason: '' },
      { type: 'EquityMarked', at: 0, currency: 'USD', equity: '0', base, rates: [] },
    ];
    const meets = [{ shares: [0, 1], end: 'works' as const }];
    const { commits } = await runDesk({ ...plain, wishes: [enter('p1', 4)], meets, given });
    const filled = commits.commits.find(({ events }) => events.some(({ type }) => type === 'PositionOpened'));
    expect(filled?.events.at(-1)).toMatchObject({
      type: 'LimitTripped',
      limit: 'dailyLoss',
      reached: '4.01',
    });
    expect(commits.requests.at(-1)?.related?.(commits.account(trader) ?? fail())).toMatchObject({
      allOpen: true,
    });
  });

  it('fills or is cancelled, whichever the broker says came first', async () => {
    const wishes: Wish[] = [enter('p1', 4, true), { kind: 'cancel', order: 0 }];
    const meets = [{ shares: [0, 0, 0, 0, 0, 0.5], end: 'works' as const }];
    const { account, broker } = await runDesk({ ...plain, wishes, meets, racesCancel: true });
    expect(account.orders.get(orderId)).toMatchObject({ status: 'cancelled', filled: '2' });
    expect(account.positions.get('p1')?.quantity).toBe('2');
    expect(broker.held()).toEqual([{ symbol: 'BAC', quantity: '2' }]);
  });

  it('is cancelled there as soon as the position that it enters is closed', async () => {
    const wishes = [enter('p1', 4), enter('p1', 2, true), enter('p2', 3, true), close('p1')];
    const rests = { shares: [], end: 'works' as const };
    const fills = { shares: [1], end: 'works' as const };
    const meets = [fills, rests, rests, fills];
    const { account, broker } = await runDesk({ ...plain, wishes, meets });
    expect(broker.orders().map(({ quantity, status }) => [quantity, status])).toEqual([
      ['4', 'filled'],
      ['2', 'cancelled'],
      ['3', 'working'],
      ['4', 'filled'],
    ]);
    expect(broker.held()).toEqual([]);
    expect([...account.workingOrderIds]).toEqual(['ann.main.o2']);
    expect(account.positions.get('p1')?.status).toBe('closed');
  });

  it('is another one where the broker has filled one under its id long before', async () => {
    const time = new VirtualTime();
    const commits = new FakeCommits();
    const settings = { ...defaultSettings, broker: 'fake' };
    const by = { actor: 'test', reason: '' };
    const position = positionTerms({ id: 'p1' });
    const dayMs = 24 * 3_600_000;
    commits.given(
      trader,
      { type: 'AccountOpened', ...trader },
      { type: 'TradingResumed', ...by },
      { type: 'AccountConfigured', settings, ...by },
      { type: 'PositionAdopted', position: { ...position, broker: 'fake', openedAt: 9 * dayMs } },
    );
    const broker = new FakeBroker({
      clock: time,
      match: ({ quantity }) => ({ parts: [{ quantity, price: '94' }], end: 'works' }),
    });
    const { symbol, quantity } = position;
    const before = { clientOrderId: 'ann.main.p1.exit', symbol, side: 'sell', quantity } as const;
    await broker.submit({ ...before, how: { kind: 'market' }, timeInForce: 'gtc', isReducing: true });
    const desk = new OrderDesk({
      commits,
      brokerFor: () => broker,
      market: () => ({}),
      clock: time,
      logger: createLogger({ service: 'test', level: 'silent' }),
      pause: time.pause,
    });
    const request = { positionId: 'p1', size: 'all', reason: 'manual', by } as const;
    const outcome = await commits.commit(trader, {
      cause: { kind: 'command', name: 'ClosePosition', key: 'k' },
      traceparent: '',
      decide: (image) => {
        const decided = requestClose(image, request, { market: () => ({}), now: time.now() });
        return decided.ok ? { events: decided.value } : { refusal: decided.refusal };
      },
    });
    if (outcome.status !== 'committed') throw new Error(outcome.status);
    desk.note(outcome.stored.commit, outcome.account);
    await time.run();
    await desk.close();
    expect(typesOf(commits)).toEqual(['CloseRequested', 'OrderRejected']);
    expect(commits.account(trader)?.positions.get('p1')).toMatchObject({ status: 'open', exitOrders: 1 });
  });

  it('is not said to be withdrawn while a request for it may be under way', async () => {
    const wishes: Wish[] = [enter('p1', 4, true), { kind: 'cancel', order: 0 }];
    const { account, broker } = await runDesk({ ...plain, wishes, moments: [0], faults: ['delayed'] });
    expect(account.positions.get('p1')?.quantity).toBe(broker.held()[0]?.quantity);
    expect(account.orders.get(orderId)?.status).toBe(broker.orders()[0]?.status);
  });

  it('is not said to be refused while an earlier request for it may be under way', async () => {
    const meets = [
      { shares: [], end: 'rejected' as const },
      { shares: [1], end: 'works' as const },
    ];
    const { account, broker } = await runDesk({
      ...plain,
      wishes: [enter('p1', 4)],
      faults: ['delayed'],
      meets,
    });
    expect(broker.held()).toEqual([{ symbol: 'BAC', quantity: '4' }]);
    expect(account.positions.get('p1')?.quantity).toBe('4');
    expect(account.orders.get(orderId)?.status).toBe('filled');
  });

  it('is refused, for the reason the broker gave, once no earlier request can arrive any more', async () => {
    const meets = [{ shares: [], end: 'rejected' as const }];
    const { account, broker, commits } = await runDesk({
      ...plain,
      wishes: [enter('p1', 4)],
      faults: ['lostRequest'],
      meets,
    });
    expect(broker.calls).toEqual([
      `submit ${orderId}`,
      `find ${orderId}`,
      `submit ${orderId}`,
      `find ${orderId}`,
      `find ${orderId}`,
    ]);
    expect(account.orders.get(orderId)).toMatchObject({ status: 'rejected', reason: 'no money' });
    expect(typesOf(commits)).toEqual(['OrderPlaced', 'OrderOutcomeUnknown', 'OrderRejected']);
  });

  it.each(Array.from({ length: 24 }, (_, call) => call))(
    'is executed once when the process dies at step %i',
    async (call) => {
      const wishes = [enter('p1', 4), close('p1')];
      const { account, broker } = await runDesk({ ...plain, wishes, kills: [call] });
      expect(broker.orders().map(({ quantity, status }) => [quantity, status])).toEqual([
        ['4', 'filled'],
        ['4', 'filled'],
      ]);
      expect(account.positions.get('p1')).toMatchObject({ status: 'closed', realizedPnl: '0' });
    },
  );
});

const fault = fc.option(
  fc.constantFrom<BrokerFault>('unavailable', 'lostRequest', 'lostAnswer', 'delayed', 'duplicated', 'slow'),
  { nil: undefined, freq: 2 },
);
const positionId = fc.constantFrom('p1', 'p2');
const wish = fc.oneof(
  fc.record({
    kind: fc.constant('enter' as const),
    positionId,
    lots: fc.integer({ min: 1, max: 9 }),
    isLimit: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('close' as const), positionId }),
  fc.record({ kind: fc.constant('cancel' as const), order: fc.nat({ max: 5 }) }),
);
const run: fc.Arbitrary<DeskRun> = fc.record({
  wishes: fc.array(wish, { minLength: 1, maxLength: 7 }),
  meets: fc.array(
    fc.record({
      shares: fc.array(fc.constantFrom(0, 0.2, 0.5, 1), { maxLength: 4 }),
      end: fc.constantFrom('works', 'cancelled', 'expired', 'rejected'),
    }),
    { maxLength: 6 },
  ),
  faults: fc.array(fault, { maxLength: 30 }),
  obstacles: fc.array(fc.constantFrom('contended', 'unreachable'), { maxLength: 5 }),
  kills: fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 4 }),
  racesCancel: fc.boolean(),
  moments: fc.array(fc.nat({ max: 12 }), { maxLength: 7 }),
});

describe('whatever goes wrong between the journal and a broker', () => {
  it('the broker has executed what the journal says, each intent at most once, and every intent has ended', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (one) => {
        const { account, broker } = await runDesk(one);
        const there = broker.orders();
        expect(there.map(({ clientOrderId }) => clientOrderId)).toEqual([
          ...new Set(there.map(({ clientOrderId }) => clientOrderId)),
        ]);
        for (const order of there)
          expect(compare(filledOf(order), decimal(order.quantity))).toBeLessThanOrEqual(0);
        expect(account.cash['USD'] ?? '0').toBe(formatDecimal(cashOf(there)));
        expect(heldBy(account)).toBe(broker.held()[0]?.quantity ?? '0');
        // What is left rests at the broker, as it is known here.
        for (const { status, order, of } of brokerOrders(account))
          expect([of, status, order.how.kind]).toEqual(['order', 'open', 'limit']);
      }),
      { numRuns: 1_000 },
    );
  });
});

function fail(): never {
  throw new Error('there is no account');
}

function filledOf({ fills }: OrderAtBroker) {
  return sum(fills.map(({ quantity }) => decimal(quantity)));
}

/** What everything that the broker has executed comes to, fees included. */
function cashOf(orders: readonly OrderAtBroker[]) {
  return orders
    .flatMap(({ side, fills }) =>
      fills.map(({ quantity, price, fee }) => {
        const worth = multiply(decimal(quantity), decimal(price));
        return add(side === 'sell' ? worth : negate(worth), negate(decimal(fee)));
      }),
    )
    .reduce(add, zero);
}

function heldBy({ positions, openPositionIds }: Account): string {
  return formatDecimal(sum([...openPositionIds].map((id) => decimal(positions.get(id)?.quantity ?? '0'))));
}
