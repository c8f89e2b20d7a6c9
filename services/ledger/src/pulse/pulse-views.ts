import type { AccountPulse, PositionPulse, PulseTotals, PulseView } from '@bellwether/contracts';
import { decimal, formatDecimal, roundTo, worthOfHoldings } from '@bellwether/domain';
import type { PulseBook, PulsedAccount } from './pulse-book.ts';
import type { GroupTotals } from './pulse-totals.ts';

/** Of what somebody wants to see the pulse. */
export type PulseSelection =
  | { readonly of: 'house' }
  | { readonly of: 'tenant'; readonly tenant: string }
  | { readonly of: 'account'; readonly accountId: string };

const mostRows = 200;
const mostNames = 50;
/** Amounts are shown with at most so many digits after the point. */
const shownScale = 8;

/**
 * What the last pulse says of a selection; `undefined` of an account that is not known.
 *
 * @param at now, epoch milliseconds.
 */
export function viewOf(book: PulseBook, selection: PulseSelection, at: number): PulseView | undefined {
  const seen = { at: Math.round(at), pricedAt: book.pricedAt };
  switch (selection.of) {
    case 'house': {
      const groups = book.totals;
      return {
        of: 'house',
        ...seen,
        unpriced: book.unpriced.slice(0, mostNames),
        totals: totalsOf(groups),
        tenants: groups
          .toSorted((a, b) => b.exposure - a.exposure)
          .slice(0, mostRows)
          .map((group) => ({ tenant: group.tenant, ...shownTotals(group) })),
      };
    }
    case 'tenant': {
      const { tenant } = selection;
      const accounts = book.accountsOf(tenant);
      const { exposure } = book.columns;
      const names = new Set<string>();
      for (const account of accounts)
        if (!book.isValued(account)) for (const name of book.unpricedOf(account)) names.add(name);
      return {
        of: 'tenant',
        tenant,
        ...seen,
        unpriced: [...names].toSorted().slice(0, mostNames),
        totals: totalsOf(book.totals.filter((group) => group.tenant === tenant)),
        accounts: accounts
          .toSorted((a, b) => greatestFirst(exposure[a.index], exposure[b.index]))
          .slice(0, mostRows)
          .map((account) => accountPulse(book, account)),
      };
    }
    case 'account': {
      const account = book.account(selection.accountId);
      if (account === undefined) return undefined;
      return {
        of: 'account',
        ...seen,
        ...accountPulse(book, account),
        unpriced: book.unpricedOf(account).slice(0, mostNames),
        positions: worthOfHoldings(account.holdings, book.prices.of).positions.map(
          ({ holding, price, settledPnl, unrealizedPnl, exposure }): PositionPulse => ({
            positionId: holding.id,
            symbol: holding.symbol,
            side: holding.side,
            quantity: holding.quantity,
            entryPrice: holding.entryPrice,
            ...(price === undefined ? {} : { price }),
            ...(unrealizedPnl === undefined ? {} : { pnl: rounded(unrealizedPnl) }),
            ...(exposure === undefined ? {} : { exposure: rounded(exposure) }),
            ...(settledPnl === undefined
              ? {}
              : { settled: { currency: holding.contract.currency, pnl: rounded(settledPnl) } }),
          }),
        ),
      };
    }
  }
}

function accountPulse(book: PulseBook, account: PulsedAccount): AccountPulse {
  const { ref, index, holdings } = account;
  const { pnl, equity, exposure, drawdown } = book.columns;
  const amount = (column: Float64Array): string => amountOf(column[index] ?? 0);
  return {
    ...ref,
    currency: holdings.currency,
    openPositions: holdings.positions.size,
    ...(book.isValued(account)
      ? {
          worth: {
            pnl: amount(pnl),
            equity: amount(equity),
            exposure: amount(exposure),
            drawdown: amount(drawdown),
          },
        }
      : {}),
  };
}

/** By currency: what is counted in different ones is not added up. */
function totalsOf(groups: readonly GroupTotals[]): PulseTotals[] {
  const sums = new Map<string, GroupTotals>();
  for (const group of groups) {
    const sum = sums.get(group.currency);
    if (sum === undefined) sums.set(group.currency, { ...group });
    else
      for (const part of ['accounts', 'unvalued', 'pnl', 'equity', 'exposure', 'drawdown'] as const)
        sum[part] += group[part];
  }
  return [...sums.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1)).map(shownTotals);
}

function shownTotals({
  currency,
  accounts,
  unvalued,
  pnl,
  equity,
  exposure,
  drawdown,
}: GroupTotals): PulseTotals {
  return {
    currency,
    accounts,
    unvalued,
    pnl: amountOf(pnl),
    equity: amountOf(equity),
    exposure: amountOf(exposure),
    drawdown: amountOf(drawdown),
  };
}

/** What could not be valued comes first. */
function greatestFirst(a = 0, b = 0): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return b - a;
}

/** A number as decimal text. */
export function amountOf(number: number): string {
  // Beyond this a double has no digits after the point, and `toFixed` an exponent.
  if (Math.abs(number) >= 2 ** 53) return BigInt(number).toString();
  return formatDecimal(decimal(number.toFixed(shownScale)));
}

function rounded(amount: string): string {
  return formatDecimal(roundTo(decimal(amount), shownScale, 'halfEven'));
}
