import type { Rate } from '../market/rate.ts';
import type { TickReference } from '../market/tick.ts';
import type { BrokerDifference } from '../order/broker-difference.ts';
import type { OrderTerms } from '../order/order.ts';
import type { BreakEven, Exits, TrailingStop } from '../position/exits.ts';
import type { ExitOrder, ExitReason, PositionTerms, Side } from '../position/position.ts';
import type { EquityBase, TrippingLimit } from '../risk/risk-state.ts';
import type { SignalOutcome, SignalTerms } from '../signal/signal.ts';
import type { Condition, TriggerTerms } from '../trigger/trigger.ts';
import type { AccountSettings } from './settings.ts';

/** Why and by whom something was done; shown wherever the event is. */
export interface Actor {
  /** For example `cli`, `replay`, `demo`, or a user's id. */
  readonly actor: string;
  readonly reason: string;
}

/** Which accounts a halt concerns. */
export type HaltScope = 'account' | 'user' | 'tenant' | 'global';

/** What the three events that switch trading have in common. */
interface TradingSwitched extends Actor {
  /** `account` where it is absent. */
  readonly scope?: HaltScope;
  /** Which entry of a wider scope's own journal it follows. */
  readonly scopeSeq?: number;
}

export type AccountOpened = {
  readonly type: 'AccountOpened';
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
};
export type AccountConfigured = Actor & {
  readonly type: 'AccountConfigured';
  readonly settings: AccountSettings;
};

/** Nothing executes until it ends. */
export type TradingHalted = TradingSwitched & {
  readonly type: 'TradingHalted';
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
};
/** Only what makes positions smaller executes. */
export type TradingReduced = TradingSwitched & {
  readonly type: 'TradingReduced';
  readonly until?: number;
  /** Every position is being closed; the account is halted when it is flat. */
  readonly flatten: boolean;
};
/** By the actor `expiry` where it was to end by itself. */
export type TradingResumed = TradingSwitched & { readonly type: 'TradingResumed' };

/** Money from outside, or to it (negative), decimal text. */
export type FundsDeposited = Actor & {
  readonly type: 'FundsDeposited';
  readonly currency: string;
  readonly amount: string;
};
/** A deposit, or what was taken out, was a mistake: it stays in the books, and this takes it back. */
export type DepositReversed = Actor & {
  readonly type: 'DepositReversed';
  /** The id of the event. */
  readonly reverses: string;
  readonly currency: string;
  /** What comes in now (negative: goes out): what it was, with the other sign. */
  readonly amount: string;
};
/** The shadow account starts again: nothing open, and this cash. */
export type ShadowReset = Actor & {
  readonly type: 'ShadowReset';
  /** What it had. */
  readonly before: Readonly<Record<string, string>>;
  readonly cash: Readonly<Record<string, string>>;
};

/** A position that exists already, taken over as it is: no cash moves and no limit is checked. */
export type PositionAdopted = { readonly type: 'PositionAdopted'; readonly position: PositionTerms };
/** The first fill of an order that enters. */
export type PositionOpened = {
  readonly type: 'PositionOpened';
  readonly orderId: string;
  /** What the fill cost that opened it, by currency; absent where it cost nothing. */
  readonly fees?: Readonly<Record<string, string>>;
  readonly position: PositionTerms;
};
export type PositionIncreased = {
  readonly type: 'PositionIncreased';
  readonly orderId: string;
  readonly positionId: string;
  readonly symbol: string;
  /** What was added, and at which price. */
  readonly quantity: string;
  readonly price: string;
  /** What is open now, and the average entry of all of it. */
  readonly newQuantity: string;
  readonly entryPrice: string;
  /** What the inventory at cost moves beyond what was paid, because the average is rounded. */
  readonly rounding: string;
  /** Given where they change. */
  readonly exits?: Exits;
};
export type ExitsAmended = {
  readonly type: 'ExitsAmended';
  readonly positionId: string;
  readonly symbol: string;
  readonly exits: Exits;
  readonly by: Actor;
};
/** The stop loss went to the entry, because a target or a price was reached. */
export type StopMovedToBreakEven = {
  readonly type: 'StopMovedToBreakEven';
  readonly positionId: string;
  readonly symbol: string;
  readonly stopLoss: NonNullable<Exits['stopLoss']>;
  readonly after: BreakEven['after'];
  /** Absent where a broker's fill of a target moved it. */
  readonly tick?: TickReference;
};
export type TrailingStopActivated = {
  readonly type: 'TrailingStopActivated';
  readonly positionId: string;
  readonly symbol: string;
  readonly trailing: TrailingStop;
  readonly tick: TickReference;
};

