import type { Instrument, Tick } from './tick.ts';

/** An instrument for specs: a trade with two decimals in shard 0, where nothing else is said. */
export function instrument(symbol: string, parts: Partial<Instrument> = {}): Instrument {
  return { symbol, venue: 'test', kind: 'trade', priceScale: 2, sizeScale: 0, shard: 0, ...parts };
}

/** A tick for specs. */
export function tick(of: Instrument, exchangeAt: number, first = 100, second = first): Tick {
  return { instrument: of, exchangeAt, first, second };
}
