// `then` is a word of the file format.
/* oxlint-disable unicorn/no-thenable */
import { gzipSync } from 'node:zlib';
import type { OrderedPosition, OrderedTrigger, OrdersFile } from './oracle.ts';

/** A small pseudo-random generator: the same seed gives the same market on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

const startAt = 1_700_000_000_000;
const trades = { AAA: 100_00, 'BBB-USDT': 2_000_00, CCC: 13_83 } as const;
const quotes = { EURUSD: 1_38950, XAUUSD: 1290_330 } as const;

/** A tape of trades with many ticks in one millisecond, prices with two decimals. */
export function makeTrades(seed: number, rows: number): Uint8Array {
  const random = seeded(seed);
  const prices: Record<string, number> = { ...trades };
  let at = startAt;
  const lines = Array.from({ length: rows }, () => {
    const symbol = Object.keys(trades)[Math.floor(random() * 3)] ?? 'AAA';
    const step = Math.round((random() - 0.5) * 0.0008 * (prices[symbol] ?? 0) + (random() - 0.5) * 3);
    prices[symbol] = Math.max(1, (prices[symbol] ?? 0) + step);
    if (random() < 0.5) at += Math.floor(random() * 20);
    return `${at},${symbol},X,${((prices[symbol] ?? 0) / 100).toFixed(2)},${1 + Math.floor(random() * 500)}`;
  });
  return gzipSync(['ts_ms,symbol,venue,price,size', ...lines, ''].join('\n'));
}

/** A tape of quotes with five and three decimals. */
export function makeQuotes(seed: number, rows: number): Uint8Array {
  const random = seeded(seed);
  const scales = { EURUSD: 5, XAUUSD: 3 } as const;
  const bids: Record<string, number> = { ...quotes };
  let at = startAt;
  const lines = Array.from({ length: rows }, () => {
    const symbol = random() < 0.5 ? 'EURUSD' : 'XAUUSD';
    const bid = Math.max(1, (bids[symbol] ?? 0) + Math.round((random() - 0.5) * 24));
    bids[symbol] = bid;
    at += Math.floor(random() * 30);
    const scale = scales[symbol];
    const show = (units: number): string => (units / 10 ** scale).toFixed(scale);
    return `${at},${symbol},fx,${show(bid)},${show(bid + 1 + Math.floor(random() * 12))}`;
  });
  return gzipSync(['ts_ms,symbol,venue,bid,ask', ...lines, ''].join('\n'));
}

/** Orders around the start prices, with levels between the price steps, armed over the tape's first half. */
export function makeOrders(seed: number, positions: number, triggers: number, spanMs: number): OrdersFile {
  const random = seeded(seed);
  const starts = [
    ...Object.entries(trades).map(([symbol, units]) => ({ symbol, price: units / 100 })),
    { symbol: 'EURUSD', price: 1.3895 },
    { symbol: 'XAUUSD', price: 1290.33 },
  ];
  const pick = () => starts[Math.floor(random() * starts.length)] ?? { symbol: 'AAA', price: 100 };
  const away = (price: number, most: number): string => (price * (1 + (random() * 2 - 1) * most)).toFixed(6);
  const orderedPositions = Array.from({ length: positions }, (_, n): OrderedPosition => {
    const { symbol, price } = pick();
    const side = random() < 0.5 ? 'long' : 'short';
    const sign = side === 'long' ? 1 : -1;
    const style = random();
    const base = {
      id: `p${n}`,
      uid: `u${n % 7}`,
      symbol,
      side,
      quantity: (1 + Math.floor(random() * 40) / 4).toString(),
      entryPrice: away(price, 0.0005),
      armedAt: startAt + Math.floor((random() * spanMs) / 2),
    } as const;
    const stopLoss = (price * (1 - sign * (0.001 + random() * 0.006))).toFixed(6);
    const takeProfit = (price * (1 + sign * (0.001 + random() * 0.006))).toFixed(6);
    const trailing = { distance: (price * (0.0005 + random() * 0.004)).toFixed(6) };
    if (style < 0.3) return { ...base, trailing };
    if (style < 0.5) return { ...base, stopLoss };
    if (style < 0.9) return { ...base, stopLoss, takeProfit };
    return { ...base, stopLoss, takeProfit, trailing };
  });
  const orderedTriggers = Array.from({ length: triggers }, (_, n): OrderedTrigger => {
    const { symbol, price } = pick();
    const direction = random() < 0.5 ? 'above' : 'below';
    return {
      id: `t${n}`,
      uid: `u${n % 7}`,
      symbol,
      armedAt: startAt + Math.floor((random() * spanMs) / 2),
      when: {
        direction,
        price: (price * (direction === 'above' ? 1 : -1) * (0.001 + random() * 0.005) + price).toFixed(6),
      },
      then: { notify: true },
    };
  });
  return { positions: orderedPositions, triggers: orderedTriggers };
}

