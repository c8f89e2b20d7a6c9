import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Market, MarketBefore } from '../market/symbol-prices.ts';
import { type TickReference, after } from '../market/tick.ts';
import { openPosition } from '../order/place-order.ts';
import { amendExits } from '../position/amend-exits.ts';
import { requestClose } from '../position/request-close.ts';
import { type Result, ok } from '../result.ts';
import { armTrigger } from './arm-trigger.ts';
import type { Trigger } from './trigger.ts';

/** What an action may look at besides the account. */
export interface ActionContext {
  /** Last prices, the deciding tick included. */
  readonly market: Market;
  readonly marketBefore?: MarketBefore | undefined;
  readonly instrumentOf: (symbol: string) => Instrument;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Why an action was not done: the reason in upper case, and what a person needs to mend it. */
export interface ActionRefusal {
  readonly reason: string;
  readonly [detail: string]: unknown;
}

/**
 * Does what a trigger is for, now that `tick` has fired it. What it arms counts from the next tick, where
 * it is on the trigger's own symbol, and from the tick's time on another.
 */
export function performAction(
  account: Account,
  trigger: Trigger,
  tick: TickReference,
  { market, marketBefore, instrumentOf, now }: ActionContext,
): Result<readonly AccountEvent[], ActionRefusal> {
  const { action } = trigger;
  const by = { actor: `trigger ${trigger.id}`, reason: 'fired' };
  const armedFrom = (symbol: string) => (symbol === trigger.symbol ? after(tick) : { at: tick.exchangeAt });
  switch (action.kind) {
    case 'notify':
      return ok([]);
    case 'arm': {
      const { id: named, symbol } = action.trigger;
      const id = chainedId(account, named, trigger.firings + 1);
      return armTrigger(account, { ...action.trigger, id, armedFrom: armedFrom(symbol) });
    }
    case 'open': {
      const { entry } = action;
      const name = nthOf(trigger.id, trigger.firings + 1);
      const instrument = instrumentOf(entry.symbol);
      const context = { now, market, marketBefore, instrument, armedFrom: armedFrom(entry.symbol) };
      const positionId = positionOf(account, entry.positionId, trigger.firings + 1);
      return openPosition(account, name, { ...entry, positionId }, context);
    }
    case 'close': {
      const { share } = action;
      const positionId = openRound(account, action.positionId);
      const size = share === undefined ? 'all' : { share };
      const { minNotional } = instrumentOf(account.positions.get(positionId)?.symbol ?? trigger.symbol);
      return requestClose(account, { positionId, size, reason: 'trigger', by }, { market, now, minNotional });
    }
    case 'amend': {
      const { exits } = action;
      const positionId = openRound(account, action.positionId);
      const symbol = account.positions.get(positionId)?.symbol ?? trigger.symbol;
      return amendExits(
        account,
        { positionId, exits, by },
        { ...instrumentOf(symbol), armedFrom: armedFrom(symbol) },
      );
    }
  }
}

/** The position that a trigger's action would be about now; none where it only tells, or arms another. */
export function positionOfAction(account: Account, { action, firings }: Trigger): string | undefined {
  switch (action.kind) {
    case 'open':
      return positionOf(account, action.entry.positionId, firings + 1);
    case 'close':
    case 'amend':
      return openRound(account, action.positionId);
    case 'notify':
    case 'arm':
      return undefined;
  }
}

/**
 * The trigger that an action arms: the one that it names as long as that is active or new, and another one where that is
 * over, so that a chain that begins again goes through again.
 */
function chainedId(account: Account, named: string, firing: number): string {
  const status = account.triggers.get(named)?.status;
  return status === undefined || status === 'active' ? named : nthArmed(named, firing);
}

/** The id of what a trigger arms for the n-th time: it places orders under its own name, so that is not `nthOf`. */
export function nthArmed(id: string, n: number): string {
  return n === 1 ? id : `${id}_${n}`;
}

/**
 * The position that an action's entry is for: the one that it names as long as that is open or new, and
 * another one where that is over, so that a trigger that fires again opens again.
 */
function positionOf(account: Account, positionId: string, firing: number): string {
  return account.positions.get(positionId)?.status === 'closed' ? nthOf(positionId, firing) : positionId;
}

/**
 * The position that closing or amending is about: the one that is named as long as it is open, and its latest round that
 * is open where it is not. So a chain that begins again also ends again.
 */
function openRound(account: Pick<Account, 'openPositionIds'>, positionId: string): string {
  if (account.openPositionIds.has(positionId)) return positionId;
  const rounds = openRounds(account, positionId).map((id) => Number(id.slice(positionId.length + 1)));
  return nthOf(positionId, Math.max(1, ...rounds));
}

/** The rounds of a position that are open, without the one that has the plain id. */
export function openRounds(
  { openPositionIds }: Pick<Account, 'openPositionIds'>,
  positionId: string,
): readonly string[] {
  return [...openPositionIds].filter((id) => {
    const n = id.startsWith(`${positionId}-`) ? Number(id.slice(positionId.length + 1)) : 1;
    return n > 1 && nthOf(positionId, n) === id;
  });
}

/** The id of the n-th of its kind: the first has the plain one. */
export function nthOf(id: string, n: number): string {
  return n === 1 ? id : `${id}-${n}`;
}
