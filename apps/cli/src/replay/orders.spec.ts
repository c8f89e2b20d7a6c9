// `then` is a word of the file format.
/* oxlint-disable unicorn/no-thenable */
import { describe, expect, it } from '@jest/globals';
import { InputError } from '../input-error.ts';
import { checkSymbols, readOrders } from './orders.ts';

const position = {
  id: 'p1',
  uid: 'ann',
  symbol: 'SPY',
  side: 'long',
  quantity: '5',
  entryPrice: '13.83',
  armedAt: 1_000,
  stopLoss: '13.8216',
};
const trigger = {
  id: 't1',
  uid: 'ann',
  symbol: 'SPY',
  armedAt: 1_000,
  when: { direction: 'above', price: '14' },
  then: { notify: true },
};

const { stopLoss: _stopLoss, ...inFull } = position;
const order = { id: 'o1', uid: 'ann', symbol: 'SPY', at: 1_000, side: 'long', quantity: '1' };

const read = async (file: unknown) =>
  readOrders('orders.json', async () =>
    Promise.resolve(typeof file === 'string' ? file : JSON.stringify(file)),
  );

/** What a user is told, without the file's name. */
async function complaint(file: unknown): Promise<string> {
  const error = await read(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return error instanceof Error ? error.message.replace('orders.json: ', '') : '';
}

describe('the orders of a replay', () => {
  it('are read as they stand, in the tenant "replay" where none is named', async () => {
    const trailing = { ...position, id: 'p2', tenant: 'acme', uid: 'bob', trailing: { distance: '0.05' } };
    expect(await read({ positions: [position, trailing], triggers: [trigger] })).toEqual({
      accounts: [],
      positions: [{ ...position, tenant: 'replay' }, trailing],
      triggers: [{ ...trigger, tenant: 'replay' }],
      orders: [],
    });
  });

  it('may be only positions, only triggers, or none', async () => {
    expect(await read({ positions: [position] })).toMatchObject({ triggers: [] });
    expect(await read({ triggers: [trigger] })).toMatchObject({ positions: [] });
    expect(await read({})).toEqual({ accounts: [], positions: [], triggers: [], orders: [] });
  });

  it('may be in full: exits of every kind, conditions and actions, orders at a time, and accounts', async () => {
    const exits = {
      stopLoss: { percent: '2' },
      targets: [{ price: '14', size: { share: '0.5' } }, { percent: '3' }],
      trailing: { percent: '1', activation: { price: '14' } },
      breakEven: { after: { targets: 1 }, offset: '0.01' },
      timeExit: { afterMs: 60_000 },
    };
    const { stopLoss: _short, ...whole } = position;
    const entry = { position: 'p9', side: 'short', quantity: '2', exits };
    const full = {
      accounts: [
        {
          uid: 'ann',
          settings: { limits: { maxOpenPositions: 3 } },
          deposits: { USD: '1000', USDT: '5.5' },
        },
      ],
      positions: [{ ...whole, exits, strategy: 'breakout', tags: ['a'] }],
      triggers: [
        {
          ...trigger,
          when: { kind: 'move', direction: 'up', percent: '1.5', windowMs: 60_000 },
          then: {
            kind: 'arm',
            trigger: {
              id: 't2',
              when: { kind: 'time', at: 2_000 },
              then: { kind: 'open', entry: { ...entry, how: { kind: 'limit', limitPrice: '13' } } },
            },
          },
          rearm: { coolDownMs: 1_000, times: 3 },
          expiresAt: 9_000,
        },
        { ...trigger, id: 't3', then: { kind: 'close', position: 'p1', share: '0.5' } },
        { ...trigger, id: 't4', then: { kind: 'amend', position: 'p1', exits } },
      ],
      orders: [{ id: 'o1', uid: 'ann', symbol: 'SPY', at: 1_500, side: 'long', quantity: '1' }],
    };
    const orders = await read(full);
    expect(orders).toMatchObject(full);
    expect(orders.orders).toMatchObject([{ how: { kind: 'market' }, timeInForce: 'gtc', tenant: 'replay' }]);
  });

  it('are missing: the file is named, and why it cannot be read', async () => {
    const missing = new Error('ENOENT: no such file or directory');
    const reading = readOrders('gone.json', async () => Promise.reject(missing));
    await expect(reading).rejects.toEqual(
      new InputError('gone.json: the orders file cannot be read', { cause: missing }),
    );
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...position, id: `p${i}`, quantity: '-1' }));
  it.each<[string, unknown, string]>([
    ['text that is not JSON', '{\n"positions": [}', 'is not JSON'],
    ['nothing', '', 'is not JSON'],
    [
      'a list that is there twice',
      '{"positions": [],\n"positions": []}',
      'line 2: "positions" is there twice',
    ],
    [
      'a side that is missing',
      { positions: [{ ...position, side: undefined }] },
      'the orders are not valid\n  positions[0] (id "p1").side: is missing',
    ],
    [
      'an entry price of too many digits',
      { positions: [{ ...position, entryPrice: '1' + '0'.repeat(18) }] },
      'the orders are not valid\n  positions[0] (id "p1").entryPrice: ' +
        'must be plain decimal text of at most 18 digits before the point and 18 after it',
    ],
    [
      'a deposit in a currency that is none',
      { accounts: [{ uid: 'ann', deposits: { usd: '1' } }] },
      'the orders are not valid\n  accounts[0].deposits.usd: must be a currency such as USD or USDT',
    ],
    [
      'an id that is far too long',
      { positions: [{ ...position, id: 'p'.repeat(2_000) }] },
      `the orders are not valid\n  positions[0] (id "${'p'.repeat(64)}…").id: ` +
        'must be 1 to 64 letters, digits, "_" or "-", not "__...__"',
    ],
    [
      'a list',
      [position],
      'the orders are not valid\n  the file: Invalid input: expected object, received array',
    ],
    [
      'something else beside the lists',
      { positions: [], trades: [] },
      'the orders are not valid\n  the file: Unrecognized key: "trades"',
    ],
    [
      'one position instead of a list',
      { positions: position },
      'the orders are not valid\n  positions: Invalid input: expected array, received object',
    ],
    [
      'a negative quantity',
      { positions: [position, { ...position, id: 'p2', quantity: '-5' }] },
      'the orders are not valid\n  positions[1] (id "p2").quantity: must be more than zero',
    ],
    [
      'a quantity of nothing',
      { positions: [{ ...position, quantity: '0.00' }] },
      'the orders are not valid\n  positions[0] (id "p1").quantity: must be more than zero',
    ],
    [
      'a price that is a number',
      { positions: [{ ...position, entryPrice: 13.83 }] },
      'the orders are not valid\n  positions[0] (id "p1").entryPrice: Invalid input: expected string, received number',
    ],
    [
      'a price with an exponent',
      { triggers: [{ ...trigger, when: { direction: 'above', price: '1e3' } }] },
      'the orders are not valid\n  triggers[0] (id "t1").when.price: ' +
        'must be plain decimal text of at most 18 digits before the point and 18 after it',
    ],
    [
      'a side that is none',
      { positions: [{ ...position, side: 'buy' }] },
      'the orders are not valid\n  positions[0] (id "p1").side: Invalid option: expected one of "long"|"short"',
    ],
    [
      'a time that is none',
      { positions: [{ ...position, armedAt: '09:30' }] },
      'the orders are not valid\n  positions[0] (id "p1").armedAt: Invalid input: expected number, received string',
    ],
    [
      'an unknown field',
      { positions: [{ ...position, stoploss: '13' }] },
      'the orders are not valid\n  positions[0] (id "p1"): Unrecognized key: "stoploss"',
    ],
    [
      'an id that no path can hold, beside one that is a number',
      {
        positions: [
          { ...position, id: 7 },
          { ...position, id: 'a/b' },
        ],
      },
      'the orders are not valid\n' +
        '  positions[0].id: Invalid input: expected string, received number\n' +
        '  positions[1] (id "a/b").id: must be 1 to 64 letters, digits, "_" or "-", not "__...__"',
    ],
    [
      'an id that Firestore keeps to itself',
      { triggers: [{ ...trigger, id: '__t1__' }] },
      'the orders are not valid\n  triggers[0] (id "__t1__").id: must be 1 to 64 letters, digits, "_" or "-", not "__...__"',
    ],
    [
      'a missing field, beside something else that is wrong',
      { positions: [{ id: 'p1' }].map((entry) => ({ ...position, ...entry, uid: undefined })), more: 1 },
      'the orders are not valid\n' +
        '  positions[0] (id "p1").uid: is missing\n' +
        '  the file: Unrecognized key: "more"',
    ],
    ['an id that is used twice', { positions: [position, position] }, 'p1: id: is used twice'],
    [
      'exits in short and in full',
      { positions: [{ ...position, exits: { timeExit: { at: 1 } } }] },
      'the orders are not valid\n' +
        '  positions[0] (id "p1").exits: must not stand beside stopLoss, takeProfit or trailing',
    ],
    [
      'a level in percent that is none',
      { positions: [{ ...inFull, exits: { targets: [{ percent: '1' }, { percent: '-5' }] } }] },
      'the orders are not valid\n  positions[0] (id "p1").exits.targets[1].percent: must be more than zero',
    ],
    [
      'a part of a target that is none',
      { positions: [{ ...inFull, exits: { targets: [{ price: '15', size: { share: 1 } }] } }] },
      'the orders are not valid\n' +
        '  positions[0] (id "p1").exits.targets[0].size.share: Invalid input: expected string, received number',
    ],
    [
      'a condition without its window',
      { triggers: [{ ...trigger, when: { kind: 'move', direction: 'up', percent: '1' } }] },
      'the orders are not valid\n  triggers[0] (id "t1").when.windowMs: is missing',
    ],
    [
      'an action in an action without its position',
      {
        triggers: [
          {
            ...trigger,
            then: { kind: 'arm', trigger: { id: 't2', when: trigger.when, then: { kind: 'close' } } },
          },
        ],
      },
      'the orders are not valid\n  triggers[0] (id "t1").then.trigger.then.position: is missing',
    ],
    [
      'a limit order without its limit',
      { orders: [{ ...order, how: { kind: 'limit' } }] },
      'the orders are not valid\n  orders[0] (id "o1").how.limitPrice: is missing',
    ],
    [
      'a limit of an account that is none',
      { accounts: [{ uid: 'ann', settings: { limits: { maxOpenPositions: 0 } } }] },
      'the orders are not valid\n  accounts[0].settings.limits.maxOpenPositions: Too small: expected number to be >0',
    ],
    [
      'an account twice',
      { accounts: [{ uid: 'ann' }, { uid: 'ann' }] },
      'accounts: uid: "ann" is used twice',
    ],
    [
      'an order with the id of a trigger that another arms',
      {
        triggers: [
          {
            ...trigger,
            then: { kind: 'arm', trigger: { id: 'o1', when: trigger.when, then: { notify: true } } },
          },
        ],
        orders: [order],
      },
      'o1: id: is used twice',
    ],
    [
      'an id that a position and a trigger share',
      { positions: [position], triggers: [{ ...trigger, id: 'p1' }] },
      'p1: id: is used twice',
    ],
    [
      'a user in two tenants',
      { positions: [position], triggers: [{ ...trigger, tenant: 'acme' }] },
      't1: tenant: user "ann" belongs to "replay" and to "acme"',
    ],
  ])('are refused for %s', async (_what, file, expected) => {
    expect(await complaint(file)).toBe(expected);
  });

  it('are refused with ten complaints at most', async () => {
    expect((await complaint({ positions: many(50) })).split('\n')).toHaveLength(11);
  });

  it('are refused for a symbol that is in no tape, and told which there are', async () => {
    const orders = await read({ positions: [position], triggers: [{ ...trigger, symbol: 'QQQ' }] });
    expect(() => checkSymbols('orders.json', orders, new Set(['SPY', 'QQQ']))).not.toThrow();
    expect(() => checkSymbols('orders.json', orders, new Set(['SPY', 'IWM']))).toThrow(
      new InputError('orders.json: t1: symbol: "QQQ" is in no tape (there are IWM, SPY)'),
    );
    const opening = { kind: 'open', entry: { position: 'p9', symbol: 'QQQ', side: 'long', quantity: '1' } };
    const nested = await read({ triggers: [{ ...trigger, then: opening }] });
    expect(() => checkSymbols('orders.json', nested, new Set(['SPY']))).toThrow(
      new InputError('orders.json: p9: symbol: "QQQ" is in no tape (there are SPY)'),
    );
  });
});
