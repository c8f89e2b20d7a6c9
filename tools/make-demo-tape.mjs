// Makes the tape that ships with the project: synthetic trades of four symbols. The same seed makes the same rows on
// every machine: the numbers come from +, -, *, / and square roots alone. Imports no package.
//
//   node tools/make-demo-tape.mjs [--seed 7] [--minutes 5] [--out services/market-feed/tapes/demo.csv.gz]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { constants, gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    minutes: { type: 'string', default: '5' },
    out: { type: 'string', default: join(root, 'services', 'market-feed', 'tapes', 'demo.csv.gz') },
  },
});
const seed = Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isInteger(seed) || seed < 0) throw new Error('--seed must be a whole number');
if (!(minutes > 0 && minutes <= 60)) throw new Error('--minutes must be above 0, and 60 at most');

const startAt = Date.UTC(2025, 0, 6, 14, 30);
const durationMs = Math.round(minutes * 60_000);
/** How the price path is drawn: one step each so many milliseconds. */
const stepMs = 100;
const stepsPerMinute = 60_000 / stepMs;

/**
 * Prices count ticks of 10^-priceDecimals and sizes lots of 10^-sizeDecimals. `perSecond` is the rate of orders that
 * follow no other; `swing` the standard deviation of the price over a minute; `beta` the share of it that all symbols
 * have in common.
 */
const markets = [
  { symbol: 'BTC-USDT', price: 642_500, priceDecimals: 1, size: 900, sizeDecimals: 5, spread: 1, perSecond: 3.6, swing: 0.0021, beta: 0.85 },
  { symbol: 'ETH-USDT', price: 315_000, priceDecimals: 2, size: 1_600, sizeDecimals: 4, spread: 2, perSecond: 2.9, swing: 0.0026, beta: 0.75 },
  { symbol: 'SOL-USDT', price: 148_500, priceDecimals: 3, size: 350, sizeDecimals: 2, spread: 14, perSecond: 2.1, swing: 0.0034, beta: 0.65 },
  { symbol: 'XRP-USDT', price: 62_400, priceDecimals: 5, size: 4_500, sizeDecimals: 1, spread: 3, perSecond: 1.6, swing: 0.0036, beta: 0.55 },
]; // prettier-ignore

const random = randomFrom(seed);
const steps = Math.ceil(durationMs / stepMs);
const activity = drawActivity();
const common = drawPath();
const rows = markets.flatMap((market, index) => tradesOf(market, index));
rows.sort((a, b) => a.at - b.at || a.market - b.market || a.order - b.order);

const lines = rows.map(({ at, symbol, price, size }) => `${startAt + at},${symbol},demo,${price},${size}\n`);
const gzip = gzipSync(`ts_ms,symbol,venue,price,size\n${lines.join('')}`, {
  level: constants.Z_BEST_COMPRESSION,
});
gzip[9] = 255; // the operating system is left unknown; the time stamp is zero already
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, gzip);
console.log(`${values.out}: ${rows.length} trades, ${gzip.length} bytes`);

/** The trades of one market: orders come in clusters, and a large one prints several trades at one moment. */
function tradesOf(market, index) {
  const own = drawPath();
  const levels = common.map((value, i) => {
    const weight = market.beta;
    return market.price * (1 + market.swing * (weight * value + Math.sqrt(1 - weight * weight) * own[i]));
  });
  const trades = [];
  let excitement = 0;
  let side = 1;
  for (let at = index * 40; at < durationMs; at += 1) {
    excitement *= 0.994;
    const isFirst = at === index * 40;
    const rate = (market.perSecond / 1_000) * activity[Math.floor(at / stepMs)] + excitement;
    if (!isFirst && random() >= rate) continue;
    excitement = Math.min(excitement + 0.0035, 0.05);
    if (random() < 0.35) side = -side;
    const mid = levelAt(levels, at);
    const half = market.spread / 2;
    let price = Math.round(mid + side * half);
    for (let prints = 0; prints < 6; prints += 1) {
      trades.push({
        at,
        market: index,
        order: trades.length,
        symbol: market.symbol,
        price: decimal(price, market.priceDecimals),
        size: decimal(drawSize(market.size), market.sizeDecimals),
      });
      if (random() >= 0.32) break;
      if (random() < 0.6) price += side * Math.ceil(market.spread * random());
    }
  }
  return trades;
}

/** Between two steps the level moves in a straight line. */
function levelAt(levels, at) {
  const step = Math.floor(at / stepMs);
  const share = (at - step * stepMs) / stepMs;
  return levels[step] * (1 - share) + levels[step + 1] * share;
}

/**
 * A random walk with a standard deviation of 1 over a minute, with moves that are larger where there is more activity,
 * bent so that it ends where it began: the tape can be looped.
 */
function drawPath() {
  const path = [0];
  for (let i = 0; i < steps; i += 1) path.push(path[i] + normal() * Math.sqrt(activity[i] / stepsPerMinute));
  const end = path[steps];
  return path.map((value, i) => value - (end * i) / steps);
}

/** Around 1, with bursts that die down within some seconds. */
function drawActivity() {
  const result = [];
  let burst = 0;
  for (let i = 0; i <= steps; i += 1) {
    burst *= 0.975;
    if (random() < 0.006) burst += 1.5 + 3 * random();
    result.push(0.75 + burst);
  }
  return result;
}

/** Many small ones, few large ones; never zero. */
function drawSize(typical) {
  const u = 0.02 + 0.98 * random();
  return Math.max(1, Math.round((typical * (0.3 + random())) / Math.sqrt(u)));
}

function decimal(units, decimals) {
  const digits = String(units).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Twelve uniform numbers make a nearly normal one. */
function normal() {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += random();
  return sum;
}

/** Mulberry32: from 0 up to 1. */
function randomFrom(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
