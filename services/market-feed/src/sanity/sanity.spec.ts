import { describe, expect, it } from '@jest/globals';
import { instrument, tick } from '../ticks/tick.builder.ts';
import type { Tick } from '../ticks/tick.ts';
import { Sanity } from './sanity.ts';

const btc = instrument('BTC-USDT');
const eurusd = instrument('EURUSD', { kind: 'quote' });

/** What each tick let through, as `price@time`; the present is the tick's own time. */
function judgeAll(sanity: Sanity, ticks: readonly Tick[]): string[] {
  return ticks.map((each) =>
    sanity
      .judge(each, each.exchangeAt)
      .map(({ first, exchangeAt }) => `${first}@${exchangeAt}`)
      .join(' '),
  );
}

describe('Sanity', () => {
  it('believes the first tick and all that stay within 20 % of the last', () => {
    const sanity = new Sanity();
    const ticks = [tick(btc, 1, 1_000), tick(btc, 2, 1_200), tick(btc, 2, 960), tick(btc, 3, 1_152)];
    expect(judgeAll(sanity, ticks)).toEqual(['1000@1', '1200@2', '960@2', '1152@3']);
    expect(sanity.refusals).toEqual({});
  });

  it('holds an outlier until a second tick confirms it within 1 %', () => {
    const sanity = new Sanity();
    const ticks = [tick(btc, 1, 1_000), tick(btc, 2, 2_000), tick(btc, 3, 2_020), tick(btc, 4, 2_000)];
    expect(judgeAll(sanity, ticks)).toEqual(['1000@1', '', '2000@2 2020@3', '2000@4']);
    expect(sanity.refusals).toEqual({});
  });

  it('refuses an outlier when the price is back at the next tick', () => {
    const sanity = new Sanity();
    const ticks = [tick(btc, 1, 1_000), tick(btc, 2, 100_000), tick(btc, 3, 1_001)];
    expect(judgeAll(sanity, ticks)).toEqual(['1000@1', '', '1001@3']);
    expect(sanity.refusals).toEqual({ outlier: 1 });
  });

  it('holds another outlier in place of one that it does not confirm', () => {
    const sanity = new Sanity();
    const ticks = [tick(btc, 1, 1_000), tick(btc, 2, 2_000), tick(btc, 3, 3_000), tick(btc, 4, 3_001)];
    expect(judgeAll(sanity, ticks)).toEqual(['1000@1', '', '', '3000@3 3001@4']);
    expect(sanity.refusals).toEqual({ outlier: 1 });
  });

  it('refuses what is still held at the end', () => {
    const sanity = new Sanity();
    judgeAll(sanity, [tick(btc, 1, 1_000), tick(btc, 2, 2_000)]);
    sanity.finish();
    expect(sanity.refusals).toEqual({ outlier: 1 });
  });

  it('judges each instrument by itself', () => {
    const eth = instrument('ETH-USDT');
    const ticks = [tick(btc, 1, 1_000), tick(eth, 2, 10), tick(btc, 3, 1_010), tick(eth, 4, 11)];
    expect(judgeAll(new Sanity(), ticks)).toEqual(['1000@1', '10@2', '1010@3', '11@4']);
  });

  it('counts what cannot be true, by reason', () => {
    const sanity = new Sanity();
    const present = 100_000;
    const refused = [
      tick(btc, present, 0),
      tick(btc, present, Number.NaN),
      tick(btc, present, 1, -1),
      tick(eurusd, present, 11, 10),
      tick(eurusd, present, 11, 0),
      tick(btc, present - 5_001, 10),
    ];
    for (const each of refused) expect(sanity.judge(each, present)).toEqual([]);
    expect(sanity.judge(tick(btc, present - 5_000, 10), present)).toHaveLength(1);
    expect(sanity.judge(tick(btc, present - 5_001, 10), present - 5_000)).toEqual([]);
    expect(sanity.refusals).toEqual({ nonPositive: 4, crossed: 1, stale: 1, regressed: 1 });
  });

  it('measures a quote by its middle', () => {
    const ticks = [tick(eurusd, 1, 100, 100), tick(eurusd, 2, 119, 121), tick(eurusd, 3, 140, 160)];
    expect(judgeAll(new Sanity(), ticks)).toEqual(['100@1', '119@2', '']);
  });
});
