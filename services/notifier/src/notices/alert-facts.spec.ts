import { describe, expect, it } from '@jest/globals';
import { alertFactsOf } from './alert-facts.ts';
import {
  actionRefused,
  closed,
  fired,
  halted,
  noticeOf,
  opened,
  reduced,
  tripped,
} from './notice.builder.ts';

const uid = 'u1';

describe('what rules may ask of a notice', () => {
  it('names what it has', () => {
    expect(alertFactsOf(noticeOf(closed({ strategy: 'dip', broker: 'paper' })))).toEqual({
      uid,
      eventType: 'PositionClosed',
      severity: 'warning',
      symbol: 'BTC-USDT',
      strategy: 'dip',
      mode: 'live',
      exitReason: 'stopLoss',
    });
    expect(alertFactsOf(noticeOf(closed({ realizedPnl: '0' })))).toEqual({
      uid,
      eventType: 'PositionClosed',
      severity: 'success',
      symbol: 'BTC-USDT',
      mode: 'shadow',
      exitReason: 'stopLoss',
    });
    expect(alertFactsOf(noticeOf(fired()))).toEqual({
      uid,
      eventType: 'TriggerFired',
      severity: 'info',
      symbol: 'BTC-USDT',
    });
    expect(alertFactsOf(noticeOf(halted()))).toEqual({
      uid,
      eventType: 'TradingHalted',
      severity: 'critical',
    });
    expect(alertFactsOf(noticeOf(tripped()))).toEqual({
      uid,
      eventType: 'LimitTripped',
      severity: 'critical',
    });
    expect(alertFactsOf(noticeOf(opened({ broker: 'paper' })))).toEqual({
      uid,
      eventType: 'PositionOpened',
      severity: 'info',
      symbol: 'BTC-USDT',
      strategy: 'dip',
      mode: 'live',
    });
    expect(alertFactsOf(noticeOf(reduced()))).toMatchObject({ severity: 'success', mode: 'shadow' });
    expect(alertFactsOf(noticeOf(actionRefused()))).toEqual({
      uid,
      eventType: 'TriggerActionRefused',
      severity: 'critical',
      symbol: 'BTC-USDT',
    });
  });
});
