import { describe, expect, it } from '@jest/globals';
import { instrument, tick } from '../ticks/tick.builder.ts';
import type { Tick } from '../ticks/tick.ts';
import { Sanity } from './sanity.ts';
import { type SanityRules, defaultSanityRules } from './sanity-rules.ts';

const btc = instrument('BTC-USDT');
const btcQuote = instrument('BTC-USDT', { kind: 'quote', priceScale: 3 });
const eurusd = instrument('EURUSD', { kind: 'quote' });

function sanityWith(rules: Partial<SanityRules> = {}): Sanity {
  return new Sanity({ ...defaultSanityRules, ...rules });
}

/** A sanity that has a price of 1,000 to compare with. */
function seeded(rules: Partial<SanityRules> = {}): Sanity {
  const sanity = sanityWith(rules);
  judgeAll(sanity, [tick(btc, 1, 1_000), tick(btc, 2, 1_000)]);
  return sanity;
}

function numbered(sequence: bigint, price: number): Tick {
  return { ...tick(btc, 5, price), sequence };
}

/** What each tick let through, as `price@time`, and what it got refused, as `-price@time`. */
function judgeAll(sanity: Sanity, ticks: readonly Tick[]): string[] {
  return ticks.map((each) => {
    const { valid, refused } = sanity.judge(each, each.receivedAt ?? each.exchangeAt);
    return [
      ...valid.map(({ first, exchangeAt }) => `${first}@${exchangeAt}`),
      ...refused.map(({ tick: { first, exchangeAt } }) => `-${first}@${exchangeAt}`),
    ].join(' ');
  });
}

describe('the band', () => {
  it('lets pass what is within 10 % of the last prices, up and down', () => {
    const ticks = [tick(btc, 3, 1_100), tick(btc, 4, 900), tick(btc, 4, 1_000)];
    expect(judgeAll(seeded(), ticks)).toEqual(['1100@3', '900@4', '1000@4']);
  });

  it('is measured from the median of the last five, so that one price does not move it', () => {
    const ticks = [1_000, 1_000, 1_090, 1_110].map((price, i) => tick(btc, 3 + i, price));
    expect(judgeAll(seeded(), ticks)).toEqual(['1000@3', '1000@4', '1090@5', '']);
  });

  it('may be another for a symbol', () => {
    const bands = new Map([['BTC-USDT', 0.01]]);
    expect(judgeAll(seeded({ bands }), [tick(btc, 3, 1_010), tick(btc, 4, 1_011)])).toEqual(['1010@3', '']);
  });

  it('takes both prices of a quote, not their middle', () => {
    const ticks = [tick(eurusd, 1, 100, 100), tick(eurusd, 2, 100, 101), tick(eurusd, 3, 50, 150)];
    expect(judgeAll(new Sanity(), ticks)).toEqual(['', '100@1 100@2', '']);
  });

  it('judges each instrument by itself', () => {
    const eth = instrument('ETH-USDT');
    const ticks = [tick(eth, 3, 10), tick(eth, 4, 10), tick(btc, 5, 1_010), tick(eth, 6, 11)];
    expect(judgeAll(seeded(), ticks)).toEqual(['', '10@3 10@4', '1010@5', '11@6']);
  });
});

describe('an outlier', () => {
  it('is released in order, with its own time, by the second later tick that agrees', () => {
    const ticks = [tick(btc, 3, 2_000), tick(btc, 4, 2_040), tick(btc, 5, 2_000), tick(btc, 6, 2_001)];
    const sanity = seeded();
    expect(judgeAll(sanity, ticks)).toEqual(['', '', '2000@3 2040@4 2000@5', '2001@6']);
    expect(sanity.refusals).toEqual({});
  });

  it('is refused when the price is back', () => {
    const sanity = seeded();
    const ticks = [tick(btc, 3, 100_000), tick(btc, 4, 100_000), tick(btc, 5, 1_001)];
    expect(judgeAll(sanity, ticks)).toEqual(['', '', '1001@5 -100000@3 -100000@4']);
    expect(sanity.refusals).toEqual({ outlier: 2 });
  });

  it('is not confirmed by what prints in the same millisecond, but takes it along', () => {
    const ticks = [3, 3, 3, 3, 4, 5].map((at) => tick(btc, at, 500));
    expect(judgeAll(seeded(), ticks)).toEqual(['', '', '', '', '', '500@3 500@3 500@3 500@3 500@4 500@5']);
  });

  it('gives way to another that it does not agree with', () => {
    const ticks = [tick(btc, 3, 2_000), tick(btc, 4, 3_000), tick(btc, 5, 3_001), tick(btc, 6, 3_002)];
    expect(judgeAll(seeded(), ticks)).toEqual(['', '-2000@3', '', '3000@4 3001@5 3002@6']);
  });

  it('is not confirmed by what comes too late', () => {
    const ticks = [
      tick(btc, 3, 2_000),
      tick(btc, 4, 2_000),
      tick(btc, 5_004, 2_000),
      tick(btc, 5_005, 2_000),
    ];
    expect(judgeAll(seeded(), ticks)).toEqual(['', '', '-2000@3 -2000@4', '']);
  });

  it('is confirmed when another source of the symbol has come to the same price meanwhile', () => {
    const quotes = [tick(btcQuote, 3, 7_000, 7_001), tick(btcQuote, 4, 7_000, 7_001)];
    const ticks = [tick(btc, 5, 700), tick(btc, 6, 1_000)];
    expect(judgeAll(seeded(), [...quotes, ...ticks])).toEqual(['', '7000@3 7000@4', '700@5', '']);
  });

  it('is not confirmed by what another source said before the last price here', () => {
    const sanity = sanityWith();
    judgeAll(sanity, [tick(btcQuote, 1, 7_000, 7_001), tick(btcQuote, 2, 7_000, 7_001)]);
    judgeAll(
      sanity,
      [3, 4, 5].map((at) => tick(btc, at, 1_000)),
    );
    expect(judgeAll(sanity, [tick(btc, 6, 700)])).toEqual(['']);
  });

  it('is refused when the feed ends', () => {
    const sanity = seeded();
    judgeAll(sanity, [tick(btc, 3, 2_000)]);
    expect(sanity.finish(4).refused).toEqual([{ tick: tick(btc, 3, 2_000), reason: 'outlier' }]);
    expect(sanity.refusals).toEqual({ outlier: 1 });
  });
});

