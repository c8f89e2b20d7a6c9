import { Exact } from '../exact.oracle.ts';
import {
  PlainMoney,
  type PlainPosition,
  type PlainPrices,
  type PlainRate,
  type PlainRefusal,
  plainNotional,
  plainPrice,
} from './worth.oracle.ts';

/** A position with what has become of it. Amounts are decimal text. */
export interface PlainGains extends PlainPosition {
  readonly entryPrice: string;
  readonly realizedPnl: string;
  readonly fees: Readonly<Record<string, string>>;
  readonly funding: string;
  readonly isOpen: boolean;
}

export type PlainPnl = Readonly<Record<'realized' | 'unrealized' | 'fees' | 'funding' | 'net', string>>;
type Told =
  | { readonly settled: PlainPnl; readonly account: PlainPnl; readonly rates: readonly PlainRate[] }
  | { readonly refusal: PlainRefusal };

/** What closing all of it now would gain. */
export function plainUnrealized(
  { symbol, side, quantity, contract, entryPrice }: PlainPosition & { readonly entryPrice: string },
  prices: PlainPrices,
): { readonly gain: Exact } | { readonly refusal: PlainRefusal } {
  const at = plainPrice(symbol, side === 'long' ? 'sell' : 'buy', prices);
  if ('refusal' in at) return at;
  const worth = (price: Exact): Exact => plainNotional(contract, Exact.of(quantity), price);
  const risen = worth(at.price).minus(worth(Exact.of(entryPrice)));
  return { gain: risen.times((side === 'long') === (contract.kind === 'linear') ? 1 : -1) };
}

/**
 * The gains of a position in the currency in which it is settled and in its account's, each part to eighteen digits, half to
 * even: of what is closed, of what is open, what was paid in fees of any currency, and what funding brought.
 */
export function plainGains(position: PlainGains, currency: string, prices: PlainPrices): Told {
  const { contract, realizedPnl, fees, funding, isOpen } = position;
  const open = isOpen ? plainUnrealized(position, prices) : { gain: Exact.of(0) };
  if ('refusal' in open) return open;
  const told: PlainPnl[] = [];
  const rates: PlainRate[] = [];
  for (const to of [contract.currency, currency]) {
    const money = new PlainMoney(to, prices);
    const inMoney = (amounts: readonly (readonly [string, Exact])[]): Exact | PlainRefusal => {
      let sum = Exact.of(0);
      for (const [from, amount] of amounts) {
        const worth = money.in(amount, from);
        if ('refusal' in worth) return worth.refusal;
        sum = sum.plus(worth.value).digits(18, 'even');
      }
      return sum;
    };
    const parts = [
      inMoney([[contract.currency, Exact.of(realizedPnl)]]),
      inMoney([[contract.currency, open.gain]]),
      inMoney(Object.entries(fees).map(([paid, fee]) => [paid, Exact.of(fee)] as const)),
      inMoney([[contract.currency, Exact.of(funding)]]),
    ];
    const sums: Exact[] = [];
    for (const part of parts) {
      if (!(part instanceof Exact)) return { refusal: part };
      sums.push(part);
    }
    const [gained = Exact.of(0), gains = gained, paid = gained, received = gained] = sums;
    const net = gained.plus(gains).plus(received).minus(paid);
    const [realized, unrealized, cost, funded] = [gained, gains, paid, received].map(String);
    told.push({
      realized: realized ?? '',
      unrealized: unrealized ?? '',
      fees: cost ?? '',
      funding: funded ?? '',
      net: String(net),
    });
    rates.push(...money.rates);
  }
  const [settled, account] = told;
  if (settled === undefined || account === undefined) throw new Error('two currencies are told');
  return { settled, account, rates };
}
