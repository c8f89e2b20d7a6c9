import { Marks } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { instrument, tick } from '../ticks/tick.builder.ts';
import { LastPrices } from './last-prices.ts';

const trade = instrument('BTC-USDT', { priceScale: 1 });
const quote = instrument('BTC-USDT', { priceScale: 1, kind: 'quote' });
const other = instrument('XRP-USDT', { priceScale: 5 });

describe('LastPrices', () => {
  it('takes the last price of what changed, as decimal text', () => {
    const prices = new LastPrices('tape-0000000001');
    prices.record(tick(trade, 1, 642_500));
    prices.record(tick(other, 2, 62_400));
    prices.record(tick(trade, 3, 642_511));
    const marks = prices.take(10.5);
    expect(Marks.parse(marks)).toEqual({
      epoch: 'tape-0000000001',
      ticks: 3,
      at: 10.5,
      marks: [
        { symbol: 'BTC-USDT', venue: 'test', trade: '64251.1', exchangeAt: 3 },
        { symbol: 'XRP-USDT', venue: 'test', trade: '0.624', exchangeAt: 2 },
      ],
    });
    prices.record(tick(other, 4, 62_401));
    expect(prices.take(11)).toMatchObject({ ticks: 4, marks: [{ symbol: 'XRP-USDT', trade: '0.62401' }] });
  });

  it('has nothing to say when nothing changed', () => {
    const prices = new LastPrices('e');
    expect(prices.take(1)).toBeUndefined();
    prices.record(tick(trade, 1));
    prices.take(2);
    expect(prices.take(3)).toBeUndefined();
  });

  it('puts trade and quote of one symbol at one venue together', () => {
    const prices = new LastPrices('e');
    prices.record(tick(quote, 1, 100, 101));
    prices.record(tick(trade, 2, 100));
    expect(prices.take(3)?.marks).toEqual([
      { symbol: 'BTC-USDT', venue: 'test', bid: '10', ask: '10.1', trade: '10', exchangeAt: 2 },
    ]);
  });
});
