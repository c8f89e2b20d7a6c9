import type { Frame, FrameInstrument } from '@bellwether/contracts';
import { eventually } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Candle,
  type CandleInterval,
  type Market,
  candleIntervals,
  countTicks,
  isCandleInterval,
  queryCandles,
  queryMarkets,
} from '../src/index.ts';
import { frameOf } from '../src/ticks/frame.fixture.ts';
import { candlesByHand } from './candle-oracle.ts';
import { System } from './system.ts';

const day = 86_400_000;
const start = Date.UTC(2023, 10, 14);
const instruments: readonly FrameInstrument[] = [
  { symbol: 'BTC-USDT', venue: 'kucoin', kind: 'trade', priceScale: 2, sizeScale: 8 },
  { symbol: 'BTC-USDT', venue: 'kucoin', kind: 'quote', priceScale: 2, sizeScale: 0 },
  { symbol: 'BTC-USDT', venue: 'kraken', kind: 'trade', priceScale: 1, sizeScale: 8 },
  // More decimals than NUMERIC has.
  { symbol: 'PEPE-USDT', venue: 'kucoin', kind: 'trade', priceScale: 12, sizeScale: 0 },
  { symbol: 'PEPE-USDT', venue: 'kucoin', kind: 'quote', priceScale: 11, sizeScale: 0 },
  { symbol: 'BTC-PERP', venue: 'kucoin', kind: 'mark', priceScale: 2, sizeScale: 0 },
];
const byMarket = (a: Market, b: Market): number =>
  `${a.symbol}/${a.venue}/${a.kind}` < `${b.symbol}/${b.venue}/${b.kind}` ? -1 : 1;
/** Two epochs, which meet within a second. */
const frames = [...framesOf('tape-0000000001', start, 7), ...framesOf('tape-0000000002', start + day, 11)];

describe('candles', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start();
    const history = await system.startHistory();
    await system.publishFrames(frames);
    const epochs = [...new Set(frames.map(({ epoch }) => epoch))];
    const published = frames.reduce((sum, { length }) => sum + length, 0);
    await untilCounted(epochs, published);
    await history.close();
  });
  afterAll(async () => system.close());

  async function untilCounted(epochs: readonly string[], count: number): Promise<void> {
    await eventually(async () => expect(await countTicks(system.cloud.bigquery, { epochs })).toBe(count));
  }

  async function candlesOf(market: Market, interval: CandleInterval, from = 0, to = Date.UTC(2100, 0)) {
    const span = { from: new Date(from), to: new Date(to) };
    return queryCandles(system.cloud.bigquery, { market, interval, span });
  }

  it('are of markets that can be asked for, those with the most ticks first', async () => {
    const span = { from: new Date(start), to: new Date(start + 2 * day) };
    const found = await queryMarkets(system.cloud.bigquery, { span, most: 100 });
    const expected = instruments.map(({ symbol, venue, kind }) => {
      const [all] = candlesByHand(frames, { symbol, venue, kind }, 1_000_000_000_000);
      return { symbol, venue, kind, count: all?.count };
    });
    expect(found.map(({ fromAt: _from, toAt: _to, ...rest }) => rest).toSorted(byMarket)).toEqual(
      expected.toSorted(byMarket),
    );
    expect(found.map(({ count }) => count)).toEqual(
      found.map(({ count }) => count).toSorted((a, b) => b - a),
    );
    expect(
      found.every(({ fromAt, toAt }) => fromAt >= start && toAt < start + 2 * day && fromAt < toAt),
    ).toBe(true);
    expect(await queryMarkets(system.cloud.bigquery, { span, most: 2 })).toEqual(found.slice(0, 2));
    const later = { from: new Date(start + 9 * day), to: new Date(start + 10 * day) };
    expect(await queryMarkets(system.cloud.bigquery, { span: later, most: 2 })).toEqual([]);
  });

  it.each(instruments)(
    'of $symbol $kind at $venue are those made by hand, of every length',
    async (market) => {
      for (const interval of Object.keys(candleIntervals).filter(isCandleInterval)) {
        const found = await candlesOf(market, interval);
        const expected = candlesByHand(frames, market, candleIntervals[interval]);
        expect(found.map(withoutVwap)).toEqual(expected.map(withoutVwap));
        for (const [i, { vwap }] of expected.entries()) {
          const other = found[i]?.vwap ?? null;
          if (vwap === null || other === null) expect(other).toBe(vwap);
          else
            expect(Math.abs(Number(other) - Number(vwap))).toBeLessThanOrEqual(5e-10 + Number(vwap) * 1e-14);
        }
      }
    },
  );

  it('of a span are those that begin in it', async () => {
    const [market] = instruments;
    if (market === undefined) throw new Error('no market');
    const hour = candleIntervals['1h'];
    const all = candlesByHand(frames, market, hour);
    const [from, to] = [all[3]?.openAt ?? 0, all[7]?.openAt ?? 0];
    expect((await candlesOf(market, '1h', from, to)).map(({ openAt }) => openAt)).toEqual(
      all.slice(3, 7).map(({ openAt }) => openAt),
    );
  });

  it('of a market that never ticked are none, whatever it is called', async () => {
    const market = { symbol: "x' OR 'a' = 'a", venue: 'kucoin', kind: 'trade' } as const;
    expect(await candlesOf(market, '1d')).toEqual([]);
  });
});

function withoutVwap({ openAt, open, high, low, close, volume, count }: Candle) {
  return { openAt, open, high, low, close, volume, count };
}

/** A day of ticks at times that come in bunches, also out of order, prices and sizes from a fixed sequence. */
function framesOf(epoch: string, startsAt: number, seed: number): Frame[] {
  const count = 12;
  const length = 100;
  let state = seed;
  const next = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return Array.from({ length: count }, (_, number) => {
    const exchangeAt = Float64Array.from(
      { length },
      (_each, i) => startsAt + Math.floor((day / count) * (number + Math.floor(i / 10) / 10)) + next(1_500),
    );
    const instrument = Uint16Array.from({ length }, () => next(instruments.length));
    const first = Float64Array.from({ length }, () => 1_000 + next(9_000_000));
    const second = first.map((price, i) => {
      const kind = instruments[instrument[i] ?? 0]?.kind;
      if (kind === 'mark') return 0;
      return kind === 'quote' ? price + next(100) : next(500) * next(10_000);
    });
    return frameOf({
      epoch,
      number: number + 1,
      firstOrdinal: number * length,
      length,
      isLast: number === count - 1,
      instruments,
      instrument,
      exchangeAt,
      first,
      second,
    });
  });
}
