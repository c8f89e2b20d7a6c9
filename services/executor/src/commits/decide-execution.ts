import {
  type Account,
  type AccountEvent,
  type ActionContext,
  type ExitRefusal,
  type ExpireSignalRefusal,
  type FireRefusal,
  type Instrument,
  type Market,
  type MarketBefore,
  type OrderRefusal,
  type Result,
  type TriggerSpec,
  executeExit,
  executeOrder,
  expireSignal,
  fireTrigger,
  measuresEquity,
  nthArmed,
  nthOf,
  ok,
  openRounds,
  watchLimits,
} from '@bellwether/domain';
import type { Needs } from '@bellwether/store';
import type { ArmedSubject, Fired } from '../ticks/fired.ts';

export type ExecutionRefusal = ExitRefusal | FireRefusal | OrderRefusal | ExpireSignalRefusal;

/** What a decision may look at besides its account. */
export interface Surroundings {
  /** Last prices of the shards that are held here. */
  readonly market: Market;
  readonly marketBefore?: MarketBefore | undefined;
  readonly instrumentOf: (symbol: string) => Instrument;
  /** Names of the brokers that are connected, besides the shadow broker. */
  readonly brokers: ReadonlySet<string>;
}

const lateAfterMs = 2_000;

/**
 * What a fired line does to its account, and what the account's limits have to say of it. Of the line's own symbol the prices are those of its tick, so that
 * the same ticks make the same events; of other symbols, the last that are known here.
 *
 * @param now epoch milliseconds.
 */
export function decideExecution(
  account: Account,
  fired: Fired,
  surroundings: Surroundings,
  now: number,
): Result<readonly AccountEvent[], ExecutionRefusal> {
  const { tick, prices } = fired;
  const market: Market = (symbol) => (symbol === tick.symbol ? prices : surroundings.market(symbol));
  const at = { ...surroundings, market, now: tick.exchangeAt };
  const decided = decideFired(account, fired, at, now);
  if (!decided.ok) return decided;
  const said = watchLimits(account, decided.value, at);
  return said.length === 0 ? decided : ok([...decided.value, ...said]);
}

function decideFired(
  account: Account,
  { subject, lineId, level, tick }: Fired,
  at: ActionContext,
  now: number,
): Result<readonly AccountEvent[], ExecutionRefusal> {
  const lagMs = Math.max(0, Math.round(now - tick.receivedAt));
  const timing = { lineId, tick, lagMs, late: lagMs > lateAfterMs };
  switch (subject.kind) {
    case 'position':
      return executeExit(account, { positionId: subject.id, level, ...timing });
    case 'order':
      return executeOrder(account, { orderId: subject.id, lineId, tick }, at);
    case 'signal':
      return expireSignal(account, { signalId: subject.id, tick });
    case 'trigger':
      return fireTrigger(account, { triggerId: subject.id, ...timing }, at);
  }
}

/**
 * What these point to when they fire: an order's position, whatever a trigger's action is about, and the orders that end with a position
 * which may close.
 */
export function relatedNeeds(account: Account, subjects: readonly ArmedSubject[]): Needs {
  const positionIds: string[] = [];
  const triggerIds: string[] = [];
  const mayClose = subjects.some(({ kind }) => kind === 'position' || kind === 'order');
  const orderIds = mayClose ? endingWith(account) : [];
  let allOpen = false;
  for (const subject of subjects) {
    const needs = pointedTo(account, subject);
    if (needs.positionIds !== undefined) positionIds.push(...needs.positionIds);
    if (needs.triggerIds !== undefined) triggerIds.push(...needs.triggerIds);
    if (needs.orderIds !== undefined) orderIds.push(...needs.orderIds);
    allOpen ||= needs.allOpen === true;
  }
  return withLimits(account, { positionIds, triggerIds, orderIds, allOpen });
}

const nothing: Needs = {};

function pointedTo(account: Account, { kind, id }: ArmedSubject): Needs {
  switch (kind) {
    case 'position':
      return nothing;
    case 'order': {
      const order = account.orders.get(id);
      return order === undefined ? nothing : { positionIds: [order.positionId] };
    }
    case 'signal':
      return nothing;
    case 'trigger': {
      const trigger = account.triggers.get(id);
      return trigger === undefined ? nothing : needsOfAction(account, trigger, trigger.firings + 1);
    }
  }
}

/** The orders that may end with a position: all that work, since each says itself of which it is. */
export function endingWith({ workingOrderIds }: Account): string[] {
  return [...workingOrderIds];
}

/** An account whose losses are limited is valued at every commit: over all that it has open. */
export function withLimits(account: Account, needs: Needs): Needs {
  return measuresEquity(account) ? { ...needs, allOpen: true } : needs;
}

/**
 * What a trigger's action looks at when it is done for the n-th time. Entries are measured against all that is open, and their
 * order may share its name with one that is over. What is amended is the latest round that is open by then: any of those that are
 * open now.
 *
 * @param account with its open positions where it is known which rounds of a position are open.
 */
export function needsOfAction(
  account: Pick<Account, 'accountId'> & Partial<Pick<Account, 'openPositionIds'>>,
  { id, action }: Pick<TriggerSpec, 'id' | 'action'>,
  firing = 1,
): Needs {
  const { accountId, openPositionIds = new Set<string>() } = account;
  switch (action.kind) {
    case 'notify':
      return {};
    case 'open':
      return {
        positionIds: [action.entry.positionId, nthOf(action.entry.positionId, firing)],
        orderIds: [`${accountId}.${nthOf(id, firing)}`],
        allOpen: true,
      };
    case 'close':
      return { positionIds: [action.positionId], allOpen: true };
    case 'amend':
      return { positionIds: [action.positionId, ...openRounds({ openPositionIds }, action.positionId)] };
    case 'arm':
      return { triggerIds: [action.trigger.id, nthArmed(action.trigger.id, firing)] };
  }
}
