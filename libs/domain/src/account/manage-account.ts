import { contentOf } from '../content.ts';
import type { Market } from '../market/symbol-prices.ts';
import { requestClose, type CloseRefusal } from '../position/request-close.ts';
import { type Result, ok, refuse } from '../result.ts';
import {
  type Decimal,
  add,
  compare,
  decimal,
  formatDecimal,
  isZero,
  multiply,
  parseDecimal,
  zero,
} from '../units.ts';
import { AccountFold, evolveAll } from './account-fold.ts';
import type { Account } from './account.ts';
import type { ValuationRefusal } from './equity.ts';
import type { AccountEvent, Actor } from './events.ts';
import { type NotEnoughCash, refuseLeaving } from './free-cash.ts';
import { type AccountSettings, type FillModel, brokerOf, shadowBroker } from './settings.ts';

export type ConfigureRefusal =
  | { readonly reason: 'UNKNOWN_BROKER'; readonly field: 'broker'; readonly value: string }
  | {
      readonly reason: 'OUT_OF_RANGE';
      readonly field: 'fills';
      /** What a taker would pay of a price, percent. */
      readonly value: string;
      readonly range: string;
    }
  /** Its orders and positions are where they are. */
  | {
      readonly reason: 'BROKER_IN_USE';
      readonly broker: string;
      readonly openPositions: number;
      readonly workingOrders: number;
    };

/**
 * Sets what the account may do, which broker its orders go to, and how the shadow broker fills.
 *
 * @param brokers those that are connected, besides the shadow broker.
 */
export function configureAccount(
  account: Account,
  { settings, ...by }: Actor & { readonly settings: AccountSettings },
  { brokers }: { readonly brokers: ReadonlySet<string> },
): Result<readonly AccountEvent[], ConfigureRefusal> {
  const { settings: before, openPositionIds, workingOrderIds } = account;
  const broker = brokerOf({ settings });
  const cost = costOfTaking(settings.fills);
  if (compare(cost, { units: 100n, scale: 0 }) >= 0) {
    const range = 'half the spread and the slippage below 100 percent';
    return refuse({ reason: 'OUT_OF_RANGE', field: 'fills', value: formatDecimal(cost), range });
  }
  if (broker !== brokerOf(account)) {
    if (broker !== shadowBroker && !brokers.has(broker))
      return refuse({ reason: 'UNKNOWN_BROKER', field: 'broker', value: broker });
    const open = { openPositions: openPositionIds.size, workingOrders: workingOrderIds.size };
    if (open.openPositions + open.workingOrders > 0)
      return refuse({ reason: 'BROKER_IN_USE', broker: brokerOf(account), ...open });
  }
  if (contentOf(before) === contentOf(settings)) return ok([]);
  return ok([{ type: 'AccountConfigured', settings, ...by }]);
}

/** What the model takes of a trade's price, percent: a sale must bring something. */
function costOfTaking(fills: FillModel): Decimal {
  if (fills.kind === 'exact') return zero;
  return add(multiply(decimal(fills.spreadPercent), { units: 5n, scale: 1 }), decimal(fills.slippagePercent));
}

export type DepositRefusal =
  | { readonly reason: 'NOT_AN_AMOUNT'; readonly field: 'amount'; readonly value: string }
  | NotEnoughCash
  | ValuationRefusal;

/** Money comes in, or goes out (negative): never more than there is, nor what is owed for open positions. */
export function depositFunds(
  account: Account,
  { currency, amount, actor, reason }: Actor & { readonly currency: string; readonly amount: string },
  { market }: { readonly market: Market },
): Result<readonly AccountEvent[], DepositRefusal> {
  const parsed = parseDecimal(amount);
  if (parsed === undefined || isZero(parsed))
    return refuse({ reason: 'NOT_AN_AMOUNT', field: 'amount', value: amount });
  const refusal = refuseLeaving(account, { currency, amount: parsed }, market);
  if (refusal !== undefined) return refuse(refusal);
  return ok([{ type: 'FundsDeposited', currency, amount: formatDecimal(parsed), actor, reason }]);
}

export type ResetRefusal =
  | CloseRefusal
  | { readonly reason: 'NOT_A_SHADOW_ACCOUNT'; readonly broker: string };

/** Starts a shadow account again: closes what is open, ends what works or waits, and sets the cash. */
export function resetShadow(
  account: Account,
  reset: Actor & { readonly cash: Readonly<Record<string, string>> },
  context: { readonly market: Market; readonly now: number },
): Result<readonly AccountEvent[], ResetRefusal> {
  const steps = resetSteps(account, reset, context);
  return steps.ok ? ok(steps.value.flat()) : steps;
}

/**
 * The same in steps, which may be committed one after the other: what could enter ends first, and the last step sets the
 * cash. Each leaves an account for which the steps that are left are decided anew.
 */
export function resetSteps(
  account: Account,
  { cash, ...by }: Actor & { readonly cash: Readonly<Record<string, string>> },
  context: { readonly market: Market; readonly now: number },
): Result<readonly (readonly AccountEvent[])[], ResetRefusal> {
  const broker = brokerOf(account);
  if (broker !== shadowBroker) return refuse({ reason: 'NOT_A_SHADOW_ACCOUNT', broker });
  const fold = new AccountFold(account);
  const steps: (readonly AccountEvent[])[] = [];
  const take = (...events: readonly AccountEvent[]): void => {
    fold.apply(events);
    steps.push(events);
  };
  for (const { id, symbol, positionId, status } of account.orders.values())
    if (status === 'open') take({ type: 'OrderCancelled', of: 'order', orderId: id, symbol, positionId, by });
  for (const { id, symbol, status } of account.triggers.values())
    if (status === 'active') take({ type: 'TriggerDisarmed', triggerId: id, symbol, by });
  for (const positionId of account.openPositionIds) {
    const { symbol = '', exiting = [] } = account.positions.get(positionId) ?? {};
    // What a closing order has not filled yet is closed with all the rest.
    const cancelled = exiting.map(({ order }): AccountEvent => {
      const orderId = order.clientOrderId;
      return { type: 'OrderCancelled', of: 'exit', orderId, symbol, positionId, by };
    });
    const whole = evolveAll(fold.account, cancelled);
    const closed = requestClose(whole, { positionId, size: 'all', reason: 'reset', by }, context);
    if (!closed.ok) return closed;
    take(...cancelled, ...closed.value);
  }
  const before = Object.fromEntries(
    Object.entries(fold.account.cash).filter(([, amount]) => !isZero(decimal(amount))),
  );
  const wanted = Object.fromEntries(
    Object.entries(cash).map(([currency, amount]) => [currency, formatDecimal(decimal(amount))]),
  );
  return ok([...steps, [{ type: 'ShadowReset', before, cash: wanted, ...by }]]);
}
