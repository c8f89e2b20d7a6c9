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
