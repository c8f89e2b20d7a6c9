import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given } from '../account/account.builder.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import type { AccountEvent } from '../account/events.ts';
import type { FillModel } from '../account/settings.ts';
import { Exact } from '../exact.oracle.ts';
import type { Contract, Instrument } from '../market/instrument.ts';
import { requestClose } from '../position/request-close.ts';
import { decimal } from '../units.ts';
import { fillAt, fillableAt } from './fill.ts';
import { type PlainMeeting, plainFill } from './fill.oracle.ts';
import type { OrderKind } from './order.ts';
import { openPosition } from './place-order.ts';

const contract = fc.constantFrom<Contract>(
  { kind: 'linear', multiplier: '1', currency: 'USD' },
  { kind: 'linear', multiplier: '0.001', currency: 'USD' },
  { kind: 'inverse', multiplier: '10', currency: 'BTC' },
);
const percent = fc.constantFrom('0', '0.1', '0.0333333333333', '1', '0.000000000000000001');
const model: fc.Arbitrary<FillModel> = fc.oneof(
  fc.constant({ kind: 'exact' as const }),
  fc.record(
    {
      kind: fc.constant('modelled' as const),
      spreadPercent: percent,
      slippagePercent: percent,
      makerFeePercent: percent,
      takerFeePercent: percent,
      feeAsset: fc.constantFrom(
        { currency: 'BNB', rate: '0.0016666666666666' },
        { currency: 'KCS', rate: '3' },
      ),
      maxShareOfTrade: fc.constantFrom('1', '0.5', '0.3333333333', '2'),
    },
    { requiredKeys: ['kind', 'spreadPercent', 'slippagePercent', 'makerFeePercent', 'takerFeePercent'] },
  ),
);
const price = fc.constantFrom('99', '99.9', '100', '100.1', '101', '0.000000000000000007');
const quantity = fc.constantFrom('0.5', '1', '7', '0.333333333333333333');
const size = fc.constantFrom('0', '0.4', '1', '3', '100', '0.000000000000000001');
const lotSize = fc.constantFrom('0.5', '1');
const side = fc.constantFrom('buy' as const, 'sell' as const);

const meeting: fc.Arbitrary<PlainMeeting> = fc.record(
  {
    side,
    wanted: quantity,
    contract,
    lotSize,
    limit: price,
    isResting: fc.boolean(),
    tick: fc.record(
      {
        series: fc.constantFrom('trade' as const, 'bid' as const, 'ask' as const, 'mark' as const),
        price,
        size,
      },
      { requiredKeys: ['series', 'price'] },
    ),
  },
  { requiredKeys: ['side', 'wanted', 'contract', 'isResting', 'tick'] },
);

describe('a fill of the shadow broker', () => {
  it('has the size, the price, the proceeds and the fee that its model says', () => {
    fc.assert(
      fc.property(model, meeting, (fills, plain) => {
        const { side: way, wanted, limit, isResting, tick } = plain;
        const place = { symbol: 'X', venue: 'v', epoch: 'e', ordinal: 0, exchangeAt: 0, receivedAt: 0 };
        const at = { ...place, ...tick };
        const filled = fillableAt(fills, decimal(wanted), at, plain.lotSize);
        const of = { of: 'order', clientOrderId: 'o', positionId: 'p', symbol: 'X' } as const;
        const order = { ...of, side: way, quantity: filled, contract: plain.contract };
        const bound = limit === undefined ? undefined : { price: decimal(limit), isResting };
        const expected = plainFill(fills, plain);
        expect(fillAt(fills, order, at, bound)).toEqual({
          type: 'OrderFilled',
          ...of,
          side: way,
          ...expected,
          currency: plain.contract.currency,
          tick: at,
        });
      }),
      { numRuns: 2_000 },
    );
  });
});

const wholePrice = fc.integer({ min: 98, max: 102 }).map(String);
const how: fc.Arbitrary<OrderKind> = fc.oneof(
  fc.constant({ kind: 'market' as const }),
  wholePrice.map((limitPrice) => ({ kind: 'limit' as const, limitPrice })),
  wholePrice.map((stopPrice) => ({ kind: 'stop' as const, stopPrice })),
  fc.record({ kind: fc.constant('stopLimit' as const), stopPrice: wholePrice, limitPrice: wholePrice }),
);

describe('an order that is entered and a position that is closed at the shadow broker', () => {
  it('fill tick by tick as the model says, and no worse than at their limit', () => {
    const seen = new Set<string>();
    const ticks = fc.array(fc.tuple(wholePrice, fc.constantFrom('1', '3', '40')), {
      minLength: 2,
      maxLength: 9,
    });
    const order = fc.record({ how, quantity: fc.constantFrom('1', '7', '33'), contract, side });
    fc.assert(
      fc.property(model, order, ticks, (fills, asked, [first, ...rest]) => {
        const { how: kind, contract: traded, side: way, quantity: wanted } = asked;
        const settings = { currency: 'USD', limits: {}, fills };
        const configured: AccountEvent = { type: 'AccountConfigured', settings, ...by };
        const instrument: Instrument = { symbol: 'X', contract: traded, quoteCurrency: 'USD', lotSize: '1' };
        const simulation = new AccountSimulation(given(configured), () => instrument);
        simulation.trade('X', first?.[0] ?? '100', first?.[1]);
        const entry = {
          positionId: 'p',
          symbol: 'X',
          side: way === 'buy' ? ('long' as const) : ('short' as const),
          quantity: wanted,
          how: kind,
          timeInForce: 'gtc' as const,
          priceSource: 'trade' as const,
        };
        simulation.take(openPosition(simulation.account, 'o', entry, { ...simulation.context, instrument }));
        for (const [i, tick] of rest.entries()) {
          simulation.trade('X', tick[0], tick[1]);
          if (i === 3)
            simulation.take(
              requestClose(
                simulation.account,
                { positionId: 'p', size: 'all', reason: 'manual', by },
                simulation.context,
              ),
            );
        }
        const limit = 'limitPrice' in kind ? kind.limitPrice : undefined;
        let entered = Exact.of(0);
        let leftToClose = Exact.of(0);
        for (const event of simulation.commits.flat()) {
          if (event.type === 'CloseRequested') leftToClose = Exact.of(event.order.quantity);
          if (event.type !== 'OrderFilled' || event.tick === undefined) continue;
          const enters = event.of === 'order';
          const left = enters ? Exact.of(wanted).minus(entered) : leftToClose;
          const expected = plainFill(fills, {
            side: event.side,
            wanted: String(left),
            contract: traded,
            lotSize: '1',
            ...(enters && limit !== undefined ? { limit } : {}),
            isResting: event.liquidity === 'maker',
            tick: event.tick,
          });
          expect(event).toMatchObject(expected);
          if (enters) entered = entered.plus(Exact.of(event.quantity));
          else leftToClose = leftToClose.minus(Exact.of(event.quantity));
          const isBounded =
            expected.liquidity === 'taker' &&
            enters &&
            expected.price === limit &&
            expected.price !== event.tick.price;
          seen.add(isBounded ? 'bounded by its limit' : `${event.of} as ${event.liquidity}`);
          if (left.against(event.quantity) > 0) seen.add('in part');
        }
      }),
      // Few are bounded by their limit.
      { numRuns: 2_000 },
    );
    expect([...seen].toSorted()).toEqual([
      'bounded by its limit',
      'exit as taker',
      'in part',
      'order as maker',
      'order as taker',
    ]);
  });
});
