import { mainAccount } from '@bellwether/contracts';
import {
  type ArmedFrom,
  type Position,
  type PositionTerms,
  type PriceSource,
  type Side,
  type Trigger,
  type TriggerTerms,
  decimal,
  entered,
  plainInstrument,
  resolveExits,
} from '@bellwether/domain';
import { type ArmedSubject, type Fired, subjectOfPosition, subjectOfTrigger } from './fired.ts';

export const ann = mainAccount('acme', 'ann');
export const bob = mainAccount('acme', 'bob');

/** A position as a spec orders it: exits in short, all counting from one place. */
export interface OrderedPosition {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly entryPrice: string;
  readonly priceSource: PriceSource;
  readonly exits: {
    readonly stopLoss?: string;
    readonly takeProfit?: string;
    readonly trailing?: { readonly distance: string };
  };
  readonly armedFrom: ArmedFrom;
}

/** For specs: two Bitcoin long from 100, stopped at 95, watched over trades from the start of time. */
export function ordered(parts: Partial<OrderedPosition> = {}): OrderedPosition {
  return {
    id: 'p1',
    symbol: 'BTC-USDT',
    side: 'long',
    quantity: '2',
    entryPrice: '100',
    priceSource: 'trade',
    exits: { stopLoss: '95' },
    armedFrom: { at: 0 },
    ...parts,
  };
}

export function positionTerms(parts: Partial<OrderedPosition> = {}): PositionTerms {
  const { exits, armedFrom, ...terms } = ordered(parts);
  const { stopLoss, takeProfit, trailing } = exits;
  const spec = {
    ...(stopLoss === undefined ? {} : { stopLoss: { price: stopLoss } }),
    ...(takeProfit === undefined ? {} : { targets: [{ price: takeProfit }] }),
    ...(trailing === undefined ? {} : { trailing }),
  };
  const entry = { side: terms.side, entryPrice: decimal(terms.entryPrice), armedFrom, openedAt: 0 };
  const resolved = resolveExits(spec, entry);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.refusal));
  const { contract } = plainInstrument(terms.symbol);
  return { ...terms, contract, exits: resolved.value, openedAt: 0, broker: 'shadow' };
}

export function positionOf(parts: Partial<OrderedPosition> = {}): Position {
  return entered(positionTerms(parts));
}

export function triggerTerms(parts: Partial<TriggerTerms> = {}): TriggerTerms {
  return {
    id: 't1',
    symbol: 'BTC-USDT',
    priceSource: 'trade',
    when: { kind: 'price', direction: 'below', price: '95' },
    action: { kind: 'notify' },
    armedFrom: { at: 0 },
    ...parts,
  };
}

export function triggerOf(parts: Partial<TriggerTerms> = {}): Trigger {
  return { ...triggerTerms(parts), status: 'active', firings: 0 };
}

/** An open position of Ann's, as its document or commit tells of it. */
export function openPosition(parts: Partial<OrderedPosition> = {}, version = 1, account = ann): ArmedSubject {
  return subjectOfPosition(account, positionOf(parts), version);
}

/** An active trigger of Ann's. */
export function activeTrigger(parts: Partial<TriggerTerms> = {}, version = 1, account = ann): ArmedSubject {
  return subjectOfTrigger(account, triggerOf(parts), version);
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
  const tick = {
    symbol: 'BTC-USDT',
    venue: 'test',
    epoch: 'e1',
    ordinal: 0,
    series: 'trade',
    price: '94',
    exchangeAt: 900,
    receivedAt: 1_000,
  } as const;
  return {
    subject,
    lineId: subject.kind === 'trigger' ? 'trigger' : 'stop',
    reason: subject.kind === 'trigger' ? 'trigger' : 'stopLoss',
    level: '95',
    tick,
    prices: { trade: parts.tick ?? tick },
    ...parts,
  };
}
