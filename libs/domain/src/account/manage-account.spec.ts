import { describe, expect, it } from '@jest/globals';
import { unknownMarket } from '../market/symbol-prices.ts';
import { adopted, by, given, positionWith } from './account.builder.ts';
import { configureAccount, resetShadow } from './manage-account.ts';
import { brokerOf, defaultSettings } from './settings.ts';

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
