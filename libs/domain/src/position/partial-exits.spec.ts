import { describe, expect, it } from '@jest/globals';
import { adopted, by, given, halfOfTrades, positionWith, tickAt } from '../account/account.builder.ts';
import { evolve } from '../account/account.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import type { AccountEvent } from '../account/events.ts';
import { plainInstrument } from '../market/instrument.ts';
import { amendExits } from './amend-exits.ts';
import { executeExit } from './execute-exit.ts';
import { linesOfPosition } from './lines-of-position.ts';
import { maxExiting } from './position.ts';
import { requestClose } from './request-close.ts';

function simulationOf(...[exits, terms]: Parameters<typeof positionWith>): AccountSimulation {
  const position = positionWith(exits, { lotSize: '1', ...terms });
  return new AccountSimulation(given(halfOfTrades, adopted(position)), () => plainInstrument('BAC'));
}

const typesOf = (events: readonly AccountEvent[] | undefined) => events?.map(({ type }) => type);

describe('an exit that is larger than what trades', () => {
  it('fills what the tick allows, and the rest at the next ticks whatever their price', () => {
    const simulation = simulationOf({ stopLoss: { price: '13' }, targets: [{ price: '15' }] });
    simulation.trade('BAC', '12.9', '4');
    expect(typesOf(simulation.commits[0])).toEqual(['StopTriggered', 'OrderFilled', 'PositionReduced']);
    expect(simulation.account.positions.get('p1')).toMatchObject({
      status: 'closing',
      quantity: '3',
      exiting: [{ order: { clientOrderId: 'u.main.p1.exit', quantity: '3' }, reason: 'stopLoss' }],
    });
    simulation.trade('BAC', '16', '5');
    simulation.trade('BAC', '12', '100');
    expect(simulation.commits.slice(1)).toMatchObject([
      [
        { type: 'OrderFilled', quantity: '2', price: '16' },
        { type: 'PositionReduced', reason: 'stopLoss' },
      ],
      [
        { type: 'OrderFilled', quantity: '1', price: '12' },
        { type: 'PositionClosed', reason: 'stopLoss' },
      ],
    ]);
    expect(simulation.account.positions.get('p1')).toMatchObject({ status: 'closed', exiting: [] });
  });

  it('leaves nothing behind of a ladder whose shares are all of it, however they are rounded to lots', () => {
    const targets = ['0.25', '0.25', '0.5'].map((share, i) => ({ price: `${15 + i}`, size: { share } }));
    const simulation = simulationOf({ stopLoss: { price: '13' }, targets }, { quantity: '7' });
    for (const price of ['15', '16', '17']) simulation.trade('BAC', price);
    const closed = simulation.commits.flat().filter((event) => event.type === 'OrderFilled');
    expect(closed.map(({ quantity }) => quantity)).toEqual(['1', '1', '5']);
    expect(simulation.account.positions.get('p1')).toMatchObject({ status: 'closed' });
  });

  it('watches nothing but the rest while all of it is being closed', () => {
    const simulation = simulationOf({ stopLoss: { price: '13' }, targets: [{ price: '15' }] });
    simulation.trade('BAC', '12.9', '4');
    const position = simulation.account.positions.get('p1');
    expect(position && linesOfPosition(position).map(({ id }) => id)).toEqual(['rest-exit']);
  });

  it('names the line of the rest alike in every position: a book keeps the names of lines for ever', () => {
    const names = ['p1', 'p.2'].flatMap((id) => {
      const simulation = simulationOf(
        { targets: [{ price: '15', size: { quantity: '2' } }, { price: '16' }] },
        { id },
      );
      simulation.trade('BAC', '15', '2');
      simulation.trade('BAC', '16', '2');
      const position = simulation.account.positions.get(id);
      const rests = (position === undefined ? [] : linesOfPosition(position)).map((line) => line.id);
      return [rests.filter((name) => name.startsWith('rest')).join(' ')];
    });
    expect(names[0]).toContain('rest-exit-2');
    expect(names).toEqual([names[0], names[0]]);
  });

  it('knows the rest by the name that it had in snapshots of before', () => {
    const simulation = simulationOf({ stopLoss: { price: '13' } });
    simulation.trade('BAC', '12.9', '4');
    const before = { positionId: 'p1', lineId: 'rest-u.main.p1.exit', level: '0', late: false, lagMs: 0 };
    const tick = tickAt('12', { epoch: 'f' });
    expect(executeExit(simulation.account, { ...before, tick })).toMatchObject({ ok: true });
  });

  it('takes one lot at least, and all of it where a tick names no size', () => {
    const simulation = simulationOf({ stopLoss: { price: '13' } });
    simulation.trade('BAC', '12.9', '1');
    expect(simulation.account.positions.get('p1')).toMatchObject({ quantity: '4' });
    const { account } = simulation;
    const fired = { positionId: 'p1', lineId: 'rest-exit', level: '0', late: false, lagMs: 0 };
    const sized = tickAt('12', { epoch: 'f' });
    expect(executeExit(account, { ...fired, tick: sized })).toMatchObject({
      value: [{ type: 'OrderFilled', quantity: '4' }, { type: 'PositionClosed' }],
    });
  });

  it('waits while trading is halted, and counts from the tick after its last fill', () => {
    const simulation = simulationOf({ stopLoss: { price: '13' } });
    simulation.trade('BAC', '12.9', '4');
    const { account } = simulation;
    const fired = { positionId: 'p1', lineId: 'rest-exit', level: '0', late: false, lagMs: 0 };
    const halted = evolve(account, { type: 'TradingHalted', ...by });
    expect(executeExit(halted, { ...fired, tick: tickAt('12', { epoch: 'f' }) })).toMatchObject({
      refusal: { reason: 'TRADING_HALTED' },
    });
    expect(executeExit(account, { ...fired, tick: tickAt('12', { ordinal: 0 }) })).toMatchObject({
      refusal: { reason: 'BEFORE_ARMED' },
    });
  });

  it('counts a rung once, shifts the stop at its first fill, and leaves the rest protected', () => {
    const simulation = simulationOf({
      stopLoss: { price: '13' },
      targets: [{ price: '14', size: { quantity: '3' } }, { price: '20' }],
      breakEven: { after: { targets: 1 } },
    });
    simulation.trade('BAC', '14', '2');
    expect(typesOf(simulation.commits[0])).toEqual([
      'TargetTriggered',
      'OrderFilled',
      'PositionReduced',
      'StopMovedToBreakEven',
    ]);
    simulation.trade('BAC', '14', '2');
    expect(typesOf(simulation.commits[1])).toEqual(['OrderFilled', 'PositionReduced']);
    expect(simulation.account.positions.get('p1')).toMatchObject({
      status: 'open',
      quantity: '3',
      targetsHit: 1,
      exits: { stopLoss: { price: '13.83' }, targets: [{ id: '2' }] },
    });
    simulation.trade('BAC', '13.5', '2');
    expect(simulation.account.positions.get('p1')).toMatchObject({ status: 'closing', quantity: '1' });
  });

  it('is one order of several: as many as a person may ask for, never more than there is', () => {
    const simulation = simulationOf({}, { quantity: '100' });
    simulation.trade('BAC', '14', '1');
    const close = (quantity: string) => {
      const size = { quantity };
      return requestClose(
        simulation.account,
        { positionId: 'p1', size, reason: 'manual', by },
        simulation.context,
      );
    };
    expect(close('101')).toMatchObject({ refusal: { reason: 'MORE_THAN_AVAILABLE', available: '100' } });
    for (let i = 0; i < maxExiting / 2; i += 1) expect(simulation.take(close('2'))).toBe(true);
    expect(close('2')).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_EXITS', limit: 32, count: 32, by: 1, positionId: 'p1' },
    });
    expect(simulation.account.positions.get('p1')).toMatchObject({ status: 'open', quantity: '68' });
  });
});

