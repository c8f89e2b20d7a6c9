import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, positionWith, tickAt } from '../account/account.builder.ts';
import type { Account } from '../account/account.ts';
import { plainInstrument } from '../market/instrument.ts';
import { executeExit } from '../position/execute-exit.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import { requestClose } from '../position/request-close.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { add, decimal, formatDecimal, multiply, negate, sum } from '../units.ts';
import { atAlpaca, fill, fired, now, recorded, seen, accountAfter } from './at-broker.builder.ts';
import type { OrderAtBroker } from './broker.ts';
import { brokerOrder, brokerOrders } from './broker-orders.ts';
import { cancelOrder } from './cancel-order.ts';
import { maxFillIds, unrecorded, withFillId } from './fill-ids.ts';
import { openPosition, reducePosition } from './place-order.ts';
import { recordAtBroker, recordRejection, recordUnknown, recordWithdrawal } from './record-at-broker.ts';

const market = () => ({ trade: tickAt('13.83') });
const trader = given(atAlpaca);
const entry: EntrySpec = {
  positionId: 'p1',
  symbol: 'BAC',
  side: 'long',
  quantity: '10',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
  exits: { stopLoss: { percent: '10' } },
};
const placing = { now, armedFrom: { at: now }, market, instrument: plainInstrument('BAC') };
const placed = accountAfter(trader, openPosition(trader, 'o1', entry, placing));
const orderId = 'u.main.o1';

function closeIt(account: Account): Account {
  const close = { positionId: 'p1', size: 'all', reason: 'manual', by } as const;
  return accountAfter(account, requestClose(account, close, { market, now }));
}

function withRefusal(account: Account, id: string): Account {
  return accountAfter(account, recordRejection(account, id, 'no shares to sell', { now }));
}

function filledAt(at: number) {
  return { status: 'filled', fills: [fill('f1', '10', '10', { at })] } as const;
}

