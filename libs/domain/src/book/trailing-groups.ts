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
  /** Infinite once it has fired: it follows on, so that it can be armed again where it stands. */
  offset: number;
  readonly owner: Owner;
  /** `gone` once it is disarmed: it leaves its group when it comes to the top, or with the next clearing. */
  state: 'armed' | 'following' | 'gone';
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
  /** How many are in the groups, and how many of those are gone. */
  #size = 0;
  #gone = 0;

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
    this.#size += 1;
    this.#refresh(index);
  }

  remove(trailer: Trailer<Owner>): void {
    if (trailer.state === 'gone') return;
    trailer.state = 'gone';
    this.#gone += 1;
    if (this.#gone * 2 > this.#size) this.#clear();
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

  /** Every stop that a fall to `price` reaches, once, with the best price that it had followed. It follows on. */
  takeReached(price: number): Followed<Owner>[] {
    const reached: Followed<Owner>[] = [];
    let lowest = this.#groups.length;
    for (let index = this.#groups.length - 1; index >= 0; index -= 1) {
      if ((this.#highestStop[index] ?? -Infinity) < price) break;
      const group = this.#groups[index];
      if (group === undefined) break;
      lowest = index;
      const { watermark, place } = group;
      let following: Node<Owner> | undefined;
      while (group.nearest !== undefined) {
        const { trailer } = group.nearest;
        if (trailer.state !== 'gone' && watermark - trailer.offset < price) break;
        group.nearest = meldAll(group.nearest.child);
        if (trailer.state === 'armed') reached.push({ trailer, watermark, place });
        if (trailer.state === 'gone') {
          this.#size -= 1;
          this.#gone -= 1;
        } else {
          trailer.state = 'following';
          trailer.offset = Infinity;
          following = meld(following, { trailer, child: undefined, sibling: undefined });
        }
      }
      group.nearest = meld(group.nearest, following);
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

  /** Every stop that is armed or follows on, with its watermark, in no order. */
  *entries(): Generator<Followed<Owner>> {
    for (const { nearest, watermark, place } of this.#groups) {
      for (const trailer of trailersOf(nearest))
        if (trailer.state !== 'gone') yield { trailer, watermark, place };
    }
  }

  #clear(): void {
    const groups = this.#groups.splice(0);
    for (const { watermark, place, nearest: all } of groups) {
      let nearest: Node<Owner> | undefined;
      for (const trailer of trailersOf(all))
        if (trailer.state !== 'gone')
          nearest = meld(nearest, { trailer, child: undefined, sibling: undefined });
      if (nearest !== undefined) this.#groups.push({ watermark, place, nearest });
    }
    this.#size -= this.#gone;
    this.#gone = 0;
    this.#refresh(0);
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

function trailersOf<Owner>(nearest: Node<Owner> | undefined): Trailer<Owner>[] {
  const found: Trailer<Owner>[] = [];
  const stack = nearest === undefined ? [] : [nearest];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node.trailer);
    if (node.child !== undefined) stack.push(node.child);
    if (node.sibling !== undefined) stack.push(node.sibling);
  }
  return found;
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
