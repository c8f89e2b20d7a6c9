import { type CreditsState, noCredits } from '../credits/credits-state.ts';
import { evolveCredits } from '../credits/evolve-credits.ts';
import { type BrokerDifference, noDifferences } from '../order/broker-difference.ts';
import { evolveDifferences } from '../order/evolve-differences.ts';
import { evolveOrders } from '../order/evolve-orders.ts';
import type { Order } from '../order/order.ts';
import { evolvePositions } from '../position/evolve-positions.ts';
import type { Position } from '../position/position.ts';
import { evolveRisk } from '../risk/evolve-risk.ts';
import { type RiskState, noRisk } from '../risk/risk-state.ts';
import { evolveSignals } from '../signal/evolve-signals.ts';
import type { Signal } from '../signal/signal.ts';
import { evolveTriggers } from '../trigger/evolve-triggers.ts';
import type { Trigger } from '../trigger/trigger.ts';
import { addTexts, decimal, isZero } from '../units.ts';
import { type Copies, freshCopies } from './copies.ts';
import type { AccountEvent, HaltScope, TradingResumed } from './events.ts';
import { type AccountSettings, defaultSettings } from './settings.ts';

/** Halted: nothing executes. Reducing: only what makes positions smaller. A new account is halted. */
export type TradingState = 'active' | 'reducing' | 'halted';

/** Why an account does not trade freely: one for each scope that has halted or reduced it. */
export interface TradingHold {
  readonly scope: HaltScope;
  readonly state: 'reducing' | 'halted';
  readonly actor: string;
  readonly reason: string;
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
  /** Every position is being closed; halted once the account is flat. */
  readonly flatten?: boolean;
}

/** The last entry, by scope, of what switches trading in scopes wider than an account. */
export type ScopeSeqs = Readonly<Partial<Record<HaltScope, number>>>;

/**
 * An account as its journal tells it. `positions`, `triggers`, `orders` and `signals` hold what has been looked at so
 * far; the id sets are complete.
 */
export interface Account {
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
  /** The strictest of all holds. */
  readonly trading: TradingState;
  readonly holds: readonly TradingHold[];
  /** How far it has followed the journals of the scopes that it lies in. */
  readonly scopeSeqs: ScopeSeqs;
  readonly settings: AccountSettings;
  /** Decimal text by currency. */
  readonly cash: Readonly<Record<string, string>>;
  /** What its limits remember. */
  readonly risk: RiskState;
  /** Where it and its broker do not agree. */
  readonly brokerDifferences: readonly BrokerDifference[];
  /** What it may spend on what is metered. */
  readonly credits: CreditsState;
  readonly openPositionIds: ReadonlySet<string>;
  readonly activeTriggerIds: ReadonlySet<string>;
  readonly workingOrderIds: ReadonlySet<string>;
  readonly activeSignalIds: ReadonlySet<string>;
  readonly positions: ReadonlyMap<string, Position>;
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly orders: ReadonlyMap<string, Order>;
  readonly signals: ReadonlyMap<string, Signal>;
}

/** An account about which the journal says nothing yet: held until its user resumes it. */
export function unopenedAccount(tenant: string, uid: string, accountId: string): Account {
  return {
    tenant,
    uid,
    accountId,
    trading: 'halted',
    holds: [{ scope: 'account', state: 'halted', actor: 'bellwether', reason: 'a new account' }],
    scopeSeqs: {},
    settings: defaultSettings,
    cash: {},
    risk: noRisk,
    brokerDifferences: noDifferences,
    credits: noCredits,
    openPositionIds: new Set(),
    activeTriggerIds: new Set(),
    workingOrderIds: new Set(),
    activeSignalIds: new Set(),
    positions: new Map(),
    triggers: new Map(),
    orders: new Map(),
    signals: new Map(),
  };
}

/** The account after `event`. The event happened: this never refuses. */
export function evolve(account: Account, event: AccountEvent): Account {
  return evolveInto(freshCopies, account, event);
}

