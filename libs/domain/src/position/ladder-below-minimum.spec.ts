import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, marketOf, positionWith, tickAt } from '../account/account.builder.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import { plainNotional } from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';
import type { Instrument } from '../market/instrument.ts';
import { openPosition, reducePosition } from '../order/place-order.ts';
import { fireTrigger } from '../trigger/fire-trigger.ts';
import { adoptPosition } from './adopt-position.ts';
import { amendExits } from './amend-exits.ts';
import type { ExitsSpec } from './exits-spec.ts';
import type { Side } from './position.ts';
import { type CloseSize, requestClose } from './request-close.ts';

const least = '50';
const linear: Instrument = {
  symbol: 'BAC',
  quoteCurrency: 'USD',
  contract: { kind: 'linear', multiplier: '1', currency: 'USD' },
  lotSize: '0.1',
};
const withLeast: Instrument = { ...linear, minNotional: least };
const inverse: Instrument = {
  ...linear,
  lotSize: '1',
  contract: { kind: 'inverse', multiplier: '2000', currency: 'BTC' },
};

const rung = fc.record(
  {
    away: fc.integer({ min: 1, max: 20 }),
    size: fc.oneof(
      fc.constantFrom('0.25', '0.4', '0.5', '0.6').map((share) => ({ share })),
      fc.constantFrom('0.3', '0.5', '0.6', '1').map((quantity) => ({ quantity })),
    ),
  },
  { requiredKeys: ['away'] },
);
const ladder = fc.uniqueArray(rung, { minLength: 1, maxLength: 4, selector: ({ away }) => away });

const distance = (price: string): number => Math.abs(Number(price) - 100);

/** Opens at 100, and trades at the price of each rung, the nearest first. */
function run(instrument: Instrument, side: Side, quantity: string, targets: ExitsSpec['targets'] = []) {
  const simulation = new AccountSimulation(given(), () => instrument);
  simulation.trade('BAC', '100');
  const entry = { positionId: 'p1', symbol: 'BAC', side, quantity, exits: { targets } } as const;
  const how = { how: { kind: 'market' }, timeInForce: 'gtc', priceSource: 'trade' } as const;
  const opened = openPosition(
    simulation.account,
    'o',
    { ...entry, ...how },
    { ...simulation.context, instrument },
  );
  simulation.take(opened);
  const prices = targets.map((target) => ('price' in target ? target.price : ''));
  for (const price of prices.toSorted((a, b) => distance(a) - distance(b))) simulation.trade('BAC', price);
  return { opened, simulation };
}

/** Whether a venue would refuse one of the orders that close a part, or one for what is left at the end. */
function isRefusedBy(instrument: Instrument, { simulation }: ReturnType<typeof run>, whole: string): boolean {
  const isSmall = (quantity: string, price: string): boolean =>
    Exact.of(quantity).against(whole) < 0 &&
    plainNotional(instrument.contract, Exact.of(quantity), Exact.of(price)).against(least) < 0;
  const { positions } = simulation.account;
  const held = positions.get('p1');
  return (
    simulation.commits
      .flat()
      .some(
        (event) =>
          event.type === 'OrderFilled' && event.of === 'exit' && isSmall(event.quantity, event.price),
      ) ||
    (held?.status === 'open' && isSmall(held.quantity, held.entryPrice))
  );
}

const ladderOf = (...shares: readonly string[]): ExitsSpec => ({
  targets: shares.map((share, i) => ({ price: `${110 + i}`, size: { share } })),
});

