import type { AccountDocument, PositionDocument, PulseTotals } from '@bellwether/contracts';
import {
  type Decimal,
  type PriceTable,
  absolute,
  add,
  decimal,
  divide,
  multiply,
  negate,
  subtract,
  sum,
  zero,
} from '@bellwether/domain';

/** What is stored of an account. */
export interface StoredAccount {
  readonly account: AccountDocument;
  readonly positions: readonly PositionDocument[];
}

export interface ExactWorth {
  readonly pnl: Decimal;
  readonly equity: Decimal;
  readonly exposure: Decimal;
  /** The sum of the sizes of all amounts that are added up: what roundings are measured by. */
  readonly size: Decimal;
}

const digits = 40;
const one: Decimal = { units: 1n, scale: 0 };

/**
 * For specs: what an account comes to by its documents and the last prices, in exact decimals and by other formulas than the
 * pulse's; `undefined` with the names of what has no price.
 */
export function exactWorth(
  { account, positions }: StoredAccount,
  prices: PriceTable,
): { readonly worth?: ExactWorth; readonly unpriced: readonly string[] } {
  const to = account.settings.currency;
  const unpriced = new Set<string>();
  const rateOf = (from: string): Decimal => {
    const rate = exactRate(from, to, prices);
    if (rate === undefined) unpriced.add(`${from}/${to}`);
    return rate ?? zero;
  };
  let pnl: Decimal = zero;
  let exposure: Decimal = zero;
  let equity: Decimal = zero;
  let size: Decimal = zero;
  for (const [currency, amount] of Object.entries(account.cash))
    if (decimal(amount).units !== 0n) {
      const worth = multiply(decimal(amount), rateOf(currency));
      equity = add(equity, worth);
      size = add(size, absolute(worth));
    }
  for (const { details } of positions) {
    if (details.status === 'closed') continue;
    const { symbol, side, contract } = details;
    const quantity = multiply(decimal(details.quantity), decimal(contract.multiplier));
    const { mark, trade, bid, ask } = prices(symbol);
    const last = mark ?? trade ?? (side === 'long' ? bid : ask);
    const rate = rateOf(contract.currency);
    if (last === undefined) {
      unpriced.add(symbol);
      continue;
    }
    const now = sizeAt(contract.kind, quantity, decimal(last.price));
    const then = sizeAt(contract.kind, quantity, decimal(details.entryPrice));
    // A long of a linear contract gains when its size grows; of an inverse one, when it shrinks.
    const isOwner = (side === 'long') === (contract.kind === 'linear');
    pnl = add(pnl, multiply(isOwner ? subtract(now, then) : subtract(then, now), rate));
    exposure = add(exposure, multiply(now, rate));
    size = sum([size, multiply(now, rate), multiply(then, rate)]);
    equity = add(equity, multiply(isOwner ? now : negate(now), rate));
  }
  const names = [...unpriced].toSorted();
  return names.length > 0 ? { unpriced: names } : { worth: { pnl, equity, exposure, size }, unpriced: [] };
}

/** Whether amounts as they are shown are the exact ones, but for the roundings of doubles along the way. */
export function isShownAs(
  shown: Pick<PulseTotals, 'pnl' | 'equity' | 'exposure'>,
  exact: ExactWorth,
): boolean {
  const least = { units: 2n, scale: 8 };
  const allowed = add(least, multiply(exact.size, { units: 1n, scale: 12 }));
  return (['pnl', 'equity', 'exposure'] as const).every((part) => {
    const off = subtract(allowed, absolute(subtract(decimal(shown[part]), exact[part])));
    return off.units >= 0n;
  });
}

/** The size in the settlement currency. */
function sizeAt(kind: 'linear' | 'inverse', quantity: Decimal, price: Decimal): Decimal {
  return kind === 'linear' ? multiply(quantity, price) : divide(quantity, price, digits, 'halfEven');
}

/** By the prices of a pair or of its inverse: straight, or over the first currency that has both. */
function exactRate(from: string, to: string, prices: PriceTable): Decimal | undefined {
  const direct = (base: string, quote: string): Decimal | undefined => {
    if (base === quote) return one;
    const price = lastOf(prices(`${base}-${quote}`));
    if (price !== undefined) return price;
    const turned = lastOf(prices(`${quote}-${base}`));
    return turned === undefined ? undefined : divide(one, turned, digits, 'halfEven');
  };
  const straight = direct(from, to);
  if (straight !== undefined) return straight;
  for (const bridge of ['USD', 'USDT', 'USDC', 'BTC']) {
    const [first, second] = [direct(from, bridge), direct(bridge, to)];
    if (first !== undefined && second !== undefined) return multiply(first, second);
  }
  return undefined;
}

/** Of a rate the last trade counts, else the middle of the quote, else the mark. */
function lastOf({ trade, bid, ask, mark }: ReturnType<PriceTable>): Decimal | undefined {
  if (trade !== undefined) return decimal(trade.price);
  if (bid !== undefined && ask !== undefined)
    return multiply(add(decimal(bid.price), decimal(ask.price)), { units: 5n, scale: 1 });
  return mark === undefined ? undefined : decimal(mark.price);
}