describe('an entry at a real broker', () => {
  it('is an intent first: no fill, no position', () => {
    expect(placed.orders.get(orderId)?.status).toBe('submitted');
    expect(placed.openPositionIds.size).toBe(0);
    expect(brokerOrders(placed).map(({ order }) => order.clientOrderId)).toEqual([orderId]);
  });

  it('opens its position with the first fill, and adds the next, each once', () => {
    const first = [fill('f1', '4', '10', { fee: '0.1' })];
    const once = recorded(placed, orderId, { fills: first });
    expect(once.positions.get('p1')).toMatchObject({ quantity: '4', openedAt: 20_000, broker: 'alpaca' });
    expect(once.orders.get(orderId)).toMatchObject({ status: 'open', filled: '4', brokerOrderId: 'b-1' });
    expect(recorded(once, orderId, { fills: first })).toEqual(once);
    const whole = recorded(once, orderId, { status: 'filled', fills: [...first, fill('f2', '6', '11')] });
    expect(whole.positions.get('p1')).toMatchObject({
      quantity: '10',
      entryPrice: '10.6',
      exits: { stopLoss: { price: '9.54' } },
    });
    expect(whole.cash).toEqual({ USD: '-106.1' });
    expect([...whole.workingOrderIds]).toEqual([]);
  });

  it('is to be cancelled there once its position is being closed; what fills until then is protected', () => {
    const part = recorded(placed, orderId, { fills: [fill('f1', '4', '10')] });
    const stopping = closeIt(part);
    expect(stopping.orders.get(orderId)?.cancelRequested).toMatchObject({
      reason: 'its position is being closed',
    });
    const exitId = 'u.main.p1.exit';
    const sold = { status: 'filled', fills: [fill('x1', '4', '9')] } as const;
    const decided = recordAtBroker(stopping, exitId, seen(stopping, exitId, sold), { now });
    expect(decided.ok && decided.value.slice(-1)).toMatchObject([{ type: 'PositionClosed' }]);
    const closed = accountAfter(stopping, decided);
    const late = { status: 'cancelled', fills: [fill('f1', '4', '10'), fill('f2', '1', '11')] } as const;
    const after = recorded(closed, orderId, late);
    expect(after.positions.get('p1')).toMatchObject({
      status: 'open',
      quantity: '1',
      exits: { stopLoss: { price: '9.9' } },
    });
    expect(after.workingOrderIds.size).toBe(0);
  });

  it('does not take for its own what the broker filled under its id long before', () => {
    const dayMs = 24 * 3_600_000;
    const take = (at: number) =>
      recordAtBroker(placed, orderId, seen(placed, orderId, filledAt(at)), { now });
    expect(take(now - dayMs)).toMatchObject({ ok: true });
    const other = { reason: 'OTHER_ORDER', orderId, field: 'filledAt', ours: String(now) };
    const theirs = String(now - dayMs - 1);
    expect(take(now - dayMs - 1)).toEqual({ ok: false, refusal: { ...other, theirs } });
    const open = recorded(placed, orderId, { status: 'filled', fills: [fill('f1', '10', '10')] });
    const closing = closeIt(open);
    const exitId = 'u.main.p1.exit';
    const before = { status: 'filled', fills: [fill('x1', '10', '9', { at: 19_999 - dayMs })] } as const;
    expect(recordAtBroker(closing, exitId, seen(closing, exitId, before), { now })).toMatchObject({
      refusal: { field: 'filledAt', ours: '20000' },
    });
  });

  it('records the fills of an order that was cancelled in the middle, then its end', () => {
    const asked = accountAfter(
      placed,
      cancelOrder(placed, { orderId, by: { actor: 'ann', reason: 'too far' } }),
    );
    expect(asked.orders.get(orderId)).toMatchObject({
      status: 'submitted',
      cancelRequested: { actor: 'ann' },
    });
    const state = { status: 'cancelled', fills: [fill('f1', '4', '10')] } as const;
    const ended = recordAtBroker(asked, orderId, seen(asked, orderId, state), { now });
    expect(ended.ok && ended.value.map(({ type }) => type)).toEqual([
      'OrderAccepted',
      'OrderFilled',
      'PositionOpened',
      'OrderCancelled',
    ]);
    expect(ended).toMatchObject({ value: [{}, {}, {}, { by: { actor: 'ann', reason: 'too far' } }] });
  });

  it('is asked to be cancelled once', () => {
    const asked = accountAfter(placed, cancelOrder(placed, { orderId, by }));
    expect(cancelOrder(asked, { orderId, by })).toEqual({ ok: true, value: [] });
  });

  it('records a fill that comes after its end, and stays ended', () => {
    const over = recorded(placed, orderId, { status: 'cancelled', reason: 'by the venue' });
    const late = recorded(over, orderId, { status: 'cancelled', fills: [fill('f1', '4', '10')] });
    expect(late.positions.get('p1')).toMatchObject({ quantity: '4', status: 'open' });
    expect(late.orders.get(orderId)).toMatchObject({ status: 'cancelled', filled: '4' });
  });

  it('says that its outcome is unknown once, and goes on when it is found', () => {
    const unknown = accountAfter(placed, recordUnknown(placed, orderId, 'no answer'));
    expect(unknown.orders.get(orderId)).toMatchObject({ status: 'unknown' });
    expect(recordUnknown(unknown, orderId, 'no answer')).toEqual({ ok: true, value: [] });
    expect(recorded(unknown, orderId, {}).orders.get(orderId)?.status).toBe('open');
  });

  it('ends when the broker refuses it, and when it is withdrawn before it is there', () => {
    const rejected = accountAfter(placed, recordRejection(placed, orderId, ' ', { now }));
    expect(rejected.orders.get(orderId)).toMatchObject({ status: 'rejected', reason: 'no reason given' });
    const withdrawn = accountAfter(placed, recordWithdrawal(placed, orderId, { now }));
    expect(withdrawn.orders.get(orderId)).toMatchObject({ status: 'cancelled', reason: 'withdrawn' });
  });

  it('keeps whole what one commit cannot hold, for the next', () => {
    const many = Array.from({ length: 60 }, (_, i) => fill(`f${i}`, '0.1', '10'));
    const state = { status: 'cancelled', fills: many } as const;
    const half = recorded(placed, orderId, state);
    expect(half.orders.get(orderId)).toMatchObject({ status: 'open', filled: '5' });
    const all = recorded(half, orderId, state);
    expect(all.orders.get(orderId)).toMatchObject({ status: 'cancelled', filled: '6' });
  });

  it.each<[string, Partial<OrderAtBroker>, string]>([
    ['of another symbol', { symbol: 'SPY' }, 'symbol'],
    ['of the other side', { side: 'sell' }, 'side'],
    ['of another quantity', { quantity: '11' }, 'quantity'],
    ['that filled more than was ordered', { fills: [fill('f1', '11', '10')] }, 'filled'],
  ])('records nothing of an order under its id %s', (_what, state, field) => {
    expect(recordAtBroker(placed, orderId, seen(placed, orderId, state), { now })).toMatchObject({
      refusal: { reason: 'OTHER_ORDER', field },
    });
  });

  it('may not be joined by an order that reduces: both it and an exit could fill', () => {
    const open = recorded(placed, orderId, { status: 'filled', fills: [fill('f1', '10', '10')] });
    const spec = { positionId: 'p1', quantity: '1', how: { kind: 'market' }, timeInForce: 'gtc' } as const;
    expect(reducePosition(open, 'r', spec, placing)).toMatchObject({
      refusal: { reason: 'ONLY_AT_SHADOW_BROKER', broker: 'alpaca' },
    });
  });
});

