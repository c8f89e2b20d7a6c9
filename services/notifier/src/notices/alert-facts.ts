import type { AlertFacts, Severity } from '../rules/alert-rule.ts';
import { type Notice, eventTypeOf } from './notice.ts';

/** What rules may ask of a notice, on whatever channel. */
export function alertFactsOf(notice: Notice): Omit<AlertFacts, 'channelId'> {
  const { uid, event } = notice;
  const facts = { uid, eventType: eventTypeOf(notice), severity: severityOf(event) };
  switch (event.type) {
    case 'PositionOpened':
      return { ...facts, ...factsOfPosition(event.position) };
    case 'PositionReduced':
    case 'PositionClosed':
      return { ...facts, ...factsOfPosition(event), exitReason: event.reason };
    case 'BrokerDifferenceFound':
      return { ...facts, symbol: event.difference.symbol };
    case 'PositionIncreased':
    case 'TriggerFired':
    case 'TriggerActionRefused':
    case 'OrderRejected':
    case 'OrderOutcomeUnknown':
      return { ...facts, symbol: event.symbol };
    case 'Told':
      return event.symbol === undefined ? facts : { ...facts, symbol: event.symbol };
    case 'TradingHalted':
    case 'TradingReduced':
    case 'LimitTripped':
      return facts;
  }
}

/**
 * A loss is a warning, a gain a success; what keeps an account from trading, or an alert from its reader, what was to be
 * done and is not, or may not be as it is booked, is critical.
 */
export function severityOf(event: Notice['event']): Severity {
  switch (event.type) {
    case 'PositionReduced':
    case 'PositionClosed':
      return event.realizedPnl.startsWith('-') ? 'warning' : 'success';
    case 'PositionOpened':
    case 'PositionIncreased':
    case 'TriggerFired':
      return 'info';
    case 'TriggerActionRefused':
    case 'TradingHalted':
    case 'TradingReduced':
    case 'LimitTripped':
    case 'OrderRejected':
    case 'OrderOutcomeUnknown':
    case 'BrokerDifferenceFound':
      return 'critical';
    case 'Told':
      return event.severity;
  }
}

function factsOfPosition({
  symbol,
  strategy,
  broker = 'shadow',
}: {
  readonly symbol: string;
  readonly strategy?: string;
  readonly broker?: string;
}): Pick<AlertFacts, 'symbol' | 'strategy' | 'mode'> {
  const mode = broker === 'shadow' ? 'shadow' : 'live';
  return { symbol, mode, ...(strategy === undefined ? {} : { strategy }) };
}