/** What every fired exit says; the type says which level it was. */
export interface ExitTriggered {
  readonly positionId: string;
  readonly symbol: string;
  /** The level that was reached, decimal text; of a time exit, epoch milliseconds. */
  readonly level: string;
  readonly tick: TickReference;
  readonly order: ExitOrder;
  /** True when the tick was judged so long after its receipt that someone should know. */
  readonly late: boolean;
  /** From receipt of the tick to the decision, milliseconds. */
  readonly lagMs: number;
  /** Which rung of the ladder. */
  readonly targetId?: string;
}
export type ExitTriggeredEvent = ExitTriggered & {
  readonly type: 'StopTriggered' | 'TargetTriggered' | 'TrailingStopTriggered' | 'TimeExitTriggered';
};
/** A person, a trigger or a flatten wants it smaller or closed. */
export type CloseRequested = {
  readonly type: 'CloseRequested';
  readonly positionId: string;
  readonly symbol: string;
  readonly order: ExitOrder;
  readonly reason: ExitReason;
  readonly by: Actor;
};

/** An order that was placed by itself, or the closing order of a position's exit. */
export type OrderOf = 'order' | 'exit';

export type OrderPlaced = {
  readonly type: 'OrderPlaced';
  readonly order: OrderTerms;
  /** With which it was measured against the account's limits; absent where no rate was needed. */
  readonly rates?: readonly Rate[];
};
/** The stop price of a stop order was reached. */
export type OrderTriggered = {
  readonly type: 'OrderTriggered';
  readonly orderId: string;
  readonly symbol: string;
  readonly tick: TickReference;
};
/** A real broker has it. */
export type OrderAccepted = {
  readonly type: 'OrderAccepted';
  readonly orderId: string;
  readonly symbol: string;
  readonly brokerOrderId: string;
  /** Of the closing order of an exit: its position. */
  readonly positionId?: string;
};
/** A broker's answer was lost. */
export type OrderOutcomeUnknown = {
  readonly type: 'OrderOutcomeUnknown';
  readonly orderId: string;
  readonly symbol: string;
  readonly reason: string;
  /** Of the closing order of an exit: its position. */
  readonly positionId?: string;
};
/** A real broker is to be asked to end it: how much of it fills until then is not known yet. */
export type OrderCancelRequested = {
  readonly type: 'OrderCancelRequested';
  readonly orderId: string;
  readonly symbol: string;
  readonly by: Actor;
};
export type OrderFilled = {
  readonly type: 'OrderFilled';
  readonly of: OrderOf;
  readonly clientOrderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price: string;
  /** What the account receives for it (negative: pays), before the fee, in the settlement currency. */
  readonly proceeds: string;
  readonly currency: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly liquidity: 'maker' | 'taker';
  /** What of the order is still to be filled; absent for the closing order of an exit. */
  readonly remaining?: string;
  /** The tick that it was filled from; absent where a broker filled it. */
  readonly tick?: TickReference;
  /** The broker's own id of the fill: each is recorded once. */
  readonly brokerFillId?: string;
  /** When the broker filled it, epoch milliseconds. */
  readonly filledAt?: number;
};
export type OrderCancelled = {
  readonly type: 'OrderCancelled';
  readonly of: OrderOf;
  readonly orderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly by: Actor;
};
export type OrderExpired = {
  readonly type: 'OrderExpired';
  readonly of: OrderOf;
  readonly orderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly tick?: TickReference;
};
export type OrderRejected = {
  readonly type: 'OrderRejected';
  readonly of: OrderOf;
  readonly orderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly reason: string;
};

