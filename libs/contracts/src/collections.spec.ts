import {
  maxActiveSignals,
  maxActiveTriggers,
  maxExiting,
  maxLocks,
  maxOpenPositions,
  maxRates,
  maxReducingOrders,
  maxStoppedSymbols,
  maxWorkingOrders,
} from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import { collections } from './collections.ts';
import { AccountSettings } from './events/account-settings.ts';
import { DecimalText, tradingSchemas } from './events/trading-schemas.ts';

const { accounts, journal, openPositions } = collections;

const ladder = (rungs: number) => ({ targets: Array.from({ length: rungs }, () => ({ price: '1' })) });

const tagged = (tags: number) => ({
  positionId: 'p',
  symbol: 'BAC',
  side: 'long',
  quantity: '1',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
  tags: Array.from({ length: tags }, () => 't'),
});

describe('the bounds of arrays in documents', () => {
  it.each([
    ['open positions', maxOpenPositions, accounts.arrays.openPositionIds],
    ['active triggers', maxActiveTriggers, accounts.arrays.activeTriggerIds],
    ['working orders', maxWorkingOrders, accounts.arrays.workingOrderIds],
    ['active signals', maxActiveSignals, accounts.arrays.activeSignalIds],
    ['locked symbols', maxLocks, accounts.arrays['risk.locks']],
    ['stopped symbols', maxStoppedSymbols, accounts.arrays['risk.stoppedAt']],
    ['closing orders of a position', maxExiting, openPositions.arrays['*.exiting']],
    ['reducing orders of a position', maxReducingOrders, openPositions.arrays['*.reducing']],
    ['rates of an event', maxRates, journal.arrays['*.rates']],
  ])('are what decisions refuse to outgrow: %s', (_what, refused, stored) => {
    expect(stored).toBe(refused);
  });

  const settings = { currency: 'USD', fills: { kind: 'exact' } };
  const guard = { windowMs: 1, pauseMs: 1 };
  it.each([
    ['open positions', accounts.arrays.openPositionIds, (most: number) => ({ maxOpenPositions: most })],
    [
      'entries in a minute',
      accounts.arrays['risk.entries'],
      (most: number) => ({ maxOrdersPerMinute: most }),
    ],
    [
      'stops of the guard',
      accounts.arrays['risk.stops'],
      (most: number) => ({ stopGuard: { ...guard, stops: most } }),
    ],
  ])('are the most that settings take: %s', (_what, most, limits) => {
    expect(AccountSettings.safeParse({ ...settings, limits: limits(most) }).success).toBe(true);
    expect(AccountSettings.safeParse({ ...settings, limits: limits(most + 1) }).success).toBe(false);
  });

  it('are the most rungs and tags that are taken', () => {
    const { ExitsSpec, EntrySpec } = tradingSchemas(DecimalText);
    const most = openPositions.arrays['*.targets'];
    expect(ExitsSpec.safeParse(ladder(most)).success).toBe(true);
    expect(ExitsSpec.safeParse(ladder(most + 1)).success).toBe(false);
    expect(EntrySpec.safeParse(tagged(openPositions.arrays['*.tags'])).success).toBe(true);
    expect(EntrySpec.safeParse(tagged(openPositions.arrays['*.tags'] + 1)).success).toBe(false);
  });
});
