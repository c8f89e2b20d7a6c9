import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bookEvents, totals } from '../ledger/entry.ts';
import { isWorking } from '../order/order.ts';
import { openPosition } from '../order/place-order.ts';
import { availableQuantity } from '../position/position.ts';
import { requestClose } from '../position/request-close.ts';
import { plainLife, type PlainTrade } from '../position/position-life.oracle.ts';
import {
  absolute,
  add,
  compare,
  decimal,
  isPositive,
  multiply,
  negate,
  subtract,
  sum,
  zero,
} from '../units.ts';
import { by, given } from './account.builder.ts';
import { type Account, evolve } from './account.ts';
import { evolveAll } from './account-fold.ts';
import { instrumentOf, life, live, symbols } from './account-life.arbitrary.ts';
import { flattenAccount } from './flatten-account.ts';
import { resetShadow } from './manage-account.ts';
import { haltTrading } from './switch-trading.ts';

const runs = { numRuns: 150 };

/** Every text in an event that is an amount has at most forty digits on either side of the point. */
function amountsIn(value: unknown): string[] {
  if (typeof value === 'string') return /^-?\d+(\.\d+)?$/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(amountsIn) : [];
}

const storable = /^-?\d{1,40}(\.\d{1,40})?$/;
const never = { actor: '', reason: '' };

/** What is listed as active is what is, and what is over lists nothing. */
function checkLists({
  positions,
  triggers,
  activeTriggerIds,
  signals,
  activeSignalIds,
  orders,
  workingOrderIds,
}: Account): void {
  for (const { id, status } of triggers.values()) expect(activeTriggerIds.has(id)).toBe(status === 'active');
  for (const { id, status } of signals.values()) expect(activeSignalIds.has(id)).toBe(status === 'active');
  for (const order of orders.values()) expect(workingOrderIds.has(order.id)).toBe(isWorking(order));
  for (const id of workingOrderIds)
    expect(positions.get(orders.get(id)?.positionId ?? '')?.status).not.toBe('closed');
  for (const { status, outcome } of signals.values()) {
    if (status === 'actedOn') expect(outcome).toBeDefined();
    if (outcome?.kind === 'opened') expect(orders.has(outcome.orderId)).toBe(true);
    if (outcome?.kind === 'armed') expect(triggers.has(outcome.triggerId)).toBe(true);
  }
}