/** What became of a position from its first fill to its last. Amounts are decimal text. */
export interface PositionTotals {
  /** All that was ever entered, which is all that was closed. */
  readonly quantity: string;
  /** Gross, in the settlement currency. */
  readonly realizedPnl: string;
  /** Paid, by currency. */
  readonly fees: Readonly<Record<string, string>>;
  readonly funding: string;
}

/** What every closing fill says. */
interface PositionExit {
  readonly positionId: string;
  readonly symbol: string;
  readonly side: Side;
  /** The order that closed it; absent in what was stored before orders were named. */
  readonly clientOrderId?: string;
  /** What was closed, and from which average entry. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly exitPrice: string;
  /** The settlement currency. */
  readonly currency: string;
  /** Of this quantity, before fees. */
  readonly realizedPnl: string;
  readonly reason: ExitReason;
  readonly targetId?: string;
  /** As the position was entered with. */
  readonly strategy?: string;
  readonly tags?: readonly string[];
  readonly broker?: string;
  /** The deciding tick; absent where a broker's fill closed it. */
  readonly tick?: TickReference;
}
export type PositionReduced = PositionExit & {
  readonly type: 'PositionReduced';
  /** What is open still. */
  readonly remaining: string;
};
export type PositionClosed = PositionExit & {
  readonly type: 'PositionClosed';
  /** Of its whole life; absent in what was stored before positions closed in parts. */
  readonly totals?: PositionTotals;
  readonly openedAt: number;
  /** The deciding tick's exchange time, of what a command closes the command's where that is later, or the broker's; epoch milliseconds. */
  readonly closedAt: number;
};
/** Funding of a perpetual: positive is received. */
export type FundingSettled = {
  readonly type: 'FundingSettled';
  readonly positionId: string;
  readonly symbol: string;
  /** Per interval; positive: longs pay shorts. Decimal text. */
  readonly rate: string;
  readonly markPrice: string;
  readonly amount: string;
  readonly currency: string;
  /** The interval's end, epoch milliseconds: settled once. */
  readonly at: number;
};

export type TriggerArmed = { readonly type: 'TriggerArmed'; readonly trigger: TriggerTerms };
export type TriggerFired = {
  readonly type: 'TriggerFired';
  readonly triggerId: string;
  readonly symbol: string;
  readonly when: Condition;
  readonly tick: TickReference;
  readonly late: boolean;
  readonly lagMs: number;
  /** From when it counts again; absent where it does not. */
  readonly rearmedFrom?: TriggerTerms['armedFrom'];
};
/** It fired, and what it was to do was refused. */
export type TriggerActionRefused = {
  readonly type: 'TriggerActionRefused';
  readonly triggerId: string;
  readonly symbol: string;
  readonly action: string;
  /** As for commands: the reason in upper case, and the details as text. */
  readonly reason: string;
  readonly detail: string;
};
export type TriggerDisarmed = {
  readonly type: 'TriggerDisarmed';
  readonly triggerId: string;
  readonly symbol: string;
  readonly by: Actor;
};
export type TriggerExpired = {
  readonly type: 'TriggerExpired';
  readonly triggerId: string;
  readonly symbol: string;
  readonly tick: TickReference;
};

