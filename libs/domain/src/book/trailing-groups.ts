import { type Place, type SeriesPoint, comparePlaces } from './place.ts';

/** A trailing stop whose best price a tick has set. */
export interface Trailer<Owner> {
  readonly key: string;
  /** Infinite once it has fired: it follows on, so that it can be armed again where it stands. */
  offset: number;
  readonly owner: Owner;
  /** `gone` once it is disarmed: it leaves its group when it comes to the top, or with the next clearing. */
  state: 'armed' | 'following' | 'gone';
  /** The group that took it in; the one it belongs to now is the last that this was melded into. */
  group?: Group<Owner>;
}

interface Node<Owner> {
  readonly trailer: Trailer<Owner>;
  child: Node<Owner> | undefined;
  sibling: Node<Owner> | undefined;
}

interface Group<Owner> {
  readonly watermark: number;
  /** The tick that set the watermark. */
  place: Place;
  nearest: Node<Owner> | undefined;
  meldedInto: Group<Owner> | undefined;
}

/** Where the stop of a trailer stands that has seen `watermark`: for a greater offset never higher. */
export type StopAt = (watermark: number, offset: number) => number;

/**
 * Trailing stops that follow the highest price (the lowest, with negated prices), grouped by the best
 * price they have seen.
 *
 * Groups form a stack whose watermark falls towards the top: a new high melds every group below it into
 * one, a lower price changes nothing. Inside a group the smallest offset fires first (pairing heap).
 */
export class TrailingGroups<Owner> {
  readonly #stopAt: StopAt;
  readonly #groups: Group<Owner>[] = [];
  /** The highest stop among the groups up to each index: the last is the next to fire. */
  readonly #highestStop: number[] = [];
  /** How many are in the groups, and how many of those are gone. */
  #size = 0;
  #gone = 0;

  constructor(stopAt: StopAt) {
    this.#stopAt = stopAt;
  }

  /** The price at or below which a stop fires. It may be too high after a disarming, never too low. */
  get nearest(): number {
    return this.#highestStop.at(-1) ?? -Infinity;
  }

  /** The lowest price that raises a watermark. */
  get raisedFrom(): number {
    const top = this.#groups.at(-1);
    return top === undefined ? Infinity : top.watermark + 1;
  }

  insert(trailer: Trailer<Owner>, { price: watermark, place }: SeriesPoint): void {
    let index = this.#groups.length;
    while (index > 0 && (this.#groups[index - 1]?.watermark ?? Infinity) < watermark) index -= 1;
    const node: Node<Owner> = { trailer, child: undefined, sibling: undefined };
    const same = this.#groups[index - 1];
    if (same?.watermark === watermark) {
      index -= 1;
      if (comparePlaces(same.place, place) < 0) same.place = place;
      same.nearest = meld(same.nearest, node);
      trailer.group = same;
    } else {
      const group: Group<Owner> = { watermark, place, nearest: node, meldedInto: undefined };
      this.#groups.splice(index, 0, group);
      trailer.group = group;
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

  /** The best price that a trailer follows; `undefined` for one that is gone. */
  bestOf(trailer: Trailer<Owner>): SeriesPoint | undefined {
    if (trailer.state === 'gone' || trailer.group === undefined) return undefined;
    let group = trailer.group;
    while (group.meldedInto !== undefined) group = group.meldedInto;
    for (let passed = trailer.group; passed !== group;) {
      const next = passed.meldedInto ?? group;
      passed.meldedInto = group;
      passed = next;
    }
    trailer.group = group;
    return { place: group.place, price: group.watermark };
  }

  /** A tick at `price`: groups that have seen nothing higher become one. */
  raise(price: number, place: Place): void {
    const passed: Group<Owner>[] = [];
    for (
      let top = this.#groups.at(-1);
      top !== undefined && top.watermark < price;
      top = this.#groups.at(-1)
    ) {
      passed.push(top);
      this.#groups.pop();
    }
    if (passed.length === 0) return;
    const top = this.#groups.at(-1);
    if (top?.watermark === price) {
      passed.push(top);
      this.#groups.pop();
    }
    const group: Group<Owner> = { watermark: price, place, nearest: undefined, meldedInto: undefined };
    for (const each of passed) {
      group.nearest = meld(group.nearest, each.nearest);
      each.nearest = undefined;
      each.meldedInto = group;
    }
    this.#groups.push(group);
    this.#refresh(this.#groups.length - 1);
  }

  /** Every stop that a fall to `price` reaches, once, in no order. It follows on. */
  takeReached(price: number): Trailer<Owner>[] {
    const reached: Trailer<Owner>[] = [];
    let lowest = this.#groups.length;
    for (let index = this.#groups.length - 1; index >= 0; index -= 1) {
      if ((this.#highestStop[index] ?? -Infinity) < price) break;
      const group = this.#groups[index];
      if (group === undefined) break;
      lowest = index;
      let following: Node<Owner> | undefined;
      while (group.nearest !== undefined) {
        const { trailer } = group.nearest;
        if (trailer.state !== 'gone' && this.#stopOf(group) < price) break;
        group.nearest = meldAll(group.nearest.child);
        if (trailer.state === 'armed') reached.push(trailer);
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
  points(): SeriesPoint[] {
    return this.#groups.flatMap(({ place, watermark, nearest }) =>
      nearest === undefined ? [] : [{ place, price: watermark }],
    );
  }

  #stopOf({ watermark, nearest }: Group<Owner>): number {
    const offset = nearest?.trailer.offset ?? Infinity;
    return offset === Infinity ? -Infinity : this.#stopAt(watermark, offset);
  }

  #clear(): void {
    const groups = this.#groups.splice(0);
    for (const group of groups) {
      let nearest: Node<Owner> | undefined;
      for (const trailer of trailersOf(group.nearest))
        if (trailer.state !== 'gone')
          nearest = meld(nearest, { trailer, child: undefined, sibling: undefined });
      group.nearest = nearest;
      if (nearest !== undefined) this.#groups.push(group);
    }
    this.#size -= this.#gone;
    this.#gone = 0;
    this.#refresh(0);
  }

  #refresh(from: number): void {
    this.#highestStop.length = this.#groups.length;
    for (let index = from; index < this.#groups.length; index += 1) {
      const group = this.#groups[index];
      const stop = group === undefined ? -Infinity : this.#stopOf(group);
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

function meld<Owner>(a: Node<Owner> | undefined, b: Node<Owner> | undefined): Node<Owner> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [winner, loser] = a.trailer.offset <= b.trailer.offset ? [a, b] : [b, a];
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
