import type { Account } from '../account/account.ts';
import { type ValuationRefusal, amountText, equityOf } from '../account/equity.ts';
import type { Limits } from '../account/settings.ts';
import { Conversion, type Rate, maxRates } from '../market/rate.ts';
import type { Market, MarketBefore } from '../market/symbol-prices.ts';
import type { TickReference } from '../market/tick.ts';
import type { OrderKind, OrderTerms } from '../order/order.ts';
import { type TooManyOpenPositions, noRoomForPosition } from '../position/room-for-position.ts';
import { type Result, ok, refuse } from '../result.ts';
import {
  type Decimal,
  type Money,
  absolute,
  compare,
  decimal,
  divide,
  formatDecimal,
  multiply,
  subtract,
} from '../units.ts';
import { type EntryHold, entryHold } from './entry-hold.ts';
import { exposureWith } from './exposure.ts';
import { equityAtDawn, lossesOf } from './losses.ts';
import { minuteMs } from './risk-state.ts';

/** Which limit, what it allows, what it would come to, and `by` how much that is too much; decimal text. */
export type RiskRefusal =
  | { readonly reason: 'TRADING_HALTED' }
  | { readonly reason: 'TRADING_REDUCING' }
  | EntryHold
  | TooManyOpenPositions
  | {
      readonly reason: 'PRICE_COLLAR';
      readonly field: string;
      readonly price: string;
      readonly last: string;
      /** Percent of the last price. */
      readonly limit: string;
      readonly distance: string;
      readonly by: string;
    }
  | {
      readonly reason: 'ORDER_RATE';
      readonly limit: number;
      readonly orders: number;
      readonly by: number;
      /** When one may be placed again, epoch milliseconds. */
      readonly until: number;
    }
  | {
      readonly reason: 'SYMBOL_EXPOSURE' | 'TOTAL_EXPOSURE' | 'DAILY_LOSS' | 'DRAWDOWN';
      readonly limit: string;
      readonly amount: string;
      readonly by: string;
      readonly currency: string;
    }
  | ValuationRefusal;

/** What limits are measured against. */
export interface RiskContext {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly market: Market;
  /** The last prices before a moment (epoch milliseconds), as far as they are remembered. */
  readonly marketBefore?: MarketBefore | undefined;
}

/** What an entry was measured with: the rates between currencies, where any were needed. */
export interface EntryCheck {
  readonly rates: readonly Rate[];
}

/**
 * Which limit an order that enters would break, and by how much. A limit that is off asks nothing of the market; what is on and
 * cannot be measured, for want of a price or a rate, refuses.
 */
export function checkEntry(
  account: Account,
  order: OrderTerms,
  last: TickReference,
  context: RiskContext,
): Result<EntryCheck, RiskRefusal> {
  const { currency } = account.settings;
  const refusal = stateRefusal(account, order, last, context);
  if (refusal !== undefined) return refuse(refusal);
  const conversion = new Conversion(currency, context.market);
  const exposure = exposureRefusal(account, order, conversion, context.market);
  if (exposure !== undefined) return refuse(exposure);
  const losses = lossRefusal(account, context);
  return losses.ok ? ok({ rates: merged(conversion.rates, losses.value) }) : losses;
}

/** What can be told without valuing anything. */
function stateRefusal(
  account: Account,
  { symbol, positionId, how }: OrderTerms,
  last: TickReference,
  { now }: RiskContext,
): RiskRefusal | undefined {
  if (account.trading === 'halted') return { reason: 'TRADING_HALTED' };
  if (account.trading === 'reducing') return { reason: 'TRADING_REDUCING' };
  return (
    entryHold(account, symbol, now) ??
    noRoomForPosition(account, positionId, account.settings.limits.maxOpenPositions) ??
    collarRefusal(account.settings.limits, how, last) ??
    rateRefusal(account, now)
  );
}

const hundred: Decimal = { units: 100n, scale: 0 };
/** Distances in percent are told with so many digits, rounded up. */
const percentScale = 6;

function collarRefusal(
  { collarPercent }: Limits,
  how: OrderKind,
  last: TickReference,
): RiskRefusal | undefined {
  if (collarPercent === undefined) return undefined;
  const limit = decimal(collarPercent);
  const lastPrice = decimal(last.price);
  const prices = Object.entries(how).filter(([field]) => field !== 'kind');
  for (const [field, price] of prices) {
    const apart = absolute(subtract(decimal(price), lastPrice));
    if (compare(multiply(apart, hundred), multiply(limit, lastPrice)) <= 0) continue;
    const distance = divide(multiply(apart, hundred), lastPrice, percentScale, 'ceil');
    return {
      reason: 'PRICE_COLLAR',
      field: `how.${field}`,
      price,
      last: last.price,
      limit: collarPercent,
      distance: formatDecimal(distance),
      by: formatDecimal(subtract(distance, limit)),
    };
  }
  return undefined;
}

function rateRefusal({ settings, risk }: Account, now: number): RiskRefusal | undefined {
  const limit = settings.limits.maxOrdersPerMinute;
  if (limit === undefined) return undefined;
  const recent = risk.entries.filter((at) => at > now - minuteMs);
  const [first] = recent.slice(-limit);
  if (recent.length < limit || first === undefined) return undefined;
  const orders = recent.length + 1;
  return { reason: 'ORDER_RATE', limit, orders, by: orders - limit, until: first + minuteMs };
}

function exposureRefusal(
  account: Account,
  order: OrderTerms,
  conversion: Conversion,
  market: Market,
): RiskRefusal | undefined {
  const { maxSymbolExposure: symbolLimit, maxTotalExposure: totalLimit } = account.settings.limits;
  if (symbolLimit === undefined && totalLimit === undefined) return undefined;
  const needsTotal = totalLimit !== undefined;
  const exposure = exposureWith(account, order, { market, conversion, needsTotal });
  if (!exposure.ok) return exposure.refusal;
  const { symbol, total } = exposure.value;
  return (
    over('SYMBOL_EXPOSURE', symbol, symbolLimit, conversion.to) ??
    over('TOTAL_EXPOSURE', total, totalLimit, conversion.to)
  );
}

function over(
  reason: 'SYMBOL_EXPOSURE' | 'TOTAL_EXPOSURE',
  amount: Money,
  limit: string | undefined,
  currency: string,
): RiskRefusal | undefined {
  if (limit === undefined || compare(amount, decimal(limit)) <= 0) return undefined;
  const by = amountText(subtract(amount, decimal(limit)));
  return { reason, limit, amount: amountText(amount), by, currency };
}

/** A loss that has reached its limit lets nothing in, even before a commit has said so. */
function lossRefusal(account: Account, context: RiskContext): Result<readonly Rate[], RiskRefusal> {
  const { now, market } = context;
  const { limits, currency } = account.settings;
  if (limits.maxDailyLoss === undefined && limits.maxDrawdown === undefined) return ok([]);
  const equity = equityOf(account, market);
  if (!equity.ok) return equity;
  const losses = lossesOf(account, decimal(equity.value.equity), now, equityAtDawn(account, context));
  for (const { limit, loss, reason } of losses) {
    const by = subtract(loss, decimal(limit));
    if (by.units >= 0n)
      return refuse({ reason, limit, amount: amountText(loss), by: amountText(by), currency });
  }
  return ok(equity.value.rates);
}

function merged(a: readonly Rate[], b: readonly Rate[]): readonly Rate[] {
  return [...a, ...b.filter(({ from }) => !a.some((other) => other.from === from))].slice(0, maxRates);
}
