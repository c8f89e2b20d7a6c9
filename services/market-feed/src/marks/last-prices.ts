import type { Marks } from '@bellwether/contracts';
import { formatDecimal } from '@bellwether/domain';
import type { Instrument, Tick } from '../ticks/tick.ts';

type Mark = Marks['marks'][number];

/** The last prices of an epoch: what changed since they were last taken. */
export class LastPrices {
  readonly #epoch: string;
  readonly #last = new Map<Instrument, Tick>();
  readonly #changed = new Set<Instrument>();
  #ticks = 0;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  record(tick: Tick): void {
    this.#ticks += 1;
    this.#last.set(tick.instrument, tick);
    this.#changed.add(tick.instrument);
  }

  /** The prices that changed since the last time; `undefined` when none did. @param at epoch milliseconds. */
  take(at: number): Marks | undefined {
    if (this.#changed.size === 0) return undefined;
    const marks = new Map<string, Mark>();
    for (const instrument of this.#changed) {
      const tick = this.#last.get(instrument);
      const key = `${instrument.symbol} ${instrument.venue}`;
      if (tick !== undefined) marks.set(key, { ...marks.get(key), ...markOf(tick) });
    }
    this.#changed.clear();
    return { epoch: this.#epoch, ticks: this.#ticks, at, marks: [...marks.values()] };
  }
}

function markOf({ instrument, exchangeAt, first, second }: Tick): Mark {
  const { symbol, venue, kind, priceScale } = instrument;
  const text = (units: number): string => formatDecimal({ units: BigInt(units), scale: priceScale });
  switch (kind) {
    case 'trade':
      return { symbol, venue, trade: text(first), exchangeAt };
    case 'quote':
      return { symbol, venue, bid: text(first), ask: text(second), exchangeAt };
    case 'mark':
      return { symbol, venue, mark: text(first), exchangeAt };
  }
}
