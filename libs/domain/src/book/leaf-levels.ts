import { noIndexes, noNumbers } from './columns.ts';
import type { Leaf } from './level-leaves.ts';

export function noLeaf(): Leaf {
  return { prices: noNumbers, lines: noIndexes, price: 0, line: 0 };
}

export function copyLevels(from: Leaf, at: number, to: Leaf, target: number, count: number): void {
  to.prices.set(from.prices.subarray(from.price + at, from.price + at + count), to.price + target);
  to.lines.set(from.lines.subarray(from.line + at, from.line + at + count), to.line + target);
}

/** Puts the levels below a price before the others. @returns how many they are. */
export function divideLevels(
  { prices, lines, price: first, line }: Leaf,
  count: number,
  price: number,
): number {
  const offset = line - first;
  let low = first;
  let high = first + count;
  for (;;) {
    while (low < high && (prices[low] ?? 0) < price) low += 1;
    while (low < high && (prices[high - 1] ?? 0) >= price) high -= 1;
    if (low >= high) return low - first;
    swap(prices, low, high - 1);
    swap(lines, low + offset, high - 1 + offset);
  }
}

/** Shell's: falling levels, one after the other, cost it no more than others. */
const gaps = [13, 4, 1] as const;

/** Sorts levels of a leaf by price, ascending, and those of one price by line, descending. */
export function sortLevels({ prices, lines, price, line }: Leaf, from: number, to: number): void {
  const start = price + from;
  const end = price + to;
  const offset = line - price;
  for (const gap of gaps)
    for (let at = start + gap; at < end; at += 1) {
      const ownPrice = prices[at] ?? 0;
      const ownLine = lines[at + offset] ?? 0;
      let place = at;
      for (let before = at - gap; before >= start; before -= gap) {
        const other = prices[before] ?? 0;
        if (other < ownPrice || (other === ownPrice && (lines[before + offset] ?? 0) > ownLine)) break;
        prices[place] = other;
        lines[place + offset] = lines[before + offset] ?? 0;
        place = before;
      }
      prices[place] = ownPrice;
      lines[place + offset] = ownLine;
    }
}

function swap(column: Float64Array | Uint32Array, a: number, b: number): void {
  const held = column[a] ?? 0;
  column[a] = column[b] ?? 0;
  column[b] = held;
}
