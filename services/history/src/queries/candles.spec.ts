import { describe, expect, it } from '@jest/globals';
import type { CandleInterval } from './candle-interval.ts';
import { type CandleLimits, type CandleRequest, Candles } from './candles.ts';
import type { Candle } from './query-candles.ts';

const market = { symbol: 'BTC-USDT', venue: 'kucoin', kind: 'trade' } as const;
const hour = 3_600_000;
const day = 24 * hour;
const limits: CandleLimits = { candles: 1_000, settleMs: hour, keepMs: 10 * day, candlesPerQuery: 72 };

describe('Candles', () => {
  it('asks once for what is closed, and again for what is not', async () => {
    const desk = new Desk({ now: 2 * day + hour });
    await desk.read('1h', 0, 3 * day);
    expect(desk.asked).toEqual(['0 to 72']);
    await desk.read('1h', 0, 3 * day);
    expect(desk.asked.slice(1)).toEqual(['48 to 72']);
  });

  it('does not take a piece for closed before its ticks had time to arrive', async () => {
    const desk = new Desk({ now: day + hour - 1 });
    await desk.read('1h', 0, day);
    await desk.read('1h', 0, day);
    expect(desk.asked).toEqual(['0 to 24', '0 to 24']);
  });

  it('answers any span within a closed day from what it kept, whole candles alone', async () => {
    const desk = new Desk({ now: 9 * day });
    expect(await desk.read('1h', 5 * hour, 8 * hour)).toEqual([5, 6, 7]);
    expect(await desk.read('1h', 6 * hour + 1, 7 * hour + 1)).toEqual([6, 7]);
    expect(await desk.read('1h', 6 * hour, 6 * hour)).toEqual([]);
    expect(desk.asked).toEqual(['0 to 24']);
  });

  it('keeps hours where candles last seconds', async () => {
    const desk = new Desk({ now: 9 * day });
    expect(await desk.read('15s', 5 * hour + 1, 5 * hour + 2)).toEqual([5]);
    expect(desk.asked).toEqual(['5 to 6']);
  });

  it('asks for neighbours that are not kept together, up to a bound', async () => {
    const desk = new Desk({ now: 20 * day, candlesPerQuery: 3 });
    await desk.read('1d', 2 * day, 3 * day);
    await desk.read('1d', 0, 8 * day);
    expect(desk.asked).toEqual(['48 to 72', '0 to 48', '72 to 144', '144 to 192']);
  });

  it('keeps so many candles, and lets go the longest unused', async () => {
    const desk = new Desk({ now: 20 * day, candles: 50 });
    await desk.read('1h', 0, day);
    await desk.read('1h', day, 2 * day);
    await desk.read('1h', 0, day);
    await desk.read('1h', 2 * day, 3 * day);
    desk.asked.length = 0;
    await desk.read('1h', 0, day);
    await desk.read('1h', day, 2 * day);
    expect(desk.asked).toEqual(['24 to 48']);
  });

  it('asks again for what it has kept for long', async () => {
    const desk = new Desk({ now: 20 * day, keepMs: hour });
    await desk.read('1h', 0, day);
    desk.now += hour - 1;
    await desk.read('1h', 0, day);
    expect(desk.asked).toEqual(['0 to 24']);
    desk.now += 1;
    await desk.read('1h', 0, day);
    expect(desk.asked).toEqual(['0 to 24', '0 to 24']);
  });

  it('keeps markets, kinds and intervals apart', async () => {
    const desk = new Desk({ now: 20 * day });
    await desk.read('1h', 0, day);
    await desk.read('1h', 0, day, { ...market, venue: 'kraken' });
    await desk.read('1h', 0, day, { ...market, kind: 'quote' });
    await desk.read('30m', 0, day);
    expect(desk.asked).toHaveLength(4);
  });

  it('refuses a span that ends before it begins', async () => {
    await expect(new Desk({ now: day }).read('1h', day, 0)).rejects.toThrow('ends before it begins');
  });
});

/** Candles over a market that trades once an hour. */
class Desk {
  now: number;
  /** Spans that were asked for, in hours. */
  readonly asked: string[] = [];
  readonly #candles: Candles;

  constructor({ now, ...given }: { readonly now: number } & Partial<CandleLimits>) {
    this.now = now;
    this.#candles = new Candles({
      query: async (request) => Promise.resolve(this.#query(request)),
      clock: { now: () => this.now },
      limits: { ...limits, ...given },
    });
  }

  /** The hours of the candles. */
  async read(interval: CandleInterval, from: number, to: number, asked: CandleRequest['market'] = market) {
    const span = { from: new Date(from), to: new Date(to) };
    const hours: number[] = [];
    for await (const run of this.#candles.read({ market: asked, interval, span }))
      hours.push(...run.map(({ openAt }) => openAt / hour));
    return hours;
  }

  #query({ interval, span }: CandleRequest): Candle[] {
    const [from, to] = [span.from.getTime(), span.to.getTime()];
    this.asked.push(`${from / hour} to ${to / hour}`);
    const step = interval === '1d' ? day : hour;
    return Array.from({ length: (to - from) / step }, (_, i) => candleAt(from + i * step));
  }
}

function candleAt(openAt: number): Candle {
  return { openAt, open: '1', high: '1', low: '1', close: '1', volume: '1', vwap: '1', count: 1 };
}