describe('an exit at a real broker', () => {
  const exits: ExitsSpec = {
    stopLoss: { price: '13' },
    targets: [{ price: '15', size: { quantity: '2' } }],
    trailing: { percent: '5' },
    breakEven: { after: { targets: 1 } },
  };
  const open = given(atAlpaca, adopted(positionWith(exits, { broker: 'alpaca' })));
  const exitId = 'u.main.p1.exit';

  it('closes in parts as its order fills, with the fee in whatever currency', () => {
    const closing = fired(open, 'stop', '12.9');
    const part = recorded(closing, exitId, {
      fills: [fill('f1', '2', '12.8', { fee: '0.01', feeCurrency: 'BNB' })],
    });
    expect(part.positions.get('p1')).toMatchObject({
      status: 'closing',
      quantity: '3',
      fees: { BNB: '0.01' },
      exiting: [{ status: 'open', brokerOrderId: 'b-1', ordered: '5', order: { quantity: '3' } }],
    });
    const whole = recorded(part, exitId, {
      status: 'filled',
      fills: [fill('f1', '2', '12.8'), fill('f2', '3', '12.7', { at: 30_000 })],
    });
    expect(whole.positions.get('p1')).toMatchObject({
      status: 'closed',
      reason: 'stopLoss',
      closedAt: 30_000,
      realizedPnl: '-5.45',
    });
    expect(whole.cash).toEqual({ USD: '63.7', BNB: '-0.01' });
  });

  it('counts a target once, and moves the stop with its first fill', () => {
    const part = recorded(fired(open, 'target-1', '15'), exitId, { fills: [fill('f1', '1', '15')] });
    const whole = recorded(part, exitId, {
      status: 'filled',
      fills: [fill('f1', '1', '15'), fill('f2', '1', '15')],
    });
    for (const account of [part, whole])
      expect(account.positions.get('p1')).toMatchObject({
        targetsHit: 1,
        exits: { targets: [], stopLoss: { price: '13.83', armedFrom: { at: 20_000 } } },
      });
  });

  it('orders a target once, and lets the stop close what is not ordered yet', () => {
    const reached = fired(open, 'target-1', '15');
    const again = { positionId: 'p1', lineId: 'target-1', level: '15', late: false, lagMs: 0 };
    expect(executeExit(reached, { ...again, tick: tickAt('15', { ordinal: 21 }) })).toMatchObject({
      refusal: { reason: 'CLOSING' },
    });
    const stopped = fired(reached, 'stop', '12.9');
    expect(stopped.positions.get('p1')?.exiting.map(({ ordered }) => ordered)).toEqual(['2', '3']);
  });

  it('puts its line back when the broker refuses it, later each time', () => {
    const first = withRefusal(fired(open, 'stop', '12.9'), exitId);
    expect(first.positions.get('p1')).toMatchObject({
      status: 'open',
      exiting: [],
      exits: {
        stopLoss: { price: '13', armedFrom: { at: 10_250 } },
        targets: [{ armedFrom: { at: 1_000 } }],
      },
    });
    const later = tickAt('12.9', { exchangeAt: 20_000, ordinal: 40 });
    const stop = { positionId: 'p1', lineId: 'stop', level: '13', tick: later, late: false, lagMs: 0 };
    const second = withRefusal(accountAfter(first, executeExit(first, stop)), `${exitId}-2`);
    expect(second.positions.get('p1')?.exits.stopLoss?.armedFrom).toEqual({ at: 10_500 });
  });

  it('lets a trailing stop go on from the best price that it had followed', () => {
    const closing = fired(open, 'trail', '18.9', '19');
    const back = accountAfter(closing, recordRejection(closing, exitId, 'halted', { now }));
    expect(back.positions.get('p1')?.exits.trailing).toMatchObject({
      start: '20',
      armedFrom: { at: 10_250 },
    });
  });

  it('protects what is left when its order is cancelled after a part of it', () => {
    const closing = fired(open, 'stop', '12.9');
    const left = recorded(closing, exitId, { status: 'cancelled', fills: [fill('f1', '2', '12.8')] });
    expect(left.positions.get('p1')).toMatchObject({
      status: 'open',
      quantity: '3',
      exits: { stopLoss: { armedFrom: { at: 10_250 } } },
    });
  });

  it('has an id of its own also after its position was opened again', () => {
    const half = recorded(placed, orderId, { fills: [fill('f1', '5', '10')] });
    const closed = recorded(closeIt(half), exitId, { status: 'filled', fills: [fill('f2', '5', '10')] });
    expect(closed.positions.get('p1')?.status).toBe('closed');
    const both = [fill('f1', '5', '10'), fill('f3', '5', '10')];
    const again = closeIt(recorded(closed, orderId, { status: 'filled', fills: both }));
    expect(again.positions.get('p1')?.exiting).toMatchObject([{ order: { clientOrderId: `${exitId}-2` } }]);
  });

  it('leaves the lines alone when a close that somebody asked for is refused', () => {
    const context = { market, now };
    const asked = accountAfter(
      open,
      requestClose(open, { positionId: 'p1', size: 'all', reason: 'manual', by }, context),
    );
    const refused = recordRejection(asked, exitId, 'market closed', { now });
    expect(refused.ok && refused.value.map(({ type }) => type)).toEqual(['OrderRejected']);
  });

  it('arms a reached stop again for what comes in while it closes', () => {
    const { exits: _as, ...plain } = entry;
    const adding = accountAfter(open, openPosition(open, 'add', plain, placing));
    const closing = fired(adding, 'stop', '12.9');
    const grown = recorded(closing, 'u.main.add', { fills: [fill('f9', '10', '12.9')] });
    expect(grown.positions.get('p1')).toMatchObject({
      status: 'open',
      quantity: '15',
      exiting: [{ ordered: '5' }],
      exits: { stopLoss: { price: '13', armedFrom: { at: 20_000 } } },
    });
  });
});

