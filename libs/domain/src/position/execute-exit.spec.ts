import { describe, expect, it } from '@jest/globals';
import { type Account, evolve, unopenedAccount } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type FiredExit, executeExit } from './execute-exit.ts';
import type { PositionTerms } from './position.ts';

const long: PositionTerms = {
  id: 'p1',
  symbol: 'BAC',
  side: 'long',
  quantity: '5',
  entryPrice: '13.83',
  quoteCurrency: 'USD',
  priceSource: 'trade',
  exits: { stopLoss: '13.8216', takeProfit: '14', trailing: { distance: '0.05' } },
  armedFrom: { at: 1_000 },
  openedAt: 1_000,
};
const short: PositionTerms = {
  ...long,
  id: 'p2',
  side: 'short',
  exits: { stopLoss: '14', takeProfit: '13.5' },
};

const opened: AccountEvent[] = [
  { type: 'AccountOpened', tenant: 't', uid: 'u', accountId: 'u.main' },
  { type: 'TradingResumed', actor: 'test', reason: '' },
  { type: 'PositionAdopted', position: long },
  { type: 'PositionAdopted', position: short },
];

function given(...events: AccountEvent[]): Account {
  return [...opened, ...events].reduce(evolve, unopenedAccount('t', 'u', 'u.main'));
}

function at(price: string, fired: Partial<FiredExit> = {}): FiredExit {
  return {
    positionId: 'p1',
    reason: 'stopLoss',
    level: '13.8216',
    tick: {
      symbol: 'BAC',
      venue: 'P',
      epoch: 'e',
      ordinal: 7,
      series: 'trade',
      price,
      exchangeAt: 2_000,
      receivedAt: 2_001,
    },
    late: false,
    lagMs: 1,
    ...fired,
  };
}

describe('executing an exit', () => {
  it('closes the whole long position at the price of the tick, not at the level', () => {
    const decided = executeExit(given(), at('13.8'));
    expect(decided).toMatchObject({
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
    const decided = executeExit(
      given(),
      at('13.5', { positionId: 'p2', reason: 'takeProfit', level: '13.5' }),
    );
    expect(decided).toMatchObject({
      ok: true,
      value: [{ type: 'TargetTriggered', order: { side: 'buy' } }, { side: 'buy' }, { realizedPnl: '1.65' }],
    });
  });

  it('moves cash by what the fill was worth', () => {
    const decided = executeExit(given(), at('13.8'));
    const after = decided.ok ? decided.value.reduce(evolve, given()) : given();
    expect(after.cash).toEqual({ USD: '69' });
    expect([...after.openPositionIds]).toEqual(['p2']);
    expect(after.positions.get('p1')).toMatchObject({ status: 'closed', realizedPnl: '-0.15' });
  });

  it('gives the order an id that is the same every time', () => {
    const decided = executeExit(given(), at('13.8'));
    expect(decided).toMatchObject({ value: [{ order: { clientOrderId: 'u.main.p1.exit' } }, {}, {}] });
    expect(executeExit(given(), at('13.8'))).toEqual(decided);
  });

  const closed = executeExit(given(), at('13.8'));
  it.each<[string, Account, FiredExit, string]>([
    [
      'a position that is closed already',
      given(...(closed.ok ? closed.value : [])),
      at('13.8'),
      'NO_OPEN_POSITION',
    ],
    ['a position that is not there', given(), at('13.8', { positionId: 'p9' }), 'NO_OPEN_POSITION'],
    [
      'any position while trading is halted',
      given({ type: 'TradingHalted', actor: 'a', reason: '' }),
      at('13.8'),
      'TRADING_HALTED',
    ],
    [
      'a tick from before the position was armed',
      given(),
      at('13.8', { tick: { ...at('13.8').tick, exchangeAt: 999 } }),
      'BEFORE_ARMED',
    ],
    ['a price that does not reach the stop', given(), at('13.83'), 'LEVEL_NOT_REACHED'],
    [
      'a target that the price only approaches',
      given(),
      at('13.99', { reason: 'takeProfit' }),
      'LEVEL_NOT_REACHED',
    ],
    [
      'a level that the position does not have',
      given(),
      at('1', { positionId: 'p2', reason: 'trailingStop', level: '2' }),
      'LEVEL_NOT_REACHED',
    ],
  ])('refuses %s', (_what, account, fired, reason) => {
    expect(executeExit(account, fired)).toEqual({ ok: false, refusal: { reason } });
  });
});
