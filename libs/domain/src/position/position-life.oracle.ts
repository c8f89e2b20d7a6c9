import { plainNotional } from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';
import type { Contract } from '../market/instrument.ts';

/** What happened to a position, one thing after the other. Amounts are decimal text. */
export type PlainTrade =
  | {
      readonly does: 'enter' | 'exit';
      readonly quantity: string;
      readonly price: string;
      readonly fee: string;
      readonly feeCurrency: string;
    }
  | { readonly does: 'fund'; readonly amount: string };

export interface PlainLife {
  /** What is open. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly enteredQuantity: string;
  readonly realizedPnl: string;
  readonly fees: Readonly<Record<string, string>>;
  readonly funding: string;
  /** What each exit gained, from which average entry, and what it left open. */
  readonly exits: readonly {
    readonly realizedPnl: string;
    readonly entryPrice: string;
    readonly left: string;
  }[];
}

/**
 * The sums of a position over its whole life. The average entry weighs prices by quantity; of an inverse contract it is
 * all contracts over the sum of their sizes, each with thirty-six digits. Both have eighteen, half to even. An exit
 * gains what it is worth at its price more than at the average; a short the opposite, and so does an inverse long.
 */
export function plainLife(
  contract: Contract,
  side: 'long' | 'short',
  trades: readonly PlainTrade[],
): PlainLife {
  const none = Exact.of(0);
  let [open, entry, entered, gained, funding] = [none, none, none, none, none];
  const fees: Record<string, Exact> = {};
  const exits: { realizedPnl: string; entryPrice: string; left: string }[] = [];
  const isLinear = contract.kind === 'linear';
  const sizeAt = (quantity: Exact, price: Exact): Exact =>
    isLinear ? quantity.times(price) : quantity.dividedBy(price).digits(36, 'even');
  for (const trade of trades) {
    if (trade.does === 'fund') {
      funding = funding.plus(Exact.of(trade.amount));
      continue;
    }
    const [quantity, price, fee] = [Exact.of(trade.quantity), Exact.of(trade.price), Exact.of(trade.fee)];
    if (fee.against(0) !== 0) fees[trade.feeCurrency] = (fees[trade.feeCurrency] ?? Exact.of(0)).plus(fee);
    if (trade.does === 'enter') {
      const all = open.plus(quantity);
      if (open.against(0) === 0) entry = price;
      else {
        const sizes = sizeAt(open, entry).plus(sizeAt(quantity, price));
        entry = (isLinear ? sizes.dividedBy(all) : all.dividedBy(sizes)).digits(18, 'even');
      }
      open = all;
      entered = entered.plus(quantity);
      continue;
    }
    const risen = plainNotional(contract, quantity, price).minus(plainNotional(contract, quantity, entry));
    const gain = risen.times((side === 'long') === isLinear ? 1 : -1);
    open = open.minus(quantity);
    gained = gained.plus(gain);
    exits.push({ realizedPnl: String(gain), entryPrice: String(entry), left: String(open) });
  }
  return {
    quantity: String(open),
    entryPrice: String(entry),
    enteredQuantity: String(entered),
    realizedPnl: String(gained),
    fees: Object.fromEntries(Object.entries(fees).map(([currency, fee]) => [currency, String(fee)])),
    funding: String(funding),
    exits,
  };
}
