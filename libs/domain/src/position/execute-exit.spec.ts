import { describe, expect, it } from '@jest/globals';
import { adopted, by, given, positionWith, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import { plainInstrument } from '../market/instrument.ts';
import { executeOrder } from '../order/execute-order.ts';
import { reducePosition } from '../order/place-order.ts';
import { type FiredExit, executeExit } from './execute-exit.ts';

const long = positionWith({
  stopLoss: { price: '13.8216' },
  targets: [{ price: '14' }],
  trailing: { distance: '0.05' },
});
const short = positionWith(
  { stopLoss: { price: '14' }, targets: [{ price: '13.5' }] },
  { id: 'p2', side: 'short' },
);
const both = given(adopted(long), adopted(short));

function at(price: string, fired: Partial<FiredExit> = {}): FiredExit {
  return {
    positionId: 'p1',
    lineId: 'stop',
    level: '13.8216',
    tick: tickAt(price),
    late: false,
    lagMs: 1,
    ...fired,
  };
}

/** The account after what a fired line does to it. */
function then(account: Account, fired: FiredExit): Account {
  const decided = executeExit(account, fired);
  if (!decided.ok) throw new Error(decided.refusal.reason);
  return decided.value.reduce(evolve, account);
}

describe('executing an exit', () => {
  it('closes the whole long position at the price of the tick, not at the level', () => {
    expect(executeExit(both, at('13.8'))).toMatchObject({
      ok: true,
      value: [
        { type: 'StopTriggered', positionId: 'p1', level: '13.8216', order: { side: 'sell', quantity: '5' } },
        { type: 'OrderFilled', side: 'sell', price: '13.8', quantity: '5', fee: '0', currency: 'USD' },
        {
          type: 'PositionClosed',
          exitPrice: '13.8',
          realizedPnl: '-0.15',
          reason: 'stopLoss',
          closedAt: 2_000,
        },
      ],
    });
  });

  it('buys a short position back and gains when the price fell', () => {
    expect(
      executeExit(both, at('13.5', { positionId: 'p2', lineId: 'target-1', level: '13.5' })),
    ).toMatchObject({
      ok: true,
      value: [{ type: 'TargetTriggered', order: { side: 'buy' } }, { side: 'buy' }, { realizedPnl: '1.65' }],
    });
  });

  it('moves cash by what the fill was worth', () => {
    const after = then(both, at('13.8'));
    expect(after.cash).toEqual({ USD: '69' });
    expect([...after.openPositionIds]).toEqual(['p2']);
    expect(after.positions.get('p1')).toMatchObject({ status: 'closed', realizedPnl: '-0.15' });
  });

  it('gives the order an id that is the same every time', () => {
    const decided = executeExit(both, at('13.8'));
    expect(decided).toMatchObject({ value: [{ order: { clientOrderId: 'u.main.p1.exit' } }, {}, {}] });
    expect(executeExit(both, at('13.8'))).toEqual(decided);
  });

  const timed = given(adopted(positionWith({ timeExit: { at: 2_000 } })));
  it('closes at the first tick of its time', () => {
    const fired = at('13.9', { lineId: 'time', level: '2000' });
    expect(executeExit(timed, fired)).toMatchObject({
      value: [{ type: 'TimeExitTriggered' }, { price: '13.9' }, { reason: 'timeExit' }],
    });
    const early = { ...fired, tick: tickAt('13.9', { exchangeAt: 1_999 }) };
    expect(executeExit(timed, early)).toMatchObject({ refusal: { reason: 'LEVEL_NOT_REACHED' } });
  });

  it.each<[string, Account, FiredExit, string]>([
    ['a position that is closed already', then(both, at('13.8')), at('13.8'), 'NO_OPEN_POSITION'],
    ['a position that is not there', both, at('13.8', { positionId: 'p9' }), 'NO_OPEN_POSITION'],
    [
      'any position while trading is halted',
      evolve(both, { type: 'TradingHalted', ...by }),
      at('13.8'),
      'TRADING_HALTED',
    ],
    [
      'a tick from before the position was armed',
      both,
      at('13.8', { tick: tickAt('13.8', { exchangeAt: 999 }) }),
      'BEFORE_ARMED',
    ],
    ['a price that does not reach the stop', both, at('13.83'), 'LEVEL_NOT_REACHED'],
    [
      'a target that the price only approaches',
      both,
      at('13.99', { lineId: 'target-1' }),
      'LEVEL_NOT_REACHED',
    ],
    [
      'a level that the position does not have',
      both,
      at('1', { positionId: 'p2', lineId: 'trail', level: '2' }),
      'NOT_ARMED',
    ],
  ])('refuses %s', (_what, account, fired, reason) => {
    expect(executeExit(account, fired)).toEqual({ ok: false, refusal: { reason } });
  });

  it('still executes while trading is reduced', () => {
    const reduced = evolve(both, { type: 'TradingReduced', ...by, flatten: false });
    expect(executeExit(reduced, at('13.8'))).toMatchObject({ ok: true });
  });

  it('commits the order alone where a broker has to fill it, and holds back what it closes', () => {
    const real = given(adopted({ ...long, broker: 'alpaca' }));
    const decided = executeExit(real, at('13.8'));
    expect(decided).toMatchObject({ value: [{ type: 'StopTriggered', order: { quantity: '5' } }] });
    const closing = then(real, at('13.8'));
    expect(closing.positions.get('p1')).toMatchObject({ status: 'closing', exitOrders: 1 });
    expect(executeExit(closing, at('14', { lineId: 'target-1' }))).toMatchObject({
      refusal: { reason: 'CLOSING' },
    });
  });
});

describe('an order of its own beside the exits', () => {
  const context = {
    now: 1_500,
    armedFrom: { epoch: 'e', ordinal: 5 },
    market: () => ({ trade: tickAt('13.9', { ordinal: 4 }) }),
    instrument: plainInstrument('BAC'),
    broker: 'shadow',
  };
  const placed = reducePosition(
    both,
    'half',
    { positionId: 'p1', quantity: '2', how: { kind: 'limit', limitPrice: '14.5' }, timeInForce: 'gtc' },
    context,
  );
  const resting = placed.ok ? placed.value.reduce(evolve, both) : both;

  it('ends when an exit closes the position', () => {
    expect([...resting.workingOrderIds]).toEqual(['u.main.half']);
    const after = then(resting, at('13.8'));
    expect([...after.workingOrderIds]).toEqual([]);
    expect(after.orders.get('u.main.half')).toMatchObject({
      status: 'cancelled',
      reason: 'its position is closed',
    });
  });

  it('makes the position smaller when it fills, and the exits close the rest', () => {
    const tick = tickAt('14.6', { ordinal: 6 });
    const filled = executeOrder(resting, { orderId: 'u.main.half', lineId: 'order', tick }, context);
    const smaller = filled.ok ? filled.value.reduce(evolve, resting) : resting;
    expect(smaller.positions.get('p1')).toMatchObject({ quantity: '3', reducing: [] });
    const closed = then(smaller, at('13.8', { tick: tickAt('13.8', { ordinal: 7 }) }));
    expect(closed.positions.get('p1')).toMatchObject({ status: 'closed', quantity: '3' });
    expect(closed.orders.get('u.main.half')).toMatchObject({ status: 'filled' });
  });
});

describe('a ladder of targets', () => {
  const ladder = positionWith(
    {
      stopLoss: { price: '13' },
      targets: [
        { price: '14', size: { share: '0.5' } },
        { price: '15', size: { quantity: '1' } },
        { price: '16' },
      ],
      breakEven: { after: { targets: 2 }, offset: '0.01' },
    },
    { lotSize: '1' },
  );
  const open = given(adopted(ladder));
  const first = then(open, at('14', { lineId: 'target-1' }));
  const second = then(first, at('15.2', { lineId: 'target-2', tick: tickAt('15.2', { ordinal: 9 }) }));

  it('closes whole lots of what was entered at the first rung, and what is left stays open', () => {
    expect(first.positions.get('p1')).toMatchObject({
      status: 'open',
      quantity: '3',
      realizedPnl: '0.34',
      targetsHit: 1,
      exits: { stopLoss: { price: '13' }, targets: [{ id: '2' }, { id: '3' }] },
    });
    expect(first.cash).toEqual({ USD: '28' });
  });

  it.each([
    ['a share of a lot', { lotSize: '1' }, { share: '0.1' }, '1'],
    ['less than a lot', { lotSize: '2' }, { quantity: '1' }, '2'],
    ['a lot and a half', { lotSize: '1' }, { quantity: '1.5' }, '1'],
    ['more than there is', { lotSize: '2', quantity: '1' }, { share: '1' }, '1'],
  ])('closes one lot at least, and never more than there is: %s', (_what, terms, size, quantity) => {
    const account = given(adopted(positionWith({ targets: [{ price: '14', size }] }, terms)));
    expect(executeExit(account, at('14', { lineId: 'target-1' }))).toMatchObject({
      ok: true,
      value: [{ type: 'TargetTriggered', order: { quantity } }, { type: 'OrderFilled', quantity }, {}],
    });
  });

  it('executes no rung twice', () => {
    expect(executeExit(first, at('14', { lineId: 'target-1' }))).toEqual({
      ok: false,
      refusal: { reason: 'NOT_ARMED' },
    });
  });

  it('moves the stop to the entry and the offset after as many rungs as were asked for', () => {
    expect(second.positions.get('p1')?.exits).toEqual({
      stopLoss: { price: '13.84', armedFrom: { epoch: 'e', ordinal: 10 } },
      targets: [{ id: '3', price: '16', armedFrom: { at: 1_000 } }],
    });
  });

  it('closes all that is left at the last rung, and at the stop', () => {
    const last = then(second, at('16', { lineId: 'target-3', tick: tickAt('16', { ordinal: 11 }) }));
    expect(last.positions.get('p1')).toMatchObject({ status: 'closed', quantity: '2', realizedPnl: '6.05' });
    const stopped = then(second, at('13.84', { tick: tickAt('13.84', { ordinal: 11 }) }));
    expect(stopped.positions.get('p1')).toMatchObject({ status: 'closed', realizedPnl: '1.73' });
  });

  it('gives each rung its own order', () => {
    const ids = [open, first, second].map((account, i) => {
      const lineId = `target-${i + 1}`;
      const decided = executeExit(account, at('99', { lineId, tick: tickAt('99', { ordinal: 20 }) }));
      const [triggered] = decided.ok ? decided.value : [];
      return triggered?.type === 'TargetTriggered' ? triggered.order.clientOrderId : undefined;
    });
    expect(ids).toEqual(['u.main.p1.exit', 'u.main.p1.exit-2', 'u.main.p1.exit-3']);
  });
});

describe('a break-even shift by price', () => {
  const spec = { stopLoss: { price: '13' }, breakEven: { after: { percent: '5' } } } as const;

  it('moves the stop once the price has come so far, from the next tick on', () => {
    const shifted = then(given(adopted(positionWith(spec))), at('14.53', { lineId: 'break-even' }));
    expect(shifted.positions.get('p1')?.exits).toEqual({
      stopLoss: { price: '13.83', armedFrom: { epoch: 'e', ordinal: 8 } },
      targets: [],
    });
  });

  it('never makes a stop worse', () => {
    const better = positionWith({ ...spec, stopLoss: { price: '14' } });
    const shifted = then(given(adopted(better)), at('14.53', { lineId: 'break-even' }));
    expect(shifted.positions.get('p1')?.exits.stopLoss).toEqual({ price: '14', armedFrom: { at: 1_000 } });
  });

  it('lowers the stop of a short', () => {
    const account = given(adopted(positionWith(spec, { side: 'short' })));
    expect(executeExit(account, at('13.2', { lineId: 'break-even' }))).toMatchObject({
      refusal: { reason: 'LEVEL_NOT_REACHED' },
    });
    const shifted = then(account, at('13.1', { lineId: 'break-even' }));
    expect(shifted.positions.get('p1')?.exits.stopLoss).toMatchObject({ price: '13' });
  });
});

describe('a trailing stop with an activation price', () => {
  const spec = { trailing: { percent: '2.5', activation: { price: '14' } } } as const;
  const account = given(adopted(positionWith(spec)));

  it('follows from the tick that reaches it, whose price is the first best price', () => {
    const following = then(account, at('14.2', { lineId: 'activation' }));
    expect(following.positions.get('p1')?.exits.trailing).toEqual({
      distance: { ppm: 25_000 },
      start: '14.2',
      armedFrom: { epoch: 'e', ordinal: 8 },
    });
  });

  it('does not stop anything before', () => {
    expect(executeExit(account, at('1', { lineId: 'trail', level: '13' }))).toMatchObject({
      refusal: { reason: 'NOT_ARMED' },
    });
  });
});