const fixed = (price: number): string => price.toFixed(6);

/**
 * Orders in the full form, at times over the tape's first half: entries of every kind into positions of their own with
 * exits in parts, and triggers that act on them. No rule of an account looks at two of them, so their order is free.
 */
export function makeFullOrders(seed: number, count: number, spanMs: number): object {
  const random = seeded(seed);
  const starts = [
    ...Object.entries(trades).map(([symbol, units]) => ({ symbol, price: units / 100 })),
    { symbol: 'EURUSD', price: 1.3895 },
    { symbol: 'XAUUSD', price: 1290.33 },
  ];
  const orders = Array.from({ length: count }, (_, n) => {
    const { symbol, price } = starts[n % starts.length] ?? { symbol: 'AAA', price: 100 };
    const side = random() < 0.5 ? 'long' : 'short';
    const better = side === 'long' ? -1 : 1;
    const near = fixed(price * (1 + better * 0.0004 * random()));
    const far = fixed(price * (1 - better * 0.0004 * random()));
    const hows = [
      { kind: 'market' },
      { kind: 'limit', limitPrice: near },
      { kind: 'stop', stopPrice: far },
      { kind: 'stopLimit', stopPrice: far, limitPrice: fixed(price * (1 - better * 0.001)) },
    ];
    const exits = [
      {
        stopLoss: { percent: '0.3' },
        targets: [{ percent: '0.1', size: { share: '0.5' } }, { percent: '0.4' }],
      },
      { trailing: { percent: '0.15', activation: { percent: '0.05' } }, timeExit: { afterMs: 20_000 } },
      {
        stopLoss: { percent: '0.2' },
        breakEven: { after: { percent: '0.05' } },
        targets: [{ percent: '0.6' }],
      },
      { timeExit: { afterMs: 5_000 } },
    ];
    return {
      id: `o${n}`,
      uid: `u${n % 5}`,
      symbol,
      at: startAt + Math.floor((random() * spanMs) / 2),
      side,
      quantity: (1 + Math.floor(random() * 40)).toString(),
      position: `p${n}`,
      how: hows[n % hows.length],
      exits: exits[Math.floor(n / 2) % exits.length],
    };
  });
  const actions = [
    { notify: true },
    {
      kind: 'arm',
      trigger: { id: 'chained', when: { direction: 'above', price: '1' }, then: { kind: 'notify' } },
    },
    {
      kind: 'open',
      entry: { position: 'moved', side: 'long', quantity: '3', exits: { stopLoss: { percent: '0.1' } } },
    },
  ];
  const triggers = actions.map((action, n) => ({
    id: `t${n}`,
    uid: `u${n}`,
    symbol: 'AAA',
    armedAt: startAt,
    when: { kind: 'move', direction: 'either', percent: '0.05', windowMs: 5_000 },
    then: action,
  }));
  const fills = {
    kind: 'modelled',
    spreadPercent: '0.01',
    slippagePercent: '0.005',
    makerFeePercent: '0.02',
    takerFeePercent: '0.05',
  };
  const accounts = [{ uid: 'u3', settings: { fills }, deposits: { USD: '100000' } }];
  return { accounts, orders, triggers };
}
