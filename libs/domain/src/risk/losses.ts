import type { Account } from '../account/account.ts';
import { equityOf } from '../account/equity.ts';
import type { Market } from '../market/symbol-prices.ts';
import { type Money, compare, decimal, subtract } from '../units.ts';
import type { RiskContext } from './check-entry.ts';
import { type TrippingLimit, dayOf } from './risk-state.ts';

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
 * What an account of `equity` has lost since the day began and since its peak, as far as it has limits for them. The peak of an
 * account that was never looked at is now.
 *
 * @param atDawn what it was worth as the day began, where no commit of the day has said so yet.
 */
export function lossesOf(
  { risk, settings }: Account,
  equity: Money,
  now: number,
  atDawn: Money = equity,
): MeasuredLoss[] {
  const { maxDailyLoss, maxDrawdown } = settings.limits;
  const base = risk.equity;
  const losses: MeasuredLoss[] = [];
  if (maxDailyLoss !== undefined) {
    const from = base !== undefined && base.day >= dayOf(now) ? decimal(base.dayEquity) : atDawn;
    const loss = subtract(from, equity);
    losses.push({ limits: 'dailyLoss', reason: 'DAILY_LOSS', limit: maxDailyLoss, loss });
  }
  if (maxDrawdown !== undefined) {
    const loss = base === undefined ? subtract(equity, equity) : subtract(decimal(base.peakEquity), equity);
    losses.push({ limits: 'drawdown', reason: 'DRAWDOWN', limit: maxDrawdown, loss });
  }
  return losses;
}

/**
 * What an account was worth as the day began, where nothing was committed since: at the last prices of the day before. Of a
 * symbol whose last price nobody remembers it is the present one; `undefined` where there is none, or nothing was ever
 * counted.
 */
export function equityAtDawn(
  account: Account,
  { now, market, marketBefore }: RiskContext,
): Money | undefined {
  if (account.risk.equity === undefined || account.risk.equity.day >= dayOf(now)) return undefined;
  const before = marketBefore?.(dayOf(now));
  const atDawn: Market = (symbol) => {
    const known = before?.(symbol) ?? {};
    return Object.keys(known).length > 0 ? known : market(symbol);
  };
  const equity = equityOf(account, atDawn);
  return equity.ok ? decimal(equity.value.equity) : undefined;
}

/** The limit that an account's losses have reached at the last prices; `undefined` where none has, or nobody can tell. */
export function reachedLoss(account: Account, context: RiskContext): TrippingLimit | undefined {
  if (!measuresEquity(account)) return undefined;
  const equity = equityOf(account, context.market);
  if (!equity.ok) return undefined;
  const losses = lossesOf(account, decimal(equity.value.equity), context.now, equityAtDawn(account, context));
  return losses.find(({ limit, loss }) => compare(loss, decimal(limit)) >= 0)?.limits;
}

/** Whether the account's equity has to be known at each of its commits. */
export function measuresEquity({ settings }: Pick<Account, 'settings'>): boolean {
  const { maxDailyLoss, maxDrawdown } = settings.limits;
  return maxDailyLoss !== undefined || maxDrawdown !== undefined;
}
