import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, positionWith } from '../account/account.builder.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import { cancelOrder } from '../order/cancel-order.ts';
import { openPosition } from '../order/place-order.ts';
import { plainInstrument } from '../market/instrument.ts';
import { decimal } from '../units.ts';
import { adoptPosition } from './adopt-position.ts';
import { type PlainAdoptionStep, plainAdoptions } from './adopt-position.oracle.ts';
import { requestClose } from './request-close.ts';
import { maxOpenPositions } from './room-for-position.ts';

const contract = { kind: 'linear', multiplier: '1', currency: 'USD' } as const;
const room = 3;
/** An account with room for a few more, none of which is of a symbol that trades here. */
const nearlyFull = given(
  ...Array.from({ length: maxOpenPositions - room }, (_, i) =>
    adopted(positionWith({}, { id: `other${i}`, symbol: 'OTHER' })),
  ),
);

const named = {
  position: fc.constantFrom('p', 'q', 'r', 's', 't'),
  symbol: fc.constantFrom('A', 'A', 'B'),
  side: fc.constantFrom('long' as const, 'long' as const, 'short' as const),
};
const amount = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('1', '2.5', '0.000000000000000001', '100') },
  { weight: 1, arbitrary: fc.constantFrom('0', '-1', 'x') },
);
/** Levels that no price here reaches, and such as are none. */
const exits = fc.record(
  {
    stopLoss: fc.constantFrom({ price: '0.001' }, { percent: '99' }, { percent: '100' }),
    targets: fc.constantFrom([{ percent: '5' }, { price: '1000', size: { share: '0.5' } }], []),
    trailing: fc.constantFrom({ percent: '99' }, { percent: '100' }),
    timeExit: fc.constant({ afterMs: 5 }),
  },
  { requiredKeys: [] },
);
const name = fc.integer({ min: 1, max: 9 }).map((n) => `o${n}`);
const step: fc.Arbitrary<PlainAdoptionStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('adopt' as const),
      ...named,
      quantity: amount,
      entryPrice: amount,
      exits,
      // Far off, so that no tick here counts for its exits.
      at: fc.constantFrom(1_000_000, 2_000_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      ...named,
      name,
      quantity: fc.constantFrom('1', '0.5'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reach' as const), symbol: named.symbol }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), position: named.position }) },
);

function run(simulation: AccountSimulation, asked: PlainAdoptionStep): string {
  const { account, context } = simulation;
  const commits = simulation.commits.length;
  switch (asked.do) {
    case 'adopt': {
      const { position: id, symbol, side, quantity, entryPrice, exits: spec, at } = asked;
      const terms = { id, symbol, side, quantity, entryPrice, contract, priceSource: 'trade' as const };
      const adoption = { ...terms, exits: spec, openedAt: at, armedFrom: { at }, broker: 'shadow' };
      const decided = adoptPosition(account, adoption);
      if (simulation.take(decided)) return 'adopted';
      if (decided.ok) return 'nothing';
      const { reason } = decided.refusal;
      if (reason === 'OUT_OF_RANGE') return 'exits refused';
      if (!('field' in decided.refusal)) return reason;
      const { field } = decided.refusal;
      const isOfTerms = reason === 'OTHER_POSITION' || field === 'quantity' || field === 'entryPrice';
      return isOfTerms ? `${reason} ${field}` : 'exits refused';
    }
    case 'order': {
      const { position: positionId, symbol, side, name: order, quantity } = asked;
      const limitPrice = side === 'long' ? '50' : '150';
      const how = { kind: 'limit', limitPrice } as const;
      const entry = {
        positionId,
        symbol,
        side,
        quantity,
        how,
        timeInForce: 'gtc',
        priceSource: 'trade',
      } as const;
      const decided = openPosition(account, order, entry, {
        ...context,
        instrument: plainInstrument(symbol),
      });
      if (simulation.take(decided)) return 'placed';
      if (decided.ok) return 'nothing';
      const { refusal } = decided;
      return refusal.reason === 'OTHER_POSITION' ? `${refusal.reason} ${refusal.field}` : refusal.reason;
    }
    case 'cancel': {
      const decided = cancelOrder(account, { orderId: `u.main.${asked.name}`, by });
      return simulation.take(decided) ? 'cancelled' : 'NOT_WORKING';
    }
    case 'reach': {
      for (const price of ['50', '150', '100']) simulation.trade(asked.symbol, price);
      const events = simulation.commits.slice(commits).flat();
      return `${events.filter(({ type }) => type === 'OrderFilled').length} filled`;
    }
    case 'close': {
      const request = { positionId: asked.position, size: 'all', reason: 'manual', by } as const;
      return simulation.take(requestClose(account, request, context)) ? 'closed' : 'NO_OPEN_POSITION';
    }
  }
}

describe('a position that is taken over', () => {
  it('is as it was, with the exits asked for, or is refused, whatever waits and was before', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 24, size: 'max' }), (steps) => {
        const simulation = new AccountSimulation(nearlyFull);
        for (const symbol of ['A', 'B']) simulation.trade(symbol, '100');
        const said = steps.map((each) => run(simulation, each));
        const expected = plainAdoptions(steps, room);
        expect(said).toEqual(expected.said);
        for (const [id, { symbol, side, quantity, exits: levels, isOpen }] of expected.positions) {
          const held = simulation.account.positions.get(id);
          expect(held).toMatchObject({ symbol, side, enteredQuantity: String(quantity) });
          expect(held?.status !== 'closed').toBe(isOpen);
          expect(simulation.account.openPositionIds.has(id)).toBe(isOpen);
          if (levels !== undefined) expect(held?.exits).toEqual(levels);
        }
        for (const line of said) words.add(line.replace(/^[1-9]/, 'n'));
      }),
      { numRuns: 300 },
    );
    expect([...words].toSorted()).toEqual([
      '0 filled',
      'NOT_POSITIVE entryPrice',
      'NOT_POSITIVE quantity',
      'NOT_WORKING',
      'NO_OPEN_POSITION',
      'ORDER_EXISTS',
      'OTHER_POSITION side',
      'OTHER_POSITION symbol',
      'POSITION_CLOSED',
      'POSITION_EXISTS',
      'TOO_MANY_OPEN_POSITIONS',
      'adopted',
      'cancelled',
      'closed',
      'exits refused',
      'n filled',
      'placed',
    ]);
  });

  it('moves no cash and is held to no limit', () => {
    const settings = { currency: 'USD', limits: { maxOpenPositions: 1 }, fills: { kind: 'exact' } } as const;
    const halted = given(
      { type: 'AccountConfigured', settings, ...by },
      adopted(positionWith({}, { id: 'first' })),
      { type: 'TradingHalted', ...by },
    );
    const { exits: _exits, ...terms } = positionWith({});
    const decided = adoptPosition(halted, { ...terms, exits: {}, armedFrom: { at: 0 } });
    expect(decided).toMatchObject({ ok: true, value: [{ type: 'PositionAdopted' }] });
    expect(decided.ok && decided.value).toHaveLength(1);
    expect(decimal(halted.cash['USD'] ?? '0').units).toBe(0n);
  });
});