const ladder = (from: number) => ({
  stopLoss: { price: '13' },
  targets: Array.from({ length: 20 }, (_, i) => ({ price: `${from + i}`, size: { quantity: '9' } })),
});

describe('ladder after ladder, while little trades', () => {
  it('has no more closing orders out than its document lists, and room for what protects', () => {
    const simulation = simulationOf(ladder(20), { quantity: '1000' });
    for (let round = 2; round < 8; round += 1) {
      simulation.trade('BAC', '999', '2');
      const asked = { positionId: 'p1', exits: ladder(20 * round), by };
      simulation.take(amendExits(simulation.account, asked, simulation.context));
    }
    simulation.trade('BAC', '999', '2');
    const before = simulation.account.positions.get('p1');
    expect(before?.exiting.length).toBeGreaterThan(maxExiting / 2);
    expect(before?.exiting.length).toBeLessThan(maxExiting);
    simulation.trade('BAC', '12.9', '2');
    const after = simulation.account.positions.get('p1');
    expect(after).toMatchObject({ status: 'closing' });
    expect(after?.exiting.length).toBeLessThanOrEqual(maxExiting);
  });
});

describe('a position that grows while it is being closed', () => {
  it('is open again for what no order closes', () => {
    const simulation = simulationOf({ stopLoss: { price: '13' } });
    simulation.trade('BAC', '12.9', '4');
    const grown = evolve(simulation.account, {
      type: 'PositionIncreased',
      orderId: 'o',
      positionId: 'p1',
      symbol: 'BAC',
      quantity: '2',
      price: '12.9',
      newQuantity: '5',
      entryPrice: '13.458',
      rounding: '0',
    });
    expect(grown.positions.get('p1')).toMatchObject({ status: 'open', quantity: '5' });
  });
});
