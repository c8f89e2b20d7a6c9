import { expect, it } from '@jest/globals';
import { given, marketOf, tickAt } from '../account/account.builder.ts';
import { evolveAll } from '../account/account-fold.ts';
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
    exits: { stopLoss: { percent: '5' }, breakEven: { after: { percent: '1' }, offset: '60' } },
  } as const;
  const instrument = plainInstrument('BAC');
  const context = { now: 1_500, armedFrom: { at: 1_500 }, market: marketOf({ BAC: '100' }), instrument };
  const placed = openPosition(given(), 'o', entry, context);
  const account = evolveAll(given(), placed.ok ? placed.value : []);
  const filled = executeOrder(account, { orderId: 'u.main.o', lineId: 'order', tick: tickAt('50') });
  expect(filled).toMatchObject({ ok: true });
  const after = evolveAll(account, filled.ok ? filled.value : []);
  expect(after.positions.get('p1')?.exits).toEqual({
    targets: [],
    stopLoss: { price: '52.5', armedFrom: { epoch: 'e', ordinal: 8 } },
  });
});