function checkPositions({ positions, openPositionIds }: Account): void {
  for (const position of positions.values()) {
    expect(openPositionIds.has(position.id)).toBe(position.status !== 'closed');
    if (position.status === 'closed') continue;
    expect(isPositive(decimal(position.quantity))).toBe(true);
    expect(isPositive(decimal(position.entryPrice))).toBe(true);
    expect(availableQuantity(position).units >= 0n).toBe(true);
    const ids = position.exits.targets.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
}

describe('the life of an account, whatever is asked of it and whatever trades', () => {
  it('never makes a position negative or turns it, and lists what is open', () => {
    const types = new Set<string>();
    fc.assert(
      fc.property(life, ([model, steps]) => {
        const { commits, account } = live(model, steps);
        const sides = new Map([...account.positions.values()].map(({ id, side: of }) => [id, of]));
        let replayed = given();
        for (const event of commits.flat()) {
          types.add(event.type);
          replayed = evolve(replayed, event);
          if (event.type === 'PositionReduced' || event.type === 'PositionClosed') {
            expect(event.side).toBe(sides.get(event.positionId));
            expect(isPositive(decimal(event.quantity))).toBe(true);
          }
        }
        checkPositions(account);
        checkLists(account);
        for (const order of account.orders.values())
          expect(compare(decimal(order.filled), decimal(order.quantity))).toBeLessThanOrEqual(0);
      }),
      runs,
    );
    for (const type of [
      'PositionIncreased',
      'PositionReduced',
      'TargetTriggered',
      'TriggerActionRefused',
      'FundingSettled',
      'OrderExpired',
      'OrderTriggered',
      'StopMovedToBreakEven',
      'TrailingStopActivated',
      'TriggerExpired',
      'SignalActedOn',
      'SignalExpired',
      'SignalClosed',
    ])
      expect(types).toContain(type);
  });

  it('holds the cash that its balanced ledger holds, and no inventory without a position', () => {
    fc.assert(
      fc.property(life, ([model, steps]) => {
        const { commits, account } = live(model, steps);
        const postings = commits.flatMap((events) =>
          bookEvents(events).flatMap(({ entry: { postings: of } }) => of),
        );
        for (const total of totals(postings).values()) expect(total.units).toBe(0n);
        const booked = totals(postings.filter(({ ledgerAccount }) => ledgerAccount === 'cash'));
        for (const [currency, cash] of Object.entries(account.cash))
          expect(compare(decimal(cash), booked.get(currency) ?? zero)).toBe(0);
        const count = commits.flat().filter(({ type }) => type === 'OrderFilled').length;
        const tolerance = multiply({ units: BigInt(count), scale: 0 }, { units: 1n, scale: 18 });
        for (const of of symbols) {
          if (
            [...account.positions.values()].some(
              ({ symbol: held, status }) => held === of && status !== 'closed',
            )
          )
            continue;
          const inventory = sum(
            postings
              .filter(({ ledgerAccount }) => ledgerAccount === `inventory:${of}`)
              .map(({ amount }) => decimal(amount)),
          );
          expect(compare(absolute(inventory), of === 'LIN' ? zero : tolerance)).toBeLessThanOrEqual(0);
        }
      }),
      runs,
    );
  });

  it('fills what it holds: entered less closed is open, and the gain is what the fills were worth', () => {
    fc.assert(
      fc.property(life, ([model, steps]) => {
        const { commits, account } = live(model, steps);
        const events = commits.flat();
        for (const position of account.positions.values()) {
          const mine = events.filter((event) => 'positionId' in event && event.positionId === position.id);
          const opening = events.findIndex(
            (event) => event.type === 'PositionOpened' && event.position.id === position.id,
          );
          expect(opening).toBeGreaterThan(-1);
          const entering = position.side === 'long' ? 'buy' : 'sell';
          let entered = zero;
          let closed = zero;
          let worth = zero;
          for (const event of mine) {
            if (event.type === 'PositionIncreased') worth = subtract(worth, decimal(event.rounding));
            if (event.type !== 'OrderFilled') continue;
            worth = add(worth, decimal(event.proceeds));
            if (event.side === entering) entered = add(entered, decimal(event.quantity));
            else closed = add(closed, decimal(event.quantity));
          }
          expect(compare(entered, decimal(position.enteredQuantity))).toBe(0);
          const open = position.status === 'closed' ? zero : decimal(position.quantity);
          expect(compare(subtract(entered, closed), open)).toBe(0);
          if (position.status !== 'closed') continue;
          const apart = absolute(add(worth, negate(decimal(position.realizedPnl))));
          const tolerance = { units: position.symbol === 'LIN' ? 0n : BigInt(mine.length), scale: 18 };
          expect(compare(apart, tolerance)).toBeLessThanOrEqual(0);
        }
      }),
      runs,
    );
  });

  it('is what its fills and its funding make of it, sum by sum', () => {
    fc.assert(
      fc.property(life, ([model, steps]) => {
        const { commits, account } = live(model, steps);
        const events = commits.flat();
        for (const position of account.positions.values()) {
          const { id, side, contract, quantity, status } = position;
          const exits: object[] = [];
          const trades = events.flatMap((event): PlainTrade[] => {
            if (!('positionId' in event) || event.positionId !== id) return [];
            if (event.type === 'FundingSettled') return [{ does: 'fund', amount: event.amount }];
            if (event.type === 'PositionReduced' || event.type === 'PositionClosed') {
              const { realizedPnl, entryPrice } = event;
              exits.push({ realizedPnl, entryPrice, left: 'remaining' in event ? event.remaining : '0' });
            }
            if (event.type !== 'OrderFilled') return [];
            return [{ ...event, does: (event.side === 'buy') === (side === 'long') ? 'enter' : 'exit' }];
          });
          const { exits: left, quantity: open, ...sums } = plainLife(contract, side, trades);
          expect(exits).toEqual(left);
          expect(position).toMatchObject(sums);
          expect(Object.keys(position.fees)).toHaveLength(Object.keys(sums.fees).length);
          expect(status === 'closed' ? '0' : quantity).toBe(open);
          const closed = events.findLast(
            (event) => event.type === 'PositionClosed' && event.positionId === id,
          );
          if (closed?.type === 'PositionClosed')
            expect(closed.totals).toEqual({
              quantity: sums.enteredQuantity,
              realizedPnl: sums.realizedPnl,
              fees: sums.fees,
              funding: sums.funding,
            });
        }
      }),
      runs,
    );
  });

  it('executes one protective exit of a position at a tick, and never more than is open', () => {
    fc.assert(
      fc.property(life, ([model, steps]) => {
        const protective = live(model, steps)
          .commits.flat()
          .flatMap((event) =>
            event.type === 'StopTriggered' ||
            event.type === 'TrailingStopTriggered' ||
            event.type === 'TimeExitTriggered'
              ? [`${event.positionId} at ${event.tick.ordinal}`]
              : [],
          );
        expect(new Set(protective).size).toBe(protective.length);
      }),
      runs,
    );
  });

  it('is flat and halted at the end of a flatten, however little fits into a step, and enters nothing on the way', () => {
    let steps = 0;
    fc.assert(
      fc.property(life, fc.integer({ min: 1, max: 6 }), ([model, acts], most) => {
        const simulation = live(model, acts);
        const halt = haltTrading(simulation.account, { ...by, flatten: true }, simulation.context);
        simulation.take(halt);
        const from = simulation.commits.length;
        for (let left = 60; left > 0 && simulation.account.trading !== 'halted'; left -= 1) {
          const { events } = flattenAccount(simulation.account, { ...simulation.context, most });
          simulation.take({ ok: true, value: events });
          for (const symbol of symbols) simulation.trade(symbol, '100', '50');
          steps += 1;
        }
        const { trading, openPositionIds, workingOrderIds } = simulation.account;
        expect([trading, openPositionIds, workingOrderIds]).toEqual(['halted', new Set(), new Set()]);
        const types = simulation.commits
          .slice(from)
          .flat()
          .map(({ type }) => type);
        expect(types).not.toContain('PositionOpened');
        expect(types).not.toContain('PositionIncreased');
      }),
      runs,
    );
    expect(steps).toBeGreaterThan(20);
  });

  it('starts again with nothing open and the cash that was asked for, whatever was under way', () => {
    const interrupted = { exits: 0, orders: 0, triggers: 0 };
    fc.assert(
      fc.property(life, ([model, steps]) => {
        const simulation = live(model, steps);
        simulation.trade('INV', '100', '100');
        const entry = { positionId: 'z', symbol: 'INV', side: 'long', quantity: '7' } as const;
        const how = { how: { kind: 'market' }, timeInForce: 'gtc', priceSource: 'trade' } as const;
        const instrument = instrumentOf('INV');
        simulation.take(
          openPosition(simulation.account, 'z', { ...entry, ...how }, { ...simulation.context, instrument }),
        );
        // So little trades that what is asked for fills in part.
        for (const symbol of symbols) simulation.trade(symbol, '100', '1');
        for (const positionId of simulation.account.openPositionIds) {
          const asked = { positionId, size: { share: '0.7' }, reason: 'manual', by } as const;
          simulation.take(requestClose(simulation.account, asked, simulation.context));
        }
        const { account, context } = simulation;
        const reset = resetShadow(account, { cash: { USD: '1000.50' }, ...by }, context);
        if (!reset.ok) throw new Error(JSON.stringify(reset.refusal));
        const after = evolveAll(account, reset.value);
        expect([after.openPositionIds, after.workingOrderIds, after.activeTriggerIds]).toEqual([
          new Set(),
          new Set(),
          new Set(),
        ]);
        expect(after.cash).toEqual({ USD: '1000.5' });
        const held = [...account.positions.values()].filter(({ status }) => status !== 'closed');
        interrupted.exits += held.filter(({ exiting }) => exiting.length > 0).length;
        interrupted.orders += account.workingOrderIds.size;
        interrupted.triggers += account.activeTriggerIds.size;
      }),
      runs,
    );
    for (const count of Object.values(interrupted)) expect(count).toBeGreaterThan(10);
  });

  it('makes events that can be stored, and the same account again from any part of them', () => {
    fc.assert(
      fc.property(life, fc.nat(), ([model, steps], cut) => {
        const { commits, account } = live(model, steps);
        const events = commits.flat();
        expect(events.flatMap(amountsIn).filter((amount) => !storable.test(amount))).toEqual([]);
        const settings = { currency: 'USD', limits: {}, fills: model };
        const start = given({ type: 'AccountConfigured', settings, ...never });
        expect(events.reduce(evolve, start)).toEqual(account);
        // An image that was loaded later has not seen the rest: it must take every event all the same.
        expect(() => events.slice(cut % (events.length + 1)).reduce(evolve, given())).not.toThrow();
      }),
      runs,
    );
  });
});
