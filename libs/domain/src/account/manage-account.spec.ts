import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Exact } from '../exact.oracle.ts';
import { unknownMarket } from '../market/symbol-prices.ts';
import { adopted, by, given, positionWith } from './account.builder.ts';
import { evolveAll } from './account-fold.ts';
import { decimal, formatDecimal } from '../units.ts';
import { plainConfigured } from './configure-account.oracle.ts';
import { configureAccount, depositFunds, resetShadow } from './manage-account.ts';
import { type AccountSettings, brokerOf, defaultSettings } from './settings.ts';

const context = { brokers: new Set(['alpaca']) };
const atAlpaca = { settings: { ...defaultSettings, broker: 'alpaca' }, ...by };

describe('the broker of an account', () => {
  it('is the shadow broker until its settings name another', () => {
    expect(brokerOf(given())).toBe('shadow');
    expect(brokerOf(given({ type: 'AccountConfigured', ...atAlpaca }))).toBe('alpaca');
    expect(configureAccount(given(), atAlpaca, context)).toMatchObject({ ok: true });
  });

  it('must be one that is connected', () => {
    const settings = { ...defaultSettings, broker: 'alpca' };
    expect(configureAccount(given(), { settings, ...by }, context)).toEqual({
      ok: false,
      refusal: { reason: 'UNKNOWN_BROKER', field: 'broker', value: 'alpca' },
    });
  });

  it('stays while anything is open there', () => {
    const open = given(adopted(positionWith({})));
    expect(configureAccount(open, atAlpaca, context)).toEqual({
      ok: false,
      refusal: { reason: 'BROKER_IN_USE', broker: 'shadow', openPositions: 1, workingOrders: 0 },
    });
  });

  it('is not reset: only a shadow account starts again', () => {
    const real = given({ type: 'AccountConfigured', ...atAlpaca });
    expect(resetShadow(real, { cash: {}, ...by }, { market: unknownMarket, now: 0 })).toMatchObject({
      refusal: { reason: 'NOT_A_SHADOW_ACCOUNT', broker: 'alpaca' },
    });
  });
});

describe('the model of fills of an account', () => {
  it.each([
    ['0', '100', '100'],
    ['190', '5', '100'],
    ['200', '0', '100'],
  ])(
    'is refused where a spread of %s and a slippage of %s percent leave nothing of a price',
    (spread, slippage, cost) => {
      const fees = { makerFeePercent: '0', takerFeePercent: '0' };
      const fills = { kind: 'modelled', spreadPercent: spread, slippagePercent: slippage, ...fees } as const;
      expect(configureAccount(given(), { settings: { ...defaultSettings, fills }, ...by }, context)).toEqual({
        ok: false,
        refusal: {
          reason: 'OUT_OF_RANGE',
          field: 'fills',
          value: cost,
          range: 'half the spread and the slippage below 100 percent',
        },
      });
    },
  );
});

/** The same fields in another order. */
function turned<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([key, part]: [string, unknown]) => [key, turned(part)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same fields
  return Object.fromEntries(parts.toReversed()) as Value;
}

