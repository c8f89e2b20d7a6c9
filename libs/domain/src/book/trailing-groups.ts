/** Where a tick stands, so that a best price can be found again after a restart. */
export interface Place {
  readonly epoch: string;
  readonly ordinal: number;
  /** Epoch milliseconds. */
  readonly exchangeAt: number;
}

/** A trailing stop: it fires when the price falls to `offset` below the best price of its group. */
export interface Trailer<Owner> {
  readonly key: string;
  readonly offset: number;
  readonly owner: Owner;
  /** False once disarmed; it then leaves its group when it comes to the top. */
  isArmed: boolean;
}

/** A stop with the best price that it follows, and the tick that set it where one has. */
export interface Followed<Owner> {
  readonly trailer: Trailer<Owner>;
  readonly watermark: number;
  readonly place: Place | undefined;
}

interface Node<Owner> {
  readonly trailer: Trailer<Owner>;
  child: Node<Owner> | undefined;
  sibling: Node<Owner> | undefined;
}

interface Group<Owner> {
  readonly watermark: number;
  /**
   * The tick that set the watermark; absent while it still comes from the start prices, which are rounded:
   * a tick at that very price may be better than they are, and takes the group over.
   */
  readonly place: Place | undefined;
  nearest: Node<Owner> | undefined;
}

/**
 * Trailing stops that follow the highest price (the lowest, with negated prices), grouped by the best
 * price they have seen.
 *
 * Groups form a stack whose watermark falls towards the top, of equal ones that without a tick above that
 * with one: a new high melds every group below it into one, a lower price changes nothing. Inside a group
 * the smallest offset fires first (pairing heap).
 */
export class TrailingGroups<Owner> {
  readonly #groups: Group<Owner>[] = [];
  /** The highest stop among the groups up to each index: the last is the next to fire. */
  readonly #highestStop: number[] = [];

  /** The price at or below which a stop fires. It may be too high after a disarming, never too low. */
  get nearest(): number {
    return this.#highestStop.at(-1) ?? -Infinity;
  }

  /** The lowest price that raises a watermark, or sets it by a tick. */
  get raisedFrom(): number {
    const top = this.#groups.at(-1);
    return top === undefined ? Infinity : top.watermark + (top.place === undefined ? 0 : 1);
  }

  insert(trailer: Trailer<Owner>, watermark: number, place: Place | undefined): void {
    let index = this.#groups.length;
    while (index > 0 && isAbove(this.#groups[index - 1], watermark, place)) index -= 1;
    const node: Node<Owner> = { trailer, child: undefined, sibling: undefined };
    const same = this.#groups[index - 1];
    if (same?.watermark === watermark && (same.place === undefined) === (place === undefined)) {
      index -= 1;
      this.#groups[index] = { watermark, place: later(same.place, place), nearest: meld(same.nearest, node) };
    } else {
      this.#groups.splice(index, 0, { watermark, place, nearest: node });
    }
    this.#refresh(index);
  }

  /** A tick at `price`: groups that have seen nothing higher become one. */
  raise(price: number, place: Place): void {
    let melded: Node<Owner> | undefined;
    let isRaised = false;
    while (isAbove(this.#groups.at(-1), price, place)) {
      melded = meld(melded, this.#groups.pop()?.nearest);
      isRaised = true;
    }
    if (!isRaised) return;
    const top = this.#groups.at(-1);
    if (top?.watermark === price) melded = meld(melded, this.#groups.pop()?.nearest);
    this.#groups.push({ watermark: price, place, nearest: melded });
    this.#refresh(this.#groups.length - 1);
  }

  /** Takes out every stop that a fall to `price` reaches, with the best price that it had followed. */
  takeReached(price: number): Followed<Owner>[] {
    const reached: Followed<Owner>[] = [];
    let lowest = this.#groups.length;
    for (let index = this.#groups.length - 1; index >= 0; index -= 1) {
      if ((this.#highestStop[index] ?? -Infinity) < price) break;
      const group = this.#groups[index];
      if (group === undefined) break;
      lowest = index;
      const { watermark, place } = group;
      while (group.nearest !== undefined) {
        const { trailer } = group.nearest;
        if (trailer.isArmed && watermark - trailer.offset < price) break;
        if (trailer.isArmed) reached.push({ trailer, watermark, place });
        group.nearest = meldAll(group.nearest.child);
      }
    }
    this.#groups.splice(
      lowest,
      Infinity,
      ...this.#groups.slice(lowest).filter((group) => group.nearest !== undefined),
    );
    this.#refresh(lowest);
    return reached;
  }

  /** The ticks that set today's watermarks, earliest first: what a restart needs to know again. */
  points(): { readonly place: Place; readonly price: number }[] {
    return this.#groups.flatMap(({ place, watermark, nearest }) =>
      place === undefined || nearest === undefined ? [] : [{ place, price: watermark }],
    );
  }

  /** Every armed stop with its watermark, in no order. */
  *entries(): Generator<Followed<Owner>> {
    for (const { nearest, watermark, place } of this.#groups) {
      const stack = nearest === undefined ? [] : [nearest];
      for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
        if (node.trailer.isArmed) yield { trailer: node.trailer, watermark, place };
        if (node.child !== undefined) stack.push(node.child);
        if (node.sibling !== undefined) stack.push(node.sibling);
      }
    }
  }

  #refresh(from: number): void {
    this.#highestStop.length = this.#groups.length;
    for (let index = from; index < this.#groups.length; index += 1) {
      const group = this.#groups[index];
      const offset = group?.nearest?.trailer.offset ?? Infinity;
      const stop = (group?.watermark ?? -Infinity) - offset;
      this.#highestStop[index] = Math.max(stop, this.#highestStop[index - 1] ?? -Infinity);
    }
  }
}

/** Whether a group lies above the one that has this watermark by this tick. */
function isAbove<Owner>(
  group: Group<Owner> | undefined,
  watermark: number,
  place: Place | undefined,
): boolean {
  if (group?.watermark !== watermark) return group !== undefined && group.watermark < watermark;
  return group.place === undefined && place !== undefined;
}

function later(a: Place | undefined, b: Place | undefined): Place | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.epoch !== b.epoch) return a.epoch > b.epoch ? a : b;
  return a.ordinal > b.ordinal ? a : b;
}

function meld<Owner>(a: Node<Owner> | undefined, b: Node<Owner> | undefined): Node<Owner> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const isFirst =
    a.trailer.offset === b.trailer.offset
      ? a.trailer.key < b.trailer.key
      : a.trailer.offset < b.trailer.offset;
  const [winner, loser] = isFirst ? [a, b] : [b, a];
  loser.sibling = winner.child;
  winner.child = loser;
  return winner;
}

/** The pairing heap's two passes: siblings in pairs, then the pairs from the last to the first. */
function meldAll<Owner>(first: Node<Owner> | undefined): Node<Owner> | undefined {
  const pairs: (Node<Owner> | undefined)[] = [];
  let node = first;
  while (node !== undefined) {
    const second: Node<Owner> | undefined = node.sibling;
    const rest: Node<Owner> | undefined = second?.sibling;
    node.sibling = undefined;
    if (second !== undefined) second.sibling = undefined;
    pairs.push(meld(node, second));
    node = rest;
  }
  let melded: Node<Owner> | undefined;
  for (let index = pairs.length - 1; index >= 0; index -= 1) melded = meld(melded, pairs[index]);
  return melded;
}
