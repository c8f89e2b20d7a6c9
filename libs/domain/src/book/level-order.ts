import { lesser } from './columns.ts';

const digits = 256;
const shifts = [0, 8, 16, 24] as const;

/**
 * The order of levels by price, ascending, and of one price by line, descending: their places among `prices` and
 * `lines`. Many are sorted byte by byte of their prices, but for bytes that all have in common.
 */
export function levelOrder(prices: Float64Array, lines: Uint32Array): Uint32Array {
  const order = new Uint32Array(prices.length);
  // Of equal prices the later one comes first: lines mostly come rising.
  for (let at = 0; at < order.length; at += 1) order[at] = order.length - 1 - at;
  if (!isRising(lines))
    return order.toSorted((a, b) => compare(prices[a], prices[b]) || compare(lines[b], lines[a]));
  const above = wordsAboveLowest(prices);
  if (above !== undefined) return sortBy(above, order);
  const low = new Uint32Array(prices.length);
  const high = new Uint32Array(prices.length);
  toComparableWords(prices, low, high);
  return sortBy(high, sortBy(low, order));
}

/** How far prices are above the lowest, where all of them are integers and near enough for a word: as they mostly are. */
function wordsAboveLowest(prices: Float64Array): Uint32Array | undefined {
  let lowest = Infinity;
  for (let at = 0; at < prices.length; at += 1) lowest = lesser(lowest, prices[at] ?? 0);
  const words = new Uint32Array(prices.length);
  for (let at = 0; at < prices.length; at += 1) {
    const price = prices[at] ?? 0;
    const above = price - lowest;
    words[at] = above;
    if (words[at] !== above || !Number.isInteger(price)) return undefined;
  }
  return words;
}

function isRising(lines: Uint32Array): boolean {
  for (let at = 1; at < lines.length; at += 1) if ((lines[at] ?? 0) <= (lines[at - 1] ?? 0)) return false;
  return true;
}

function compare(a = 0, b = 0): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The bits of prices in halves that compare as the prices do: those of negative ones are turned over. */
function toComparableWords(prices: Float64Array, low: Uint32Array, high: Uint32Array): void {
  const scratch = new DataView(new ArrayBuffer(8));
  for (let at = 0; at < prices.length; at += 1) {
    // Zero has two signs, and is one price.
    scratch.setFloat64(0, (prices[at] ?? 0) + 0);
    const top = scratch.getUint32(0);
    const turned = top >= signBit ? 0xffffffff : 0;
    low[at] = scratch.getUint32(4) ^ turned;
    high[at] = top ^ (turned | signBit);
  }
}
const signBit = 0x80000000;

/** A stable order by one word of each. */
function sortBy(words: Uint32Array, order: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(digits);
  const varying = varyingBits(words);
  let from = order;
  let to = new Uint32Array(order.length);
  for (const shift of shifts) {
    if (((varying >>> shift) & (digits - 1)) === 0) continue;
    starts.fill(0);
    for (let at = 0; at < words.length; at += 1) {
      const digit = ((words[at] ?? 0) >>> shift) & (digits - 1);
      starts[digit] = (starts[digit] ?? 0) + 1;
    }
    let start = 0;
    for (let digit = 0; digit < digits; digit += 1) {
      const count = starts[digit] ?? 0;
      starts[digit] = start;
      start += count;
    }
    for (let next = 0; next < from.length; next += 1) {
      const place = from[next] ?? 0;
      const digit = ((words[place] ?? 0) >>> shift) & (digits - 1);
      const at = starts[digit] ?? 0;
      starts[digit] = at + 1;
      to[at] = place;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** The bits in which words differ. */
function varyingBits(words: Uint32Array): number {
  const first = words[0] ?? 0;
  let varying = 0;
  for (let at = 1; at < words.length; at += 1) varying |= (words[at] ?? 0) ^ first;
  return varying;
}
