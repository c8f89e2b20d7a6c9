import { expect, it } from '@jest/globals';
import { adopted, given, halfOfTrades, marketOf, positionWith, tickAt } from '../account/account.builder.ts';
import { evolveAll } from '../account/account-fold.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import { plainInstrument } from '../market/instrument.ts';
import { executeOrder } from './execute-order.ts';
import { openPosition } from './place-order.ts';

it('leaves out a shift that a gap has made impossible, and nothing that protects', () => {
  const entry = {
    positionId: 'p1',
    symbol: 'BAC',
    side: 'short',
    quantity: '2',
    how: { kind: 'stop', stopPrice: '90' },
    timeInForce: 'gtc',
    priceSource: 'trade',
    exits: { stopLoss: { percent: '5' }, breakEven: { after: { price: '20' }, offset: '60' } },
  } as const;
  const instrument = plainInstrument('BAC');
  const context = { now: 1_500, armedFrom: { at: 1_500 }, market: marketOf({ BAC: '100' }), instrument };
  const placed = openPosition(given(), 'o', entry, context);
  const account = evolveAll(given(), placed.ok ? placed.value : []);
  const filled = executeOrder(account, { orderId: 'u.main.o', lineId: 'order', tick: tickAt('50') }, context);
  expect(filled).toMatchObject({ ok: true });
  const after = evolveAll(account, filled.ok ? filled.value : []);
  expect(after.positions.get('p1')?.exits).toEqual({
    targets: [],
    stopLoss: { price: '52.5', armedFrom: { epoch: 'e', ordinal: 8 } },
  });
});

it('watches what comes in while all that is held is being closed from the next tick on, not from before', () => {
  const exits = { stopLoss: { price: '95' }, trailing: { distance: '50' }, timeExit: { at: 9_000 } };
  const held = positionWith(exits, { quantity: '10', entryPrice: '100' });
  const simulation = new AccountSimulation(given(halfOfTrades, adopted(held)));
  simulation.trade('BAC', '99', '1');
  const more = {
    positionId: 'p1',
    symbol: 'BAC',
    side: 'long',
    quantity: '4',
    how: { kind: 'limit', limitPrice: '94' },
    timeInForce: 'gtc',
    priceSource: 'trade',
  } as const;
  simulation.trade('BAC', '94.5', '2');
  expect(simulation.account.positions.get('p1')?.status).toBe('closing');
  const { context } = simulation;
  simulation.take(
    openPosition(simulation.account, 'o', more, { ...context, instrument: plainInstrument('BAC') }),
  );
  simulation.trade('BAC', '94', '2');
  const last = simulation.commits.flat().findLast(({ type }) => type === 'OrderFilled');
  const { ordinal = 0 } = last?.type === 'OrderFilled' ? (last.tick ?? {}) : {};
  const grown = simulation.account.positions.get('p1');
  expect(grown?.status).toBe('open');
  const { stopLoss, trailing, timeExit } = grown?.exits ?? {};
  const from = { epoch: 'e', ordinal: ordinal + 1 };
  expect([stopLoss, trailing, timeExit].map((part) => part?.armedFrom)).toEqual([from, from, from]);
});