describe('a ladder of targets of an instrument with a least notional', () => {
  it('is taken just where a venue would take all that it closes, and what it leaves', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(
        ladder,
        fc.constantFrom('0.6', '1', '1.5', '2'),
        fc.constantFrom<Side>('long', 'short'),
        fc.constantFrom(linear, inverse),
        (rungs, size, side, of) => {
          const quantity = of === linear ? size : String(Exact.of(size).times('10'));
          const targets = rungs.map(({ away, size: asked }) => ({
            price: String(side === 'long' ? 100 + away : 100 - away),
            ...(asked === undefined
              ? {}
              : {
                  size:
                    'share' in asked || of === linear
                      ? asked
                      : { quantity: String(Exact.of(asked.quantity).times('10')) },
                }),
          }));
          const shares = targets.flatMap((each) =>
            'size' in each && 'share' in each.size ? [each.size.share] : [],
          );
          fc.pre(shares.reduce((sum, share) => sum.plus(Exact.of(share)), Exact.of(0)).against(1) <= 0);
          const unbound = run(of, side, quantity, targets);
          const { opened } = run({ ...of, minNotional: least }, side, quantity, targets);
          if (!opened.ok && opened.refusal.reason !== 'BELOW_MINIMUM_NOTIONAL')
            throw new Error(opened.refusal.reason);
          expect(opened.ok).toBe(!isRefusedBy(of, unbound, quantity));
          const field = !opened.ok && 'field' in opened.refusal ? opened.refusal.field : 'taken';
          outcomes.add(`${of.contract.kind} ${field.replace(/\d/, 'n')}`);
        },
      ),
      { numRuns: 1_500 },
    );
    for (const field of ['taken', 'targets.n', 'targets.rest']) {
      expect(outcomes).toContain(`linear ${field}`);
      expect(outcomes).toContain(`inverse ${field}`);
    }
  });

  const tooSmall = {
    reason: 'BELOW_MINIMUM_NOTIONAL',
    field: 'targets.1',
    notional: '22.2',
    minimum: '50',
    by: '27.8',
  };
  const held = positionWith(
    { stopLoss: { price: '90' } },
    { entryPrice: '100', quantity: '1', lotSize: '0.1' },
  );

  it('is refused with the rung, the least and by how much it falls short, of a position that is open or adopted, too', () => {
    const opened = run(withLeast, 'long', '1', ladderOf('0.6', '0.2').targets).opened;
    expect(opened).toEqual({ ok: false, refusal: tooSmall });
    const asked = { positionId: 'p1', exits: ladderOf('0.6', '0.2'), by };
    const amended = amendExits(given(adopted(held)), asked, { ...withLeast, armedFrom: { at: 0 } });
    expect(amended).toEqual({ ok: false, refusal: tooSmall });
    const adoption = { ...held, exits: ladderOf('0.6', '0.2'), armedFrom: { at: 0 }, minNotional: least };
    expect(adoptPosition(given(), adoption)).toEqual({ ok: false, refusal: tooSmall });
  });

  it('does not stand in the way of who moves a stop', () => {
    const targets = ladderOf('0.6', '0.2').targets ?? [];
    const before = positionWith({ targets }, { entryPrice: '100', quantity: '1', lotSize: '0.1' });
    const moved = { positionId: 'p1', exits: { targets, stopLoss: { price: '95' } }, by };
    expect(amendExits(given(adopted(before)), moved, { ...withLeast, armedFrom: { at: 0 } })).toMatchObject({
      value: [{ type: 'ExitsAmended' }],
    });
  });
});

describe('closing a part where there is a least notional', () => {
  const account = given(adopted(positionWith({}, { entryPrice: '100', quantity: '1', lotSize: '0.1' })));
  const close = (size: CloseSize, price = '100') => {
    const decided = requestClose(
      account,
      { positionId: 'p1', size, reason: 'manual', by },
      { market: marketOf({ BAC: price }), now: 2_000, minNotional: least },
    );
    return decided.ok ? 'closed' : decided.refusal;
  };
  const small = { reason: 'BELOW_MINIMUM_NOTIONAL', notional: '40', minimum: '50', by: '10' };

  it('is refused where the part, or what it leaves, would be refused by a venue', () => {
    expect(close({ share: '0.4' })).toEqual({ ...small, field: 'size.share' });
    expect(close({ quantity: '0.6' })).toEqual({ ...small, field: 'rest' });
    expect(close({ quantity: '0.5' })).toBe('closed');
  });

  it('is never in the way of closing all of it', () => {
    for (const size of ['all', { share: '1' }, { quantity: '1' }] as const)
      expect(close(size, '1')).toBe('closed');
  });

  it('is the same for an order of its own', () => {
    const how = { kind: 'limit', limitPrice: '99' } as const;
    const context = {
      now: 2_000,
      armedFrom: { at: 0 },
      market: marketOf({ BAC: '90' }),
      instrument: withLeast,
    };
    const reduce = (quantity: string) => {
      const spec = { positionId: 'p1', quantity, how, timeInForce: 'gtc' } as const;
      const decided = reducePosition(account, 'o', spec, context);
      return decided.ok ? 'placed' : decided.refusal;
    };
    expect(reduce('0.4')).toEqual({ ...small, field: 'quantity', notional: '39.6', by: '10.4' });
    expect(reduce('0.5')).toMatchObject({ field: 'quantity', notional: '49.5' });
    expect(reduce('1')).toBe('placed');
  });

  it('is told where a trigger wants it', () => {
    const trigger = {
      id: 't1',
      symbol: 'BAC',
      priceSource: 'trade',
      when: { kind: 'price', direction: 'below', price: '100' },
      action: { kind: 'close', positionId: 'p1', share: '0.4' },
      armedFrom: { at: 0 },
    } as const;
    const armed = given(adopted(positionWith({}, { entryPrice: '100', quantity: '1' })), {
      type: 'TriggerArmed',
      trigger,
    });
    const tick = tickAt('100');
    const fired = { triggerId: 't1', lineId: 'trigger', tick, late: false, lagMs: 0 };
    const around = { market: () => ({ trade: tick }), instrumentOf: () => withLeast, now: 2_000 };
    expect(fireTrigger(armed, fired, around)).toMatchObject({
      value: [{ type: 'TriggerFired' }, { type: 'TriggerActionRefused', reason: 'BELOW_MINIMUM_NOTIONAL' }],
    });
  });
});
