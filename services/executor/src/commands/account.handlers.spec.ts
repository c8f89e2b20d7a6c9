import {
  type Account,
  type AccountEvent,
  type Limits,
  defaultSettings,
  evolveAll,
  unopenedAccount,
  watchLimits,
} from '@bellwether/domain';
import { expect, it } from '@jest/globals';
import { ann, firedBy, openPosition, positionTerms } from '../ticks/armed.builder.ts';
import { configureAccountHandler } from './account.handlers.ts';

it.each<[Limits, boolean]>([
  [{ maxDailyLoss: '10' }, true],
  [{ maxDrawdown: '10' }, true],
  [{ maxOpenPositions: 3 }, false],
])(
  'limits on losses count from when they are set, so all that is open is looked at then: %j',
  (limits, looks) => {
    const { tenant, uid, accountId } = ann;
    const held = evolveAll(unopenedAccount(tenant, uid, accountId), [
      { type: 'AccountOpened', tenant, uid, accountId },
      { type: 'FundsDeposited', currency: 'USDT', amount: '1000', actor: 'test', reason: '' },
      { type: 'PositionAdopted', position: positionTerms() },
    ]);
    const settings = { ...defaultSettings, currency: 'USDT', limits };
    const command = {
      name: 'ConfigureAccount',
      key: 'k',
      ...ann,
      settings,
      actor: 'test',
      reason: '',
    } as const;
    const needs = configureAccountHandler.needs?.(command) ?? {};
    expect(needs.allOpen ?? false).toBe(looks);
    // An executor that has not held the account knows of no position but those that are looked at.
    const cold: Account = { ...held, positions: needs.allOpen === true ? held.positions : new Map() };
    const configured: AccountEvent = { type: 'AccountConfigured', settings, actor: 'test', reason: '' };
    const { prices } = firedBy(openPosition());
    const said = watchLimits(cold, [configured], { market: () => prices, now: 5_000 });
    expect(said.map(({ type }) => type)).toEqual(looks ? ['EquityMarked'] : []);
  },
);
