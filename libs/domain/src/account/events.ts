import type { TickReference } from '../market/tick.ts';
import type { ExitOrder, ExitReason, PositionTerms, Side } from '../position/position.ts';
import type { PriceTrigger } from '../trigger/price-trigger.ts';

/** Why and by whom something was done; shown wherever the event is. */
export interface Actor {
  /** For example `cli`, `replay`, `demo`, or a user's id. */
  readonly actor: string;
  readonly reason: string;
}

export type AccountOpened = {
  readonly type: 'AccountOpened';
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
};
export type TradingHalted = Actor & { readonly type: 'TradingHalted' };
export type TradingResumed = Actor & { readonly type: 'TradingResumed' };

/** A position that exists already, taken over as it is: no cash moves and no limit is checked. */
export type PositionAdopted = { readonly type: 'PositionAdopted'; readonly position: PositionTerms };

/** What every fired exit says; the type says which level it was. */
export interface ExitTriggered {
  readonly positionId: string;
  readonly symbol: string;
  /** The level that was reached, decimal text. */
  readonly level: string;
  readonly tick: TickReference;
  readonly order: ExitOrder;
  /** True when the tick was judged so long after its receipt that someone should know. */
  readonly late: boolean;
  /** From receipt of the tick to the decision, milliseconds. */
  readonly lagMs: number;
}
export type ExitTriggeredEvent = ExitTriggered & {
  readonly type: 'StopTriggered' | 'TargetTriggered' | 'TrailingStopTriggered';
};

export type OrderFilled = {
  readonly type: 'OrderFilled';
  readonly clientOrderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly currency: string;
};
export type PositionClosed = {
  readonly type: 'PositionClosed';
  readonly positionId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly entryPrice: string;
  readonly exitPrice: string;
  readonly currency: string;
  readonly realizedPnl: string;
  readonly reason: ExitReason;
  readonly openedAt: number;
  /** The deciding tick's exchange time, epoch milliseconds. */
  readonly closedAt: number;
  readonly tick: TickReference;
};

export type TriggerArmed = {
  readonly type: 'TriggerArmed';
  readonly trigger: Omit<PriceTrigger, 'status'>;
};
export type TriggerFired = {
  readonly type: 'TriggerFired';
  readonly triggerId: string;
  readonly symbol: string;
  readonly when: PriceTrigger['when'];
  readonly tick: TickReference;
  readonly late: boolean;
  readonly lagMs: number;
};

/** Everything that can happen to an account, in the past tense, as it is stored. */
export type AccountEvent =
  | AccountOpened
  | TradingHalted
  | TradingResumed
  | PositionAdopted
  | ExitTriggeredEvent
  | OrderFilled
  | PositionClosed
  | TriggerArmed
  | TriggerFired;

export type AccountEventType = AccountEvent['type'];
