import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tickAt } from '../account/account.builder.ts';
import type { Contract, Instrument } from '../market/instrument.ts';
import type { OrderKind } from './order.ts';
import { checkSteps } from './order-steps.ts';
import { plainSteps } from './order-steps.oracle.ts';

const amount = fc.constantFrom(
  '1',
  '0.5',
  '0.3',
  '0.9',
  '2',
  '3.000',
  '0',
  '-1',
  'x',
  '0.000000000000000001',
);
const price = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('1', '2', '4', '0.5', '3') },
  { weight: 1, arbitrary: amount },
);
const how: fc.Arbitrary<OrderKind> = fc.oneof(
  fc.constant({ kind: 'market' as const }),
  price.map((limitPrice) => ({ kind: 'limit' as const, limitPrice })),
  price.map((stopPrice) => ({ kind: 'stop' as const, stopPrice })),
  fc.record({ kind: fc.constant('stopLimit' as const), stopPrice: price, limitPrice: price }),
);
const contract = fc.constantFrom<Contract>(
  { kind: 'linear', multiplier: '1', currency: 'USD' },
  { kind: 'linear', multiplier: '0.001', currency: 'USD' },
  { kind: 'inverse', multiplier: '10', currency: 'BTC' },
);
const instrument: fc.Arbitrary<Instrument> = fc.record(
  {
    symbol: fc.constant('X'),
    quoteCurrency: fc.constant('USD'),
    contract,
    lotSize: fc.constantFrom('0.5', '0.3', '1'),
    tickSize: fc.constantFrom('0.5', '1'),
    // Some orders are worth exactly so much.
    minNotional: fc.constantFrom('1', '2', '5', '0.002', '3.333333333333333333'),
  },
  { requiredKeys: ['symbol', 'quoteCurrency', 'contract'] },
);

it('takes of orders what the steps and the least worth of the instrument say', () => {
  const reasons = new Set<string>();
  fc.assert(
    fc.property(instrument, how, price, fc.boolean(), price, (of, kind, quantity, enters, last) => {
      fc.pre(Number(last) > 0);
      const purpose = enters ? ({ kind: 'enter', side: 'long' } as const) : ({ kind: 'reduce' } as const);
      const terms = {
        id: 'o',
        positionId: 'p',
        symbol: 'X',
        side: 'buy',
        how: kind,
        quantity,
        purpose,
      } as const;
      const rest = {
        timeInForce: 'gtc',
        priceSource: 'trade',
        broker: 'shadow',
        armedFrom: { at: 0 },
      } as const;
      const order = { ...terms, ...rest, contract: of.contract, placedAt: 0 };
      const refused = checkSteps(order, of, tickAt(last));
      expect(refused).toEqual(plainSteps({ how: kind, quantity, enters }, of, last));
      reasons.add(refused?.reason ?? 'taken');
    }),
    { numRuns: 2_000 },
  );
  expect([...reasons].toSorted()).toEqual([
    'BELOW_MINIMUM_NOTIONAL',
    'NOT_A_MULTIPLE',
    'NOT_POSITIVE',
    'taken',
  ]);
});
