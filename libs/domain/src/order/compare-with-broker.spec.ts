import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, positionWith, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import { unknownMarket } from '../market/symbol-prices.ts';
import { adoptPosition } from '../position/adopt-position.ts';
import { requestClose } from '../position/request-close.ts';
import type { Result } from '../result.ts';
import { abandonExit } from './abandon-exit.ts';
import { type OrderAdoption, adoptOrder } from './adopt-order.ts';
import { type BrokerDifference, type PositionDifference, subjectOf } from './broker-difference.ts';
import type { BrokerFill, OrderAtBroker } from './broker.ts';
import { type BrokerView, compareWithBroker, confirmed, recordDifferences } from './compare-with-broker.ts';
import { openPosition } from './place-order.ts';
import { recordAtBroker } from './record-at-broker.ts';

const now = 10_000;
const market = () => ({ trade: tickAt('13.83') });
const configured = (broker: string): AccountEvent => ({
  type: 'AccountConfigured',
  settings: { ...defaultSettings, broker },
  ...by,
});
const trader = given(configured('alpaca'));
const placing = { now, armedFrom: { at: now }, market, instrument: plainInstrument('BAC') };
const nothing: BrokerView = { openOrders: [], positions: [], unknownOrderIds: new Set() };
const idOf = (id: string): string => `x-${id}`;
const holding = given(
  configured('alpaca'),
  adopted(positionWith({ stopLoss: { price: '13' } }, { broker: 'alpaca' })),
);

function then(account: Account, decided: Result<readonly AccountEvent[], { reason: string }>): Account {
  if (!decided.ok) throw new Error(decided.refusal.reason);
  return decided.value.reduce(evolve, account);
}

function compared(account: Account, view: Partial<BrokerView>): readonly BrokerDifference[] {
  return compareWithBroker(account, { ...nothing, ...view }, idOf);
}

/** An account that shows what differs from such a view. */
function showing(account: Account, view: Partial<BrokerView>): Account {
  return recordDifferences(account, compared(account, view)).reduce(evolve, account);
}

function fill(id: string, quantity: string): BrokerFill {
  return { id, quantity, price: '10', fee: '0', feeCurrency: 'USD', liquidity: 'taker', at: 20_000 };
}

const external: OrderAtBroker = {
  clientOrderId: 'by-hand',
  brokerOrderId: 'b-9',
  symbol: 'BAC',
  side: 'buy',
  quantity: '4',
  how: { kind: 'limit', limitPrice: '10' },
  status: 'working',
  fills: [],
};

function bySubject(all: readonly BrokerDifference[]): Record<string, BrokerDifference> {
  return Object.fromEntries(all.map((each) => [subjectOf(each), each]));
}

function theirsIs(theirs: string): PositionDifference {
  return { kind: 'position', symbol: 'BAC', ours: '0', theirs };
}

/** An account with an entry that rests at the broker, and how that shows it. */
function resting(): { readonly account: Account; readonly shown: OrderAtBroker } {
  const placed = then(
    trader,
    openPosition(
      trader,
      'o1',
      {
        positionId: 'p1',
        symbol: 'BAC',
        side: 'long',
        quantity: '4',
        how: { kind: 'limit', limitPrice: '10' },
        timeInForce: 'gtc',
        priceSource: 'trade',
      },
      placing,
    ),
  );
  const shown = { ...external, clientOrderId: 'x-u.main.o1', brokerOrderId: 'b-1' };
  return { account: then(placed, recordAtBroker(placed, 'u.main.o1', shown, { now })), shown };
}

/** An account whose closing order the broker had accepted. */
function closing(): Account {
  const asked = then(
    holding,
    requestClose(holding, { positionId: 'p1', size: 'all', reason: 'manual', by }, { market, now }),
  );
  const shown = {
    ...external,
    side: 'sell',
    quantity: '5',
    how: { kind: 'market' },
  } as const;
  return then(asked, recordAtBroker(asked, 'u.main.p1.exit', shown, { now }));
}