/** The same, where it is said what is copied for it. */
export function evolveInto(copies: Copies, account: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'AccountOpened':
      return unopenedAccount(event.tenant, event.uid, event.accountId);
    case 'AccountConfigured':
      return evolveDifferences({ ...evolveRisk(account, event), settings: event.settings }, event);
    case 'TradingHalted':
    case 'TradingReduced':
      return held(account, event);
    case 'TradingResumed':
      return released(account, event);
    case 'FundsDeposited':
    case 'DepositReversed':
      return { ...account, cash: moved(account.cash, event.currency, event.amount) };
    case 'ShadowReset':
      return { ...evolveRisk(account, event), cash: event.cash };
    case 'OrderFilled': {
      const received = moved(account.cash, event.currency, event.proceeds);
      const cash = moved(received, event.feeCurrency, negated(event.fee));
      return evolvePositions(evolveOrders({ ...account, cash }, event, copies), event, copies);
    }
    case 'FundingSettled': {
      const cash = moved(account.cash, event.currency, event.amount);
      return evolvePositions({ ...account, cash }, event, copies);
    }
    case 'PositionAdopted':
    case 'PositionOpened':
    case 'PositionIncreased':
    case 'ExitsAmended':
    case 'StopMovedToBreakEven':
    case 'TrailingStopActivated':
    case 'CloseRequested':
    case 'PositionReduced':
      return evolvePositions(account, event, copies);
    case 'PositionClosed':
    case 'StopTriggered':
    case 'TargetTriggered':
    case 'TrailingStopTriggered':
    case 'TimeExitTriggered':
      return evolvePositions(evolveRisk(account, event), event, copies);
    case 'OrderPlaced':
      return evolvePositions(evolveOrders(evolveRisk(account, event), event, copies), event, copies);
    case 'OrderTriggered':
    case 'OrderCancelRequested':
      return evolveOrders(account, event, copies);
    case 'OrderAccepted':
    case 'OrderOutcomeUnknown':
      return evolvePositions(evolveOrders(account, event, copies), event, copies);
    case 'OrderCancelled':
    case 'OrderExpired':
    case 'OrderRejected':
      return evolvePositions(evolveOrders(account, event, copies), event, copies);
    case 'TriggerArmed':
    case 'TriggerFired':
    case 'TriggerActionRefused':
    case 'TriggerDisarmed':
    case 'TriggerExpired':
      return evolveTriggers(account, event, copies);
    case 'SymbolLocked':
    case 'SymbolUnlocked':
    case 'EquityMarked':
    case 'LimitTripped':
      return evolveRisk(account, event);
    case 'BrokerDifferenceFound':
    case 'BrokerDifferenceSettled':
      return evolveDifferences(account, event);
    case 'SignalCreated':
    case 'SignalActedOn':
    case 'SignalExpired':
    case 'SignalClosed':
      return evolveSignals(account, event, copies);
    case 'CreditsGranted':
    case 'CreditsReserved':
    case 'CreditsSettled':
    case 'CreditsReleased':
    case 'CreditsReversed':
      return evolveCredits(account, event);
  }
}

function held(
  account: Account,
  event: Extract<AccountEvent, { type: 'TradingHalted' | 'TradingReduced' }>,
): Account {
  const { actor, reason, scope = 'account', until } = event;
  const hold: TradingHold = {
    scope,
    state: event.type === 'TradingHalted' ? 'halted' : 'reducing',
    actor,
    reason,
    ...(until === undefined ? {} : { until }),
    ...(event.type === 'TradingReduced' && event.flatten ? { flatten: true } : {}),
  };
  const others = account.holds.filter((other) => other.scope !== scope);
  return withHolds(followed(account, event), [...others, hold]);
}

function released(account: Account, event: TradingResumed): Account {
  const { scope = 'account' } = event;
  return withHolds(
    followed(account, event),
    account.holds.filter((hold) => hold.scope !== scope),
  );
}

function followed(
  account: Account,
  { scope = 'account', scopeSeq }: Pick<TradingResumed, 'scope' | 'scopeSeq'>,
): Account {
  if (scopeSeq === undefined) return account;
  return { ...account, scopeSeqs: { ...account.scopeSeqs, [scope]: scopeSeq } };
}

function withHolds(account: Account, holds: readonly TradingHold[]): Account {
  const states = new Set(holds.map(({ state }) => state));
  const trading = states.has('halted') ? 'halted' : states.has('reducing') ? 'reducing' : 'active';
  return { ...account, holds, trading };
}

/** @param amount decimal text. */
function moved(cash: Account['cash'], currency: string, amount: string): Account['cash'] {
  const before = cash[currency];
  if (before === undefined && isZero(decimal(amount))) return cash;
  const after = addTexts(before ?? '0', amount);
  return after === before ? cash : { ...cash, [currency]: after };
}

function negated(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
