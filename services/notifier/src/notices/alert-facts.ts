import type { AlertFacts, Severity } from '../rules/alert-rule.ts';
import type { Notice } from './notice.ts';

/** What rules may ask of a notice. */
export function alertFactsOf({ uid, event }: Notice): AlertFacts {
  const facts = { uid, eventType: event.type, severity: severityOf(event) };
  if (event.type !== 'PositionClosed') return 'symbol' in event ? { ...facts, symbol: event.symbol } : facts;
  const { symbol, strategy, broker = 'shadow' } = event;
  const mode = broker === 'shadow' ? 'shadow' : 'live';
  return { ...facts, symbol, mode, ...(strategy === undefined ? {} : { strategy }) };
}

/** A loss is a warning, a gain a success; what keeps an account from trading, or an alert from its reader, or may not be as it is booked, is critical. */
function severityOf(event: Notice['event']): Severity {
  switch (event.type) {
    case 'PositionClosed':
      return event.realizedPnl.startsWith('-') ? 'warning' : 'success';
    case 'TriggerFired':
      return 'info';
    case 'TradingHalted':
    case 'TradingReduced':
    case 'LimitTripped':
    case 'OrderRejected':
    case 'OrderOutcomeUnknown':
    case 'BrokerDifferenceFound':
    case 'ChannelDisabled':
      return 'critical';
  }
}
