import type { AccountEvent } from './events.ts';

/**
 * What moves no value: what is only wanted or waits, and what trading, limits, signals and credits do. An event that is
 * not listed is one that whoever follows cash and positions has to know.
 */
const movesNothing = {
  TradingHalted: true,
  TradingReduced: true,
  TradingResumed: true,
  ExitsAmended: true,
  StopMovedToBreakEven: true,
  TrailingStopActivated: true,
  StopTriggered: true,
  TargetTriggered: true,
  TrailingStopTriggered: true,
  TimeExitTriggered: true,
  CloseRequested: true,
  OrderPlaced: true,
  OrderTriggered: true,
  OrderAccepted: true,
  OrderOutcomeUnknown: true,
  OrderCancelRequested: true,
  OrderCancelled: true,
  OrderExpired: true,
  OrderRejected: true,
  TriggerArmed: true,
  TriggerFired: true,
  TriggerActionRefused: true,
  TriggerDisarmed: true,
  TriggerExpired: true,
  SymbolLocked: true,
  SymbolUnlocked: true,
  EquityMarked: true,
  LimitTripped: true,
  BrokerDifferenceFound: true,
  BrokerDifferenceSettled: true,
  SignalCreated: true,
  SignalActedOn: true,
  SignalExpired: true,
  SignalClosed: true,
  CreditsGranted: true,
  CreditsReserved: true,
  CreditsSettled: true,
  CreditsReleased: true,
  CreditsReversed: true,
} as const satisfies Partial<Record<AccountEvent['type'], true>>;

/** What moves cash or positions, or begins to count them. */
export type ValueEvent = Exclude<AccountEvent, { type: keyof typeof movesNothing }>;

export function movesValue(event: AccountEvent): event is ValueEvent {
  return !Object.hasOwn(movesNothing, event.type);
}
