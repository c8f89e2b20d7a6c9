import type { Account } from '../account/account.ts';
import { type Money, decimal, subtract } from '../units.ts';
import { dayOf } from './risk-state.ts';

/** What has been lost, measured against its limit; amounts in the account's currency. */
export interface MeasuredLoss {
  readonly limits: 'dailyLoss' | 'drawdown';
  readonly reason: 'DAILY_LOSS' | 'DRAWDOWN';
  /** Decimal text. */
  readonly limit: string;
  /** Negative is a gain. */
  readonly loss: Money;
}

/**
 * What an account of `equity` has lost since the day began and since its peak, as far as it has limits for them. A day that
 * no commit has looked at yet begins now, and so does the peak of an account that was never looked at.
 */
export function lossesOf({ risk, settings }: Account, equity: Money, now: number): MeasuredLoss[] {
  const { maxDailyLoss, maxDrawdown } = settings.limits;
  const base = risk.equity;
  const losses: MeasuredLoss[] = [];
  if (maxDailyLoss !== undefined) {
    const from = base !== undefined && base.day >= dayOf(now) ? decimal(base.dayEquity) : equity;
    const loss = subtract(from, equity);
    losses.push({ limits: 'dailyLoss', reason: 'DAILY_LOSS', limit: maxDailyLoss, loss });
  }
  if (maxDrawdown !== undefined) {
    const loss = base === undefined ? subtract(equity, equity) : subtract(decimal(base.peakEquity), equity);
    losses.push({ limits: 'drawdown', reason: 'DRAWDOWN', limit: maxDrawdown, loss });
  }
  return losses;
}

/** Whether the account's equity has to be known at each of its commits. */
export function measuresEquity({ settings }: Account): boolean {
  const { maxDailyLoss, maxDrawdown } = settings.limits;
  return maxDailyLoss !== undefined || maxDrawdown !== undefined;
}
