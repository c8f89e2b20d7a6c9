import { add, decimal, formatDecimal, multiply, negate, zero } from '../units.ts';
import type { Position } from '../position/position.ts';
import type { PriceTrigger } from '../trigger/price-trigger.ts';
import type { AccountEvent, ExitTriggered, OrderFilled } from './events.ts';

/** Halted: nothing executes. Reducing: only what makes positions smaller. A new account is halted. */
export type TradingState = 'active' | 'reducing' | 'halted';

/**
 * An account as its journal tells it. `positions` and `triggers` hold what has been looked at so far;
 * the id sets are complete.
 */
export interface Account {
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
  readonly trading: TradingState;
  /** Decimal text by currency. */
  readonly cash: Readonly<Record<string, string>>;
  readonly openPositionIds: ReadonlySet<string>;
  readonly activeTriggerIds: ReadonlySet<string>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly triggers: ReadonlyMap<string, PriceTrigger>;
}

/** An account about which the journal says nothing yet. */
export function unopenedAccount(tenant: string, uid: string, accountId: string): Account {
  return {
    tenant,
    uid,
    accountId,
    trading: 'halted',
    cash: {},
    openPositionIds: new Set(),
    activeTriggerIds: new Set(),
    positions: new Map(),
    triggers: new Map(),
  };
}

/** The account after `event`. The event happened: this never refuses. */
export function evolve(account: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'AccountOpened':
      return unopenedAccount(event.tenant, event.uid, event.accountId);
    case 'TradingHalted':
      return { ...account, trading: 'halted' };
    case 'TradingResumed':
      return { ...account, trading: 'active' };
    case 'PositionAdopted':
      return {
        ...account,
        openPositionIds: new Set(account.openPositionIds).add(event.position.id),
        positions: new Map(account.positions).set(event.position.id, { ...event.position, status: 'open' }),
      };
    case 'StopTriggered':
      return closing(account, event, 'stopLoss');
    case 'TargetTriggered':
      return closing(account, event, 'takeProfit');
    case 'TrailingStopTriggered':
      return closing(account, event, 'trailingStop');
    case 'OrderFilled':
      return { ...account, cash: settled(account.cash, event) };
    case 'PositionClosed': {
      const position = account.positions.get(event.positionId);
      const openPositionIds = without(account.openPositionIds, event.positionId);
      if (position === undefined) return { ...account, openPositionIds };
      const { exitPrice, realizedPnl, reason, closedAt } = event;
      const closed: Position = {
        ...terms(position),
        status: 'closed',
        reason,
        exitPrice,
        realizedPnl,
        closedAt,
      };
      return {
        ...account,
        openPositionIds,
        positions: new Map(account.positions).set(event.positionId, closed),
      };
    }
    case 'TriggerArmed':
      return {
        ...account,
        activeTriggerIds: new Set(account.activeTriggerIds).add(event.trigger.id),
        triggers: new Map(account.triggers).set(event.trigger.id, { ...event.trigger, status: 'active' }),
      };
    case 'TriggerFired': {
      const trigger = account.triggers.get(event.triggerId);
      const activeTriggerIds = without(account.activeTriggerIds, event.triggerId);
      if (trigger === undefined) return { ...account, activeTriggerIds };
      return {
        ...account,
        activeTriggerIds,
        triggers: new Map(account.triggers).set(event.triggerId, { ...trigger, status: 'fired' }),
      };
    }
  }
}

function closing(account: Account, event: ExitTriggered, reason: 'stopLoss' | 'takeProfit' | 'trailingStop') {
  const position = account.positions.get(event.positionId);
  if (position === undefined) return account;
  const next: Position = { ...terms(position), status: 'closing', reason, order: event.order };
  return { ...account, positions: new Map(account.positions).set(event.positionId, next) };
}

function terms(position: Position) {
  const { id, symbol, side, quantity, entryPrice, quoteCurrency, priceSource, exits, armedFrom, openedAt } =
    position;
  return { id, symbol, side, quantity, entryPrice, quoteCurrency, priceSource, exits, armedFrom, openedAt };
}

function settled(cash: Account['cash'], fill: OrderFilled): Account['cash'] {
  const notional = multiply(decimal(fill.price), decimal(fill.quantity));
  const received = add(fill.side === 'sell' ? notional : negate(notional), negate(decimal(fill.fee)));
  const before = cash[fill.currency];
  const after = add(before === undefined ? zero : decimal(before), received);
  return { ...cash, [fill.currency]: formatDecimal(after) };
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const rest = new Set(ids);
  rest.delete(id);
  return rest;
}
