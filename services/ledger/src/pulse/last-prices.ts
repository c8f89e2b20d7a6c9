import type { Marks } from '@bellwether/contracts';
import type { PriceSeries, PriceTable } from '@bellwether/domain';

type Mark = Marks['marks'][number];

interface Price {
  readonly price: string;
  /** When it was told, epoch milliseconds. */
  readonly at: number;
}

/** The last price of each series of every symbol, from whichever venue said it last. */
export class LastPrices {
  readonly #bySymbol = new Map<string, { [Series in PriceSeries]?: Price }>();

  readonly of: PriceTable = (symbol) => this.#bySymbol.get(symbol) ?? {};

  /** Takes what is newer than what is known: messages may overtake each other. @param at when it was told. */
  note(mark: Mark, at: number): void {
    const known = this.#bySymbol.get(mark.symbol) ?? {};
    this.#bySymbol.set(mark.symbol, known);
    for (const series of ['trade', 'bid', 'ask', 'mark'] as const) {
      const price = mark[series];
      if (price !== undefined && (known[series]?.at ?? 0) <= at) known[series] = { price, at };
    }
  }
}
