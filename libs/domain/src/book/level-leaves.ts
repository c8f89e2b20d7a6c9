/** How many levels a leaf holds. */
export const leafLevels = 64;

const leavesPerChunk = 512;
/** Prices, then lines: half the size each. */
const doublesPerLeaf = leafLevels + leafLevels / 2;

/** Leaves that lie one after the other in one piece of memory. */
interface Chunk {
  readonly prices: Float64Array;
  readonly lines: Uint32Array;
}

/** Where a leaf lies: its first price among `prices`, its first line among `lines`. */
export interface Leaf {
  prices: Float64Array;
  lines: Uint32Array;
  price: number;
  line: number;
}

/**
 * Memory for the leaves of a ladder, each with room for the same number of levels. It grows by pieces that stay
 * where they are, but for the first, which doubles: few levels take little, and many are never copied.
 */
export class LevelLeaves {
  readonly #chunks: Chunk[] = [];
  readonly #free: number[] = [];
  #count = 0;

  get bytes(): number {
    return this.#chunks.reduce((sum, { prices }) => sum + prices.byteLength, 0);
  }

  /** Makes room for the first ones, in one piece as far as that goes. */
  reserve(leaves: number): void {
    if (this.#chunks.length === 0) this.#chunks.push(chunkOf(Math.min(leaves, leavesPerChunk)));
  }

  /** The number of a leaf, whose memory holds anything. */
  add(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const leaf = this.#count;
    const last = this.#chunks.at(-1);
    const room = last === undefined ? 0 : last.prices.length / doublesPerLeaf;
    const held = leaf % leavesPerChunk;
    if (leaf >= this.#chunks.length * leavesPerChunk)
      this.#chunks.push(chunkOf(leaf === 0 ? 1 : leavesPerChunk));
    else if (held === room && last !== undefined) {
      const larger = chunkOf(Math.min(room * 2, leavesPerChunk));
      larger.prices.set(last.prices);
      this.#chunks[this.#chunks.length - 1] = larger;
    }
    this.#count += 1;
    return leaf;
  }

  release(leaf: number): void {
    this.#free.push(leaf);
  }

  /** Looks a leaf up: good until the next one is added. */
  find(leaf: number, found: Leaf): void {
    const chunk = this.#chunks[Math.floor(leaf / leavesPerChunk)];
    if (chunk === undefined) return;
    const first = (leaf % leavesPerChunk) * doublesPerLeaf;
    found.prices = chunk.prices;
    found.lines = chunk.lines;
    found.price = first;
    found.line = first * 2 + leafLevels * 2;
  }
}

function chunkOf(leaves: number): Chunk {
  const prices = new Float64Array(leaves * doublesPerLeaf);
  return { prices, lines: new Uint32Array(prices.buffer) };
}
