import { describe, expect, it } from '@jest/globals';
import { adopted, by, given, positionWith, tickAt } from '../account/account.builder.ts';
import type { Account } from '../account/account.ts';
import { plainInstrument } from '../market/instrument.ts';
import { amendExits } from '../position/amend-exits.ts';
import { executeExit } from '../position/execute-exit.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import { requestClose } from '../position/request-close.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { atAlpaca, fill, fired, now, recorded, accountAfter } from './at-broker.builder.ts';
import { openPosition } from './place-order.ts';
import { recordRejection } from './record-at-broker.ts';

const market = () => ({ trade: tickAt('13.83') });
const entry: EntrySpec = {
  positionId: 'p1',
  symbol: 'BAC',
  side: 'long',
  quantity: '10',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
};
const placing = { now, armedFrom: { at: now }, market, instrument: plainInstrument('BAC') };

function askedFor(account: Account): Account {
  const asked = { positionId: 'p1', size: { quantity: '2' }, reason: 'manual', by } as const;
  return accountAfter(account, requestClose(account, asked, { market, now }));
}

function filled(account: Account, id: string, quantity: string): Account {
  return recorded(account, id, { status: 'filled', fills: [fill(`of-${id}`, quantity, '12.9')] });
}

function rejected(account: Account, id: string, at = now): Account {
  return accountAfter(account, recordRejection(account, id, 'no', { now: at }));
}

describe('a stop at a real broker that has fired beside another order', () => {
  const exits: ExitsSpec = {
    stopLoss: { price: '13' },
    targets: [{ price: '15', size: { quantity: '2' } }],
    trailing: { distance: '9' },
  };
  const open = given(atAlpaca, adopted(positionWith(exits, { broker: 'alpaca' })));
  const [first, second] = ['u.main.p1.exit', 'u.main.p1.exit-2'];
  it.each<[string, (account: Account) => Account]>([
    ['somebody asked for', askedFor],
    ['a target ordered', (account) => fired(account, 'target-1', '15')],
  ])(
    'fires again for what is left where what %s comes to nothing, before it has filled or after',
    (_what, order) => {
      const stopped = fired(order(open), 'stop', '12.9');
      for (const account of [
        rejected(filled(stopped, second, '3'), first),
        filled(rejected(stopped, first), second, '3'),
      ]) {
        const left = account.positions.get('p1');
        expect(left).toMatchObject({
          status: 'open',
          quantity: '2',
          exits: { stopLoss: { armedFrom: { at: 10_250 } }, trailing: { armedFrom: { at: 1_000 } } },
        });
        const later = tickAt('12.8', { exchangeAt: 20_000, ordinal: 40 });
        const stop = { positionId: 'p1', lineId: 'stop', level: '13', tick: later, late: false, lagMs: 0 };
        expect(executeExit(account, stop)).toMatchObject({
          value: [{ type: 'StopTriggered', order: { quantity: '2' } }],
        });
      }
    },
  );

  it('fires again for what comes in once it has filled', () => {
    const adding = accountAfter(open, openPosition(open, 'add', entry, placing));
    const stopped = filled(fired(askedFor(adding), 'stop', '12.9'), second, '3');
    const grown = recorded(stopped, 'u.main.add', { fills: [fill('f9', '10', '12.9')] });
    expect(grown.positions.get('p1')).toMatchObject({
      quantity: '12',
      exits: { stopLoss: { armedFrom: { at: 20_000 } } },
    });
  });

  const trailed = given(
    atAlpaca,
    adopted(positionWith({ trailing: { distance: '9' } }, { broker: 'alpaca' })),
  );
  const closer: ExitsSpec = { trailing: { distance: '2' } };
  it.each<[string, (account: Account) => Account]>([
    ['still works', (account) => account],
    ['has filled', (account) => filled(account, second, '3')],
  ])(
    'leaves the trailing stop of an order that comes in where it begins, while its own order %s',
    (_when, then) => {
      const adding = accountAfter(
        trailed,
        openPosition(trailed, 'add', { ...entry, exits: closer }, placing),
      );
      const stopped = then(fired(askedFor(adding), 'trail', '4', '4.83'));
      const grown = recorded(stopped, 'u.main.add', { fills: [fill('f9', '10', '13.83')] });
      expect(grown.positions.get('p1')?.exits.trailing).toMatchObject({
        start: '13.83',
        armedFrom: { at: 20_000 },
      });
    },
  );

  it('leaves a trailing stop that was amended since where it begins', () => {
    const stopped = fired(trailed, 'trail', '4', '4.83');
    const asked = { positionId: 'p1', exits: closer, by };
    const amended = accountAfter(stopped, amendExits(stopped, asked, { armedFrom: { at: 15_000 } }));
    const begun = amended.positions.get('p1')?.exits.trailing?.start;
    expect(rejected(amended, first).positions.get('p1')?.exits.trailing).toMatchObject({
      start: begun,
      armedFrom: { at: 10_250 },
    });
  });

  it('is armed again once: another failure leaves it where it counts', () => {
    const two = askedFor(fired(open, 'target-1', '15'));
    const stopped = filled(fired(two, 'stop', '12.9'), 'u.main.p1.exit-3', '1');
    const once = rejected(stopped, first);
    expect(once.positions.get('p1')?.exits.stopLoss?.armedFrom).toEqual({ at: 10_250 });
    const twice = rejected(once, second, 90_000);
    expect(twice.positions.get('p1')?.exits.stopLoss?.armedFrom).toEqual({ at: 10_250 });
  });

  it('is another one where it was amended since, and counts from there', () => {
    const stopped = filled(fired(askedFor(open), 'stop', '12.9'), second, '3');
    const spec = { ...exits, stopLoss: { price: '12' } };
    const amended = accountAfter(
      stopped,
      amendExits(stopped, { positionId: 'p1', exits: spec, by }, { armedFrom: { at: 15_000 } }),
    );
    expect(rejected(amended, first).positions.get('p1')?.exits.stopLoss?.armedFrom).toEqual({ at: 15_000 });
    const target = { ...exits, targets: [{ price: '16' }] };
    const others = accountAfter(
      stopped,
      amendExits(stopped, { positionId: 'p1', exits: target, by }, { armedFrom: { at: 15_000 } }),
    );
    expect(rejected(others, first).positions.get('p1')?.exits.stopLoss?.armedFrom).toEqual({ at: 10_250 });
  });

  it('protects what an order that named no exits fills after it has closed all', () => {
    const adding = accountAfter(open, openPosition(open, 'add', entry, placing));
    const closed = filled(fired(adding, 'stop', '12.9'), first, '5');
    expect(closed.positions.get('p1')?.status).toBe('closed');
    const late = recorded(closed, 'u.main.add', { fills: [fill('f9', '3', '12.9')] });
    expect(late.positions.get('p1')).toMatchObject({
      status: 'open',
      quantity: '3',
      exits: { stopLoss: { price: '13', armedFrom: { at: 20_000 } } },
    });
  });
});