describe('without a price to compare with', () => {
  it('the first tick is held until a later one agrees', () => {
    const ticks = [tick(btc, 1, 5), tick(btc, 2, 1_000), tick(btc, 2, 1_000), tick(btc, 3, 1_001)];
    expect(judgeAll(new Sanity(), ticks)).toEqual(['', '-5@1', '', '1000@2 1000@2 1001@3']);
  });

  it('a gap after a silence is believed with one tick that agrees, whenever it comes', () => {
    const monday = 2 * 24 * 3_600_000;
    const ticks = [tick(btc, monday, 700), tick(btc, monday + 30_000, 701)];
    expect(judgeAll(seeded(), ticks)).toEqual(['', `700@${monday} 701@${monday + 30_000}`]);
  });

  it('a tick inside the band after a silence is believed at once', () => {
    expect(judgeAll(seeded(), [tick(btc, 10_000_000, 1_050)])).toEqual(['1050@10000000']);
  });

  it('what has waited for longer than a minute confirms, and is itself refused as stale', () => {
    const sanity = new Sanity();
    expect(judgeAll(sanity, [tick(btc, 1, 10), tick(btc, 60_002, 10)])).toEqual(['', '10@60002 -10@1']);
    expect(sanity.refusals).toEqual({ stale: 1 });
  });
});

describe('what cannot be true', () => {
  const present = 100_000;
  it.each<[string, Tick]>([
    ['notANumber', tick(btc, present, Number.NaN)],
    ['notANumber', tick(btc, present, Number.POSITIVE_INFINITY)],
    ['notANumber', tick(btc, present, 0.5)],
    ['notANumber', tick(btc, present, 5e15)],
    ['notANumber', tick(btc, present, 1_000, Number.NaN)],
    ['notANumber', tick(btc, Number.NaN, 1_000)],
    ['nonPositive', tick(btc, present, 0)],
    ['nonPositive', tick(btc, present, -0)],
    ['nonPositive', tick(btc, present, -1_000)],
    ['nonPositive', tick(btc, present, 1_000, -1)],
    ['nonPositive', tick(eurusd, present, 11, 0)],
    ['crossed', tick(eurusd, present, 11, 10)],
    ['unknownSymbol', tick(instrument('btc-usdt'), present, 1_000)],
    ['unknownSymbol', tick(instrument('ВТС-USDT'), present, 1_000)],
    ['stale', tick(btc, present - 5_001, 1_000)],
    ['future', tick(btc, present + 5_001, 1_000)],
    ['regressed', tick(btc, present - 1, 1_000)],
  ])('is refused as %s, and counted', (reason, wrong) => {
    const sanity = new Sanity();
    for (const at of [present - 1, present]) sanity.judge(tick(btc, at, 1_000), at);
    expect(sanity.judge(wrong, present)).toEqual({ valid: [], refused: [{ tick: wrong, reason }] });
    expect(sanity.refusals).toEqual({ [reason]: 1 });
    expect(sanity.samples).toEqual([
      expect.objectContaining({ reason, first: String(wrong.first), exchangeAt: String(wrong.exchangeAt) }),
    ]);
  });

  it('is a symbol that is not among those that there are', () => {
    const sanity = sanityWith({ symbols: new Set(['BTC-USDT']) });
    sanity.judge(tick(btc, 1), 1);
    sanity.judge(tick(instrument('BTCUSDT'), 1), 1);
    expect(sanity.refusals).toEqual({ unknownSymbol: 1 });
  });

  it('is judged by the time at which it came in, which may run ahead of it and behind it by 5 s', () => {
    const sanity = seeded();
    for (const [exchangeAt, receivedAt] of [
      [10_000, 15_000],
      [20_000, 15_000],
    ] as const)
      expect(sanity.judge(tick(btc, exchangeAt, 1_000), receivedAt).valid).toHaveLength(1);
  });

  it('is a sequence that was there, also as an outlier, and one that goes back', () => {
    const sanity = seeded();
    const big = 11_067_996_711_960_577n;
    const ticks = [
      numbered(big, 1_000),
      numbered(big, 1_000),
      numbered(big + 1n, 2_000),
      numbered(big + 1n, 2_000),
      numbered(big, 1_000),
    ];
    for (const each of ticks) sanity.judge(each, 5);
    expect(sanity.refusals).toEqual({ duplicate: 2, regressed: 1 });
  });

  it('never keeps what follows from being true', () => {
    const sanity = seeded();
    const wrong = [tick(btc, 4_000, 9_000), tick(btc, 3, Number.NaN), tick(btc, 4, 0), tick(btc, 90_000)];
    for (const each of wrong) sanity.judge(each, 5);
    expect(sanity.judge(tick(btc, 5, 1_000), 5).valid).toHaveLength(1);
  });
});
