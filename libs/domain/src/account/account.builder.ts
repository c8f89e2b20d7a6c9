import type { Market } from '../market/symbol-prices.ts';
import type { PriceSeries, TickReference } from '../market/tick.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import type { PositionTerms } from '../position/position.ts';
import { resolveExits } from '../position/resolve-exits.ts';
import { decimal } from '../units.ts';
import { type Account, evolve, unopenedAccount } from './account.ts';
import type { AccountEvent } from './events.ts';
import type { PlainPrices } from './worth.oracle.ts';

/** Valid data for specs. */

export const by = { actor: 'test', reason: '' } as const;

export const opened: readonly AccountEvent[] = [
  { type: 'AccountOpened', tenant: 't', uid: 'u', accountId: 'u.main' },
  { type: 'TradingResumed', ...by },
];

/** An active account to which these events happened. */
export function given(...events: readonly AccountEvent[]): Account {
  return [...opened, ...events].reduce(evolve, unopenedAccount('t', 'u', 'u.main'));
}

/** A long position of 5 BAC from 13.83, armed from a second after the epoch, with these exits. */
export function positionWith(exits: ExitsSpec, terms: Partial<PositionTerms> = {}): PositionTerms {
  const base = {
    id: 'p1',
    symbol: 'BAC',
    side: 'long',
    quantity: '5',
    entryPrice: '13.83',
    contract: { kind: 'linear', multiplier: '1', currency: 'USD' },
    priceSource: 'trade',
    openedAt: 1_000,
    broker: 'shadow',
    ...terms,
  } satisfies Partial<PositionTerms>;
  const { side, entryPrice, openedAt } = base;
  const armedFrom = { at: openedAt };
  const resolved = resolveExits(exits, { side, entryPrice: decimal(entryPrice), armedFrom, openedAt });
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.refusal));
  return { ...base, exits: resolved.value };
}

export function adopted(position: PositionTerms): AccountEvent {
  return { type: 'PositionAdopted', position };
}

/** A trade of BAC two seconds after the epoch. */
export function tickAt(price: string, tick: Partial<TickReference> = {}): TickReference {
  return {
    symbol: 'BAC',
    venue: 'P',
    epoch: 'e',
    ordinal: 7,
    series: 'trade',
    price,
    exchangeAt: 2_000,
    receivedAt: 2_001,
    ...tick,
  };
}

/** A market in which these symbols have traded at these prices, a second after the epoch. */
export function marketOf(prices: Readonly<Record<string, string>>): Market {
  return (symbol) => {
    const price = prices[symbol];
    return price === undefined ? {} : { trade: tickAt(price, { symbol, exchangeAt: 1_000, ordinal: 1 }) };
  };
}

/** A market with these last prices, by symbol and series. */
export function marketWith(prices: PlainPrices): Market {
  return (symbol) => {
    const { trade, bid, ask, mark } = prices[symbol] ?? {};
    const ticks: { [Series in PriceSeries]?: TickReference } = {};
    for (const [series, price] of [
      ['trade', trade],
      ['bid', bid],
      ['ask', ask],
      ['mark', mark],
    ] as const)
      if (price !== undefined)
        ticks[series] = tickAt(price, { symbol, series, exchangeAt: 1_000, ordinal: 1 });
    return ticks;
  };
}

/** A shadow broker that costs nothing and fills half of what trades, one lot at least. */
export const halfOfTrades: AccountEvent = {
  type: 'AccountConfigured',
  ...by,
  settings: {
    currency: 'USD',
    limits: {},
    fills: {
      kind: 'modelled',
      spreadPercent: '0',
      slippagePercent: '0',
      makerFeePercent: '0',
      takerFeePercent: '0',
      maxShareOfTrade: '0.5',
    },
  },
};