describe('the settings of an account, one after the other', () => {
  const percent = fc.constantFrom('0', '1', '99.999999999999999999', '100', '190', '200');
  const limits = fc.record(
    {
      maxOpenPositions: fc.constantFrom(1, 2),
      maxDailyLoss: fc.constantFrom('1', '100'),
      stopGuard: fc.record({
        stops: fc.constantFrom(1, 2),
        windowMs: fc.constant(5),
        pauseMs: fc.constant(5),
      }),
    },
    { requiredKeys: [] },
  );
  const fills = fc.oneof(
    fc.constant({ kind: 'exact' as const }),
    fc.record({
      kind: fc.constant('modelled' as const),
      spreadPercent: percent,
      slippagePercent: percent,
      makerFeePercent: fc.constant('0'),
      takerFeePercent: fc.constant('0'),
    }),
  );
  const settings: fc.Arbitrary<AccountSettings> = fc.record(
    {
      currency: fc.constantFrom('USD', 'EUR'),
      limits,
      fills,
      broker: fc.constantFrom('shadow', 'alpaca', 'kucoin', 'nobody'),
    },
    { requiredKeys: ['currency', 'limits', 'fills'] },
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: settings.map((asked) => ({ asked })) },
    { weight: 2, arbitrary: fc.boolean().map((isTurned) => ({ again: isTurned })) },
    { weight: 1, arbitrary: fc.record({ positions: fc.nat(1), orders: fc.nat(1) }) },
  );

  it('are taken, refused with what is wrong, or say nothing new', () => {
    const connected = ['alpaca', 'kucoin'];
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 12, size: 'max' }), (steps) => {
        let account = given();
        let open = { positions: 0, orders: 0 };
        for (const each of steps) {
          if ('positions' in each) {
            open = each;
            const openPositionIds = new Set(['p'].slice(0, each.positions));
            account = { ...account, openPositionIds, workingOrderIds: new Set(['o'].slice(0, each.orders)) };
            continue;
          }
          const { settings: before } = account;
          const asked = 'asked' in each ? each.asked : each.again ? turned(before) : before;
          const decided = configureAccount(
            account,
            { settings: asked, ...by },
            { brokers: new Set(connected) },
          );
          const expected = plainConfigured(before, asked, { connected, ...open });
          const event = { type: 'AccountConfigured', settings: asked, ...by };
          expect(decided).toEqual(
            typeof expected === 'object'
              ? { ok: false, refusal: expected }
              : { ok: true, value: expected === 'nothing' ? [] : [event] },
          );
          if (decided.ok) account = evolveAll(account, decided.value);
          expect(account.settings).toEqual(decided.ok ? asked : before);
          if (typeof expected === 'string') outcomes.add(expected);
          if (!decided.ok) outcomes.add(decided.refusal.reason);
        }
      }),
      { numRuns: 500 },
    );
    expect([...outcomes].toSorted()).toEqual([
      'BROKER_IN_USE',
      'OUT_OF_RANGE',
      'UNKNOWN_BROKER',
      'configured',
      'nothing',
    ]);
  });
});

describe('money from outside', () => {
  it('comes in and goes out as far as there is any, currency by currency, exactly', () => {
    const outcomes = new Set<string>();
    const amount = fc.constantFrom(
      '1',
      '-1',
      '0.5',
      '-0.50',
      '0',
      '-0',
      'x',
      '1e3',
      '-1.000000000000000001',
      '2',
    );
    const move = fc.record({ currency: fc.constantFrom('USD', 'BTC'), amount });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12, size: 'max' }), (moves) => {
        let account = given();
        const sums: Record<string, Exact> = {};
        for (const { currency, amount: asked } of moves) {
          const before = sums[currency] ?? Exact.of(0);
          const isAmount = /^-?\d+(\.\d+)?$/.test(asked) && Exact.of(asked).against(0) !== 0;
          const after = isAmount ? before.plus(Exact.of(asked)) : before;
          const isTaken = isAmount && after.against(0) < 0;
          const decided = depositFunds(
            account,
            { currency, amount: asked, ...by },
            { market: unknownMarket },
          );
          if (!isAmount)
            expect(decided).toMatchObject({
              refusal: { reason: 'NOT_AN_AMOUNT', field: 'amount', value: asked },
            });
          else if (isTaken)
            expect(decided).toEqual({
              ok: false,
              refusal: {
                reason: 'NOT_ENOUGH_CASH',
                currency,
                cash: String(before),
                owed: '0',
                amount: formatDecimal(decimal(asked)),
                by: String(after.times(-1)),
              },
            });
          else sums[currency] = after;
          if (decided.ok) account = evolveAll(account, decided.value);
          outcomes.add(decided.ok ? 'moved' : decided.refusal.reason);
        }
        const held = Object.entries(sums).map(([currency, sum]) => [currency, String(sum)]);
        expect(account.cash).toEqual(Object.fromEntries(held));
      }),
      { numRuns: 500 },
    );
    expect([...outcomes].toSorted()).toEqual(['NOT_AN_AMOUNT', 'NOT_ENOUGH_CASH', 'moved']);
  });
});