describe('the ids of fills', () => {
  it('are kept in a bounded number, and still tell what is new', () => {
    const fills = Array.from({ length: maxFillIds + 100 }, (_, i) => ({ id: `f${i}` }));
    const ids = fills.slice(0, -1).reduce<readonly string[]>((kept, { id }) => withFillId(kept, id), []);
    expect(ids).toHaveLength(maxFillIds);
    expect(unrecorded(ids, fills)).toEqual([{ id: `f${maxFillIds + 99}` }]);
  });

  it('make nothing new of fills that say nothing of those that were recorded last', () => {
    const ids = Array.from({ length: maxFillIds }, (_, i) => `f${i}`);
    expect(unrecorded(ids, [{ id: 'x' }])).toEqual([]);
  });
});

/** Fills of a broker, and how much of them each look shows: some twice, some late. */
const life = fc.record({
  parts: fc.array(
    fc.record({ lots: fc.integer({ min: 1, max: 5 }), cents: fc.integer({ min: 1, max: 2_000 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
  looks: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
  end: fc.constantFrom('filled', 'cancelled', 'expired'),
});

describe('whatever a broker shows of an order, and however often', () => {
  it('leaves an entry with exactly its fills: quantity, cash and status', () => {
    fc.assert(
      fc.property(life, ({ parts, looks, end }) => {
        const fills = parts.map(({ lots, cents }, i) =>
          fill(`f${i}`, String(lots), formatDecimal({ units: BigInt(cents), scale: 2 })),
        );
        const total = sum(fills.map(({ quantity }) => decimal(quantity)));
        const quantity = formatDecimal(end === 'filled' ? total : add(total, decimal('1')));
        let account = accountAfter(trader, openPosition(trader, 'o1', { ...entry, quantity }, placing));
        for (const look of looks)
          account = recorded(account, orderId, { fills: fills.slice(0, Math.floor(look * parts.length)) });
        for (let again = 0; again < 2; again += 1)
          account = recorded(account, orderId, { status: end, fills });
        const paid = fills.map(({ quantity: q, price }) => negate(multiply(decimal(q), decimal(price))));
        expect(account.cash).toEqual({ USD: formatDecimal(sum(paid)) });
        expect(account.positions.get('p1')?.quantity).toBe(formatDecimal(total));
        expect(account.orders.get(orderId)).toMatchObject({ status: end, filled: formatDecimal(total) });
      }),
    );
  });
});

it('tells an order that is over from one that is not known', () => {
  expect(brokerOrder(recorded(placed, orderId, { status: 'rejected' }), orderId)?.status).toBe('ended');
  expect(recordRejection(placed, 'u.main.nothing', 'x', { now })).toEqual({ ok: true, value: [] });
});
