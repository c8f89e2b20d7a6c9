import { describe, expect, it } from '@jest/globals';
import { by, given } from './account.builder.ts';
import { explainHold } from './explain-hold.ts';

describe('a refusal for how an account may trade', () => {
  const reduced = {
    type: 'TradingReduced',
    scope: 'global',
    actor: 'ops',
    reason: 'a storm',
    flatten: false,
  } as const;
  const halted = { type: 'TradingHalted', scope: 'tenant', actor: 'eve', reason: 'audit', until: 9 } as const;

  it('says which hold it is, by whom, why and until when: the strictest, and of those the widest', () => {
    const own = { type: 'TradingHalted', ...by } as const;
    expect(explainHold(given(reduced, own, halted), { reason: 'TRADING_HALTED' })).toEqual({
      reason: 'TRADING_HALTED',
      scope: 'tenant',
      actor: 'eve',
      because: 'audit',
      until: 9,
    });
    expect(explainHold(given(reduced), { reason: 'TRADING_REDUCING' })).toEqual({
      reason: 'TRADING_REDUCING',
      scope: 'global',
      actor: 'ops',
      because: 'a storm',
    });
  });

  it('leaves every other refusal as it is', () => {
    const refusal = { reason: 'NO_PRICE', symbol: 'BAC' };
    expect(explainHold(given(halted), refusal)).toEqual(refusal);
  });
});
