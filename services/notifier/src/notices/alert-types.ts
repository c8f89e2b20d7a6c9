import type { ToldType } from '@bellwether/contracts';
import type { NoticeworthyEvent } from './notice.ts';

/** What an alert is of, as rules and templates name it. */
export type AlertType = Exclude<NoticeworthyEvent['type'], 'Told'> | ToldType;

/** All of them, and what a digest calls many of each. */
export const alertTypes = {
  PositionOpened: 'opened',
  PositionIncreased: 'increased',
  PositionReduced: 'reduced',
  PositionClosed: 'closed',
  TriggerFired: 'fired',
  TriggerActionRefused: 'refused',
  TradingHalted: 'halted',
  TradingReduced: 'reduced trading',
  TradingResumed: 'resumed',
  LimitTripped: 'limits',
  OrderRejected: 'rejected',
  OrderOutcomeUnknown: 'without an answer',
  BrokerDifferenceFound: 'differences',
  SymbolPaused: 'paused',
  SymbolResumed: 'resumed symbols',
  ReconciliationDiffered: 'verifications',
  ChannelDisabled: 'channels disabled',
  ChannelTested: 'tests',
  AlertsGrouped: 'digests',
  MessageDead: 'dead messages',
  AlarmRaised: 'alarms',
  AlarmCleared: 'alarms cleared',
  DaySummarized: 'summaries',
  WeekSummarized: 'summaries',
} as const satisfies Record<AlertType, string>;

export function isAlertType(name: string): name is AlertType {
  return Object.hasOwn(alertTypes, name);
}