describe('an account and its broker', () => {
  it('do not differ where both hold the same', () => {
    expect(compared(trader, {})).toEqual([]);
    expect(compared(holding, { positions: [{ symbol: 'BAC', quantity: '5.0' }] })).toEqual([]);
    const { account, shown } = resting();
    expect(compared(account, { openOrders: [shown] })).toEqual([]);
  });

  it('differ by an order that somebody else placed', () => {
    const { account, shown } = resting();
    const mine = { ...external, fills: [fill('f1', '1'), fill('f2', '0.5')] };
    expect(compared(account, { openOrders: [shown, mine] })).toEqual([
      {
        kind: 'externalOrder',
        brokerOrderId: 'b-9',
        brokerClientId: 'by-hand',
        symbol: 'BAC',
        side: 'buy',
        how: { kind: 'limit', limitPrice: '10' },
        quantity: '4',
        filled: '1.5',
      },
    ]);
  });

  it('differ by an order that the broker had accepted and does not know', () => {
    const { account } = resting();
    expect(compared(account, { unknownOrderIds: new Set(['u.main.o1']) })).toEqual([
      { kind: 'orphan', orderId: 'u.main.o1', of: 'order', positionId: 'p1', symbol: 'BAC' },
    ]);
  });

  it.each([
    ['more than ours', '7', { side: 'long', quantity: '2', entryPrice: '12' }],
    ['less than ours', '3', undefined],
    ['nothing of ours', '0', undefined],
    ['the other side', '-2', undefined],
  ])('differ by a position where the broker holds %s', (_, theirs, offer) => {
    const positions = [{ symbol: 'BAC', quantity: theirs, entryPrice: '12' }];
    expect(compared(holding, { positions })).toEqual([
      { kind: 'position', symbol: 'BAC', ours: '5', theirs, ...(offer === undefined ? {} : { offer }) },
    ]);
  });

  it('do not count what the shadow broker holds', () => {
    const shadow = given(adopted(positionWith({})), configured('alpaca'));
    expect(compared(shadow, {})).toEqual([]);
  });

  it('are not compared in a symbol in which an order moves: what stood, stands', () => {
    const { account, shown } = resting();
    const positions = [{ symbol: 'BAC', quantity: '3' }];
    const standing = showing(account, { openOrders: [shown], positions });
    expect(standing.brokerDifferences).toHaveLength(1);
    const moving = { ...shown, fills: [fill('f1', '1')] };
    expect(compared(account, { openOrders: [moving], positions })).toEqual([]);
    expect(compared(standing, { openOrders: [moving], positions: [] })).toEqual(standing.brokerDifferences);
  });

  it('show a difference once it was found twice, and the one before until then', () => {
    const one = [theirsIs('1')];
    const two = [theirsIs('2')];
    expect(confirmed(one, [], [])).toEqual([]);
    expect(confirmed(one, one, [])).toEqual(one);
    expect(confirmed(two, one, one)).toEqual(one);
    expect(confirmed(two, two, one)).toEqual(two);
    expect(confirmed([], one, one)).toEqual([]);
  });

  it('are the same whichever order a store gives the fields back in', () => {
    const { account } = resting();
    const shown = showing(account, { openOrders: [external] });
    const reversed = shown.brokerDifferences.map((each) =>
      Object.fromEntries(Object.entries(each).toReversed()),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same fields
    const stored = { ...shown, brokerDifferences: reversed as unknown as readonly BrokerDifference[] };
    expect(recordDifferences(stored, shown.brokerDifferences)).toEqual([]);
  });

  it('show no more than fifty at once', () => {
    const found = Array.from({ length: 51 }, (_, i) => ({ ...theirsIs('1'), symbol: `S${i}` }));
    expect(recordDifferences(trader, found).reduce(evolve, trader).brokerDifferences).toHaveLength(50);
  });

  it('forget what differed when its orders go to the shadow broker', () => {
    const standing = showing(trader, { openOrders: [external] });
    const { broker: _none, ...shadow } = standing.settings;
    const event: AccountEvent = { type: 'AccountConfigured', settings: shadow, ...by };
    expect(evolve(standing, event).brokerDifferences).toEqual([]);
  });

  it('show exactly what was found last, in as few events as that takes', () => {
    const found = fc.uniqueArray(
      fc.record({
        kind: fc.constant('position' as const),
        symbol: fc.constantFrom('A', 'B', 'C', 'D'),
        ours: fc.constant('0'),
        theirs: fc.constantFrom('1', '2'),
      }),
      { selector: ({ symbol }) => symbol },
    );
    fc.assert(
      fc.property(found, found, (first, second) => {
        const shown = recordDifferences(trader, first).reduce(evolve, trader);
        const events = recordDifferences(shown, second);
        const after = events.reduce(evolve, shown).brokerDifferences;
        expect(bySubject(after)).toEqual(bySubject(second));
        const same = (each: (typeof first)[number]) =>
          second.some(({ symbol, theirs }) => symbol === each.symbol && theirs === each.theirs);
        const changed = new Set([...first, ...second].map(({ symbol }) => symbol));
        for (const each of first.filter(same)) changed.delete(each.symbol);
        expect(events).toHaveLength(changed.size);
        expect(recordDifferences(events.reduce(evolve, shown), second)).toEqual([]);
      }),
    );
  });
});

describe('an external order', () => {
  const adoption: OrderAdoption = {
    brokerOrderId: 'b-9',
    symbol: 'BAC',
    positionId: 'p2',
    priceSource: 'trade',
    exits: { stopLoss: { percent: '10' } },
  };
  const half = { ...external, fills: [fill('f1', '2')] };
  const positions = [{ symbol: 'BAC', quantity: '2' }];
  const standing = showing(trader, { openOrders: [half], positions });

  it('becomes ours under the name that its broker knows, with what it has filled and will fill', () => {
    const adoptedOrder = then(standing, adoptOrder(standing, 'mine', adoption, placing));
    expect(adoptedOrder.brokerDifferences).toEqual([]);
    expect(adoptedOrder.orders.get('u.main.mine')).toMatchObject({
      status: 'open',
      brokerOrderId: 'b-9',
      brokerClientId: 'by-hand',
    });
    const seen = { ...half, status: 'filled', fills: [...half.fills, fill('f2', '2')] } as const;
    const filled = then(adoptedOrder, recordAtBroker(adoptedOrder, 'u.main.mine', seen, { now }));
    expect(filled.positions.get('p2')).toMatchObject({
      quantity: '4',
      entryPrice: '10',
      exits: { stopLoss: { price: '9' } },
    });
    expect(compared(filled, { positions: [{ symbol: 'BAC', quantity: '4' }] })).toEqual([]);
  });

  it('is known once it is adopted, by either of its names', () => {
    const account = then(standing, adoptOrder(standing, 'mine', adoption, placing));
    const named = { ...external, brokerOrderId: 'b-10' };
    expect(compared(account, { openOrders: [named] }).map(({ kind }) => kind)).toEqual([]);
    expect(compared(account, { openOrders: [{ ...external, clientOrderId: '' }] })).toEqual([]);
  });

  it('is not adopted when it is not shown, or not of that symbol', () => {
    const refusal = { reason: 'NOT_AN_EXTERNAL_ORDER' };
    expect(adoptOrder(trader, 'mine', adoption, placing)).toMatchObject({ refusal });
    const other = { ...adoption, symbol: 'JPM' };
    expect(adoptOrder(standing, 'mine', other, placing)).toMatchObject({ refusal });
    const once = then(standing, adoptOrder(standing, 'mine', adoption, placing));
    expect(adoptOrder(once, 'again', adoption, placing)).toMatchObject({ refusal });
  });

  it('is not adopted with fills that are part of a position already', () => {
    const terms = { ...positionWith({}, { id: 'p3', quantity: '2', broker: 'alpaca' }), exits: {} };
    const position = { ...terms, armedFrom: { at: now } };
    const held = then(standing, adoptPosition(standing, position));
    expect(adoptOrder(held, 'mine', adoption, placing)).toMatchObject({
      refusal: { reason: 'FILLS_NOT_MISSING', filled: '2', missing: '0' },
    });
  });

  it.each([
    ['at the price that it names', external.how, { stopLoss: { percent: '100' } }],
    ['at the last price, where it names none', { kind: 'market' } as const, { stopLoss: { percent: '100' } }],
    ['whatever the price', { kind: 'market' } as const, { trailing: { percent: '100' } }],
  ])('is not adopted with exits that are none %s: its fills would be without', (_, how, exits) => {
    const shown = showing(trader, { openOrders: [{ ...external, how }] });
    const refused = adoptOrder(shown, 'mine', { ...adoption, exits }, placing);
    expect(refused).toMatchObject({
      ok: false,
      refusal: { field: expect.stringMatching(/stopLoss|trailing/) },
    });
  });

  it('is not adopted with exits while nobody knows a price that they could be checked against', () => {
    const shown = showing(trader, { openOrders: [{ ...external, how: { kind: 'market' } }] });
    const unpriced = { ...placing, market: unknownMarket };
    expect(adoptOrder(shown, 'mine', adoption, unpriced)).toEqual({
      ok: false,
      refusal: { reason: 'NO_PRICE', symbol: 'BAC' },
    });
    const { exits: _none, ...without } = adoption;
    expect(adoptOrder(shown, 'mine', without, unpriced)).toMatchObject({ ok: true });
  });

  it('is one more order, and one more position, than an account has room for', () => {
    const shown = showing(trader, { openOrders: [external] });
    const ids = Array.from({ length: 1_000 }, (_, i) => `x${i}`);
    const orders = { ...shown, workingOrderIds: new Set(ids) };
    expect(adoptOrder(orders, 'mine', adoption, placing)).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_WORKING_ORDERS', limit: 1_000, count: 1_000, by: 1 },
    });
    const crowded = { ...shown, openPositionIds: new Set(ids) };
    expect(adoptOrder(crowded, 'mine', adoption, placing)).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_OPEN_POSITIONS', limit: 1_000, open: 1_000, by: 1 },
    });
    const withRoom = {
      ...shown,
      openPositionIds: new Set(ids.slice(1)),
      workingOrderIds: new Set(ids.slice(1)),
    };
    expect(adoptOrder(withRoom, 'mine', adoption, placing)).toMatchObject({ ok: true });
  });

  it('adds to no position of the other side', () => {
    const short = given(
      configured('alpaca'),
      adopted(positionWith({}, { id: 'p2', side: 'short', broker: 'alpaca' })),
    );
    const shown = showing(short, { openOrders: [external] });
    expect(adoptOrder(shown, 'mine', adoption, placing)).toMatchObject({
      refusal: { reason: 'OTHER_POSITION', field: 'side' },
    });
  });
});

