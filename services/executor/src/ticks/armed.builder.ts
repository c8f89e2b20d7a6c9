import { mainAccount } from '@bellwether/contracts';
import type { PositionTerms, PriceTrigger } from '@bellwether/domain';
import { type ArmedSubject, type Fired, subjectOfPosition, subjectOfTrigger } from './fired.ts';

export const ann = mainAccount('acme', 'ann');
export const bob = mainAccount('acme', 'bob');

/** Terms for specs: two Bitcoin long from 100, watched over trades from the start of time. */
export function positionTerms(parts: Partial<PositionTerms> = {}): PositionTerms {
  return {
    id: 'p1',
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '2',
    entryPrice: '100',
    quoteCurrency: 'USDT',
    priceSource: 'trade',
    exits: { stopLoss: '95' },
    armedFrom: { at: 0 },
    openedAt: 0,
    ...parts,
  };
}

export function triggerTerms(parts: Partial<PriceTrigger> = {}): PriceTrigger {
  return {
    id: 't1',
    symbol: 'BTC-USDT',
    priceSource: 'trade',
    when: { direction: 'below', price: '95' },
    action: { notify: true },
    armedFrom: { at: 0 },
    status: 'active',
    ...parts,
  };
}

/** An open position of Ann's, as its document or commit tells of it. */
export function openPosition(parts: Partial<PositionTerms> = {}, version = 1, account = ann): ArmedSubject {
  return subjectOfPosition(account, { ...positionTerms(parts), status: 'open' }, version);
}

/** An active trigger of Ann's. */
export function activeTrigger(parts: Partial<PriceTrigger> = {}, version = 1, account = ann): ArmedSubject {
  return subjectOfTrigger(account, triggerTerms(parts), version);
}

/** News that nothing is to be watched any more. */
export function over(
  { account, kind, id, symbol, version }: ArmedSubject,
  later = version + 1,
): ArmedSubject {
  return { account, kind, id, symbol, version: later };
}

/** A tick of Bitcoin at 94 that reached a line of it. */
export function firedBy(subject: ArmedSubject, parts: Partial<Omit<Fired, 'subject'>> = {}): Fired {
  return {
    subject,
    lineId: subject.kind === 'trigger' ? 'trigger' : 'stop',
    reason: subject.kind === 'trigger' ? 'trigger' : 'stopLoss',
    level: '95',
    tick: {
      symbol: 'BTC-USDT',
      venue: 'test',
      epoch: 'e1',
      ordinal: 0,
      series: 'trade',
      price: '94',
      exchangeAt: 900,
      receivedAt: 1_000,
    },
    ...parts,
  };
}