/** Nothing enters into the symbol until it ends. */
export type SymbolLocked = Actor & {
  readonly type: 'SymbolLocked';
  readonly symbol: string;
  /** Epoch milliseconds, like `at`; without it, until it is unlocked. */
  readonly until?: number;
  readonly at: number;
};
export type SymbolUnlocked = Actor & { readonly type: 'SymbolUnlocked'; readonly symbol: string };
/** What losses are counted from has moved: a new day, a new peak, or money from outside. */
export type EquityMarked = {
  readonly type: 'EquityMarked';
  /** Epoch milliseconds. */
  readonly at: number;
  /** The account's. */
  readonly currency: string;
  /** Absent where it could not be valued. */
  readonly equity?: string;
  /** Absent where it is counted anew, from the next equity that is known. */
  readonly base?: EquityBase;
  readonly rates: readonly Rate[];
};
/** A limit was reached: nothing enters while it is in force. */
export type LimitTripped = {
  readonly type: 'LimitTripped';
  readonly limit: TrippingLimit;
  /** What the limit is, and what it came to: amounts of `currency`, or a number of stops. Decimal text. */
  readonly allowed: string;
  readonly reached: string;
  readonly currency?: string;
  /** Epoch milliseconds, like `until`; without that, until the account is configured anew or reset. */
  readonly at: number;
  readonly until?: number;
};
/** The account and its broker do not agree, or otherwise than before. */
export type BrokerDifferenceFound = {
  readonly type: 'BrokerDifferenceFound';
  readonly difference: BrokerDifference;
};
/** They agree again on what it was about, or somebody has taken it over. */
export type BrokerDifferenceSettled = {
  readonly type: 'BrokerDifferenceSettled';
  /** As it stood. */
  readonly difference: BrokerDifference;
};
export type SignalCreated = { readonly type: 'SignalCreated'; readonly signal: SignalTerms };
/** What it says was opened, or will be by a trigger, in the same commit. */
export type SignalActedOn = {
  readonly type: 'SignalActedOn';
  readonly signalId: string;
  readonly symbol: string;
  readonly outcome: SignalOutcome;
  readonly by: Actor;
};
/** Its time is over, and nobody has acted on it. */
export type SignalExpired = {
  readonly type: 'SignalExpired';
  readonly signalId: string;
  readonly symbol: string;
  readonly tick: TickReference;
};
export type SignalClosed = {
  readonly type: 'SignalClosed';
  readonly signalId: string;
  readonly symbol: string;
  readonly by: Actor;
};

export type CreditsGranted = Actor & {
  readonly type: 'CreditsGranted';
  readonly amount: string;
  /** What is available after it. */
  readonly available: string;
};
/** Set aside for something that is metered later. */
export type CreditsReserved = {
  readonly type: 'CreditsReserved';
  readonly reservationId: string;
  readonly amount: string;
  readonly purpose: string;
  readonly available: string;
};
/** Spent: of a reservation, whose rest is available again, or at once for what the same commit does. */
export type CreditsSettled = {
  readonly type: 'CreditsSettled';
  /** Absent where nothing was set aside for it. */
  readonly reservationId?: string;
  readonly amount: string;
  /** The command that it was charged for, or what it was set aside for. */
  readonly purpose: string;
  readonly available: string;
};
/** Not needed: all that was set aside is available again. */
export type CreditsReleased = {
  readonly type: 'CreditsReleased';
  readonly reservationId: string;
  readonly amount: string;
  readonly purpose: string;
  readonly available: string;
};
/** Credits were granted or charged by mistake: that stays in the book, and this takes it back. */
export type CreditsReversed = Actor & {
  readonly type: 'CreditsReversed';
  /** The id of the event. */
  readonly reverses: string;
  /** What was granted is taken away again, what was charged is given back. */
  readonly of: 'grant' | 'charge';
  readonly amount: string;
  readonly available: string;
};
export type CreditsEvent =
  | CreditsGranted
  | CreditsReserved
  | CreditsSettled
  | CreditsReleased
  | CreditsReversed;

/** Everything that can happen to an account, in the past tense, as it is stored. */
export type AccountEvent =
  | AccountOpened
  | AccountConfigured
  | TradingHalted
  | TradingReduced
  | TradingResumed
  | FundsDeposited
  | DepositReversed
  | ShadowReset
  | PositionAdopted
  | PositionOpened
  | PositionIncreased
  | ExitsAmended
  | StopMovedToBreakEven
  | TrailingStopActivated
  | ExitTriggeredEvent
  | CloseRequested
  | OrderPlaced
  | OrderTriggered
  | OrderAccepted
  | OrderOutcomeUnknown
  | OrderCancelRequested
  | OrderFilled
  | OrderCancelled
  | OrderExpired
  | OrderRejected
  | PositionReduced
  | PositionClosed
  | FundingSettled
  | TriggerArmed
  | TriggerFired
  | TriggerActionRefused
  | TriggerDisarmed
  | TriggerExpired
  | SymbolLocked
  | SymbolUnlocked
  | EquityMarked
  | LimitTripped
  | BrokerDifferenceFound
  | BrokerDifferenceSettled
  | SignalCreated
  | SignalActedOn
  | SignalExpired
  | SignalClosed
  | CreditsEvent;

export type AccountEventType = AccountEvent['type'];