describe('an external position', () => {
  const standing = showing(trader, { positions: [{ symbol: 'BAC', quantity: '-7', entryPrice: '12' }] });
  const terms = positionWith({}, { side: 'short', entryPrice: '12', broker: 'alpaca' });
  const adoption = (quantity: string) => ({
    ...terms,
    quantity,
    exits: { stopLoss: { price: '13' } },
    armedFrom: { at: now },
  });

  it('is adopted whole, and differs no more', () => {
    const account = then(standing, adoptPosition(standing, adoption('7')));
    expect(account.positions.get('p1')).toMatchObject({
      quantity: '7',
      exits: { stopLoss: { price: '13' } },
    });
    expect(account.brokerDifferences).toEqual([]);
  });

  it('is adopted in part: the rest is offered on', () => {
    const account = then(standing, adoptPosition(standing, adoption('3')));
    const offer = { side: 'short', quantity: '4', entryPrice: '12' };
    expect(account.brokerDifferences).toEqual([
      { kind: 'position', symbol: 'BAC', ours: '-3', theirs: '-7', offer },
    ]);
  });

  it.each([
    ['more than the broker holds', standing, adoption('7.1')],
    ['the other side', standing, { ...adoption('7'), side: 'long' as const, exits: {} }],
    ['what is not shown', trader, adoption('7')],
  ])('is not adopted where it is %s', (_, account, asked) => {
    expect(adoptPosition(account, asked)).toMatchObject({ refusal: { reason: 'NOT_OFFERED' } });
  });
});

describe('a closing order that the broker does not know', () => {
  const orderId = 'u.main.p1.exit';
  const standing = showing(closing(), {
    unknownOrderIds: new Set([orderId]),
    positions: [{ symbol: 'BAC', quantity: '5' }],
  });

  it('is given up by a person, and its position is open again', () => {
    expect(standing.brokerDifferences).toMatchObject([{ kind: 'orphan', orderId, of: 'exit' }]);
    const account = then(standing, abandonExit(standing, { orderId, by }, { now }));
    expect(account.positions.get('p1')).toMatchObject({ status: 'open', exiting: [], quantity: '5' });
    expect(account.brokerDifferences).toEqual([]);
  });

  it('is not given up while it is not shown as such', () => {
    expect(abandonExit(closing(), { orderId, by }, { now })).toEqual({
      ok: false,
      refusal: { reason: 'NOT_AN_ORPHANED_EXIT', orderId },
    });
  });

  it('is not given up without its position', () => {
    const unloaded = { ...standing, positions: new Map() };
    expect(abandonExit(unloaded, { orderId, by }, { now })).toMatchObject({
      refusal: { reason: 'NOT_AN_ORPHANED_EXIT' },
    });
  });
});
