import type { ExitReason } from './position.ts';

/** Exits of a position in plain numbers, counted upwards in its favour: for a short, prices are negated. */
export interface PlainExits {
  readonly stop?: number;
  /** Nearest first; `lots` closes so many, without it all that is left. */
  readonly targets: readonly { readonly at: number; readonly lots?: number }[];
  readonly trail?: { readonly distance: number; readonly activation?: number };
  readonly breakEven?: { readonly offset: number } & ({ readonly targets: number } | { readonly at: number });
  /** From which tick on it closes by time. */
  readonly endsAtTick?: number;
}

export interface PlainExit {
  readonly tick: number;
  readonly lots: number;
  readonly reason: ExitReason;
}

/** A price, and how many lots of one order it fills at most; without it all. */
export interface PlainTick {
  readonly price: number;
  readonly offers?: number;
}

/**
 * What closes a position of so many lots, by the rules in words. What protects comes first: stop, trailing stop, time;
 * then the stop moves to the entry, the trailing stop begins, and targets execute, nearest first. What a tick sets counts
 * from the next tick; what was reached by a tick as it came is executed, unless nothing is left.
 *
 * Where a tick does not fill a closing order whole, the rest fills at the next ticks whatever their price, after what they
 * reach; no other order closes it, and once such rests are all that is left nothing else is watched.
 */
export function plainExits(
  lots: number,
  entry: number,
  exits: PlainExits,
  ticks: readonly PlainTick[],
): readonly PlainExit[] {
  const done: PlainExit[] = [];
  const { trail, breakEven, endsAtTick } = exits;
  let left = lots;
  const rests: { lots: number; readonly reason: PlainExit['reason'] }[] = [];
  let { stop } = exits;
  let targets = [...exits.targets];
  let hit = 0;
  let follows = trail !== undefined && trail.activation === undefined;
  let best = entry;
  let shifts = breakEven !== undefined;
  const available = (): number => rests.reduce((sum, rest) => sum - rest.lots, left);
  const fill = (tick: number, order: (typeof rests)[number]): void => {
    const filled = Math.min(order.lots, ticks[tick]?.offers ?? Infinity);
    order.lots -= filled;
    left -= filled;
    done.push({ tick, lots: filled, reason: order.reason });
  };
  /** Orders so many lots, as far as no other order has them. */
  const close = (tick: number, wanted: number, reason: PlainExit['reason']): boolean => {
    const order = { lots: Math.min(wanted, available()), reason };
    if (order.lots === 0) return false;
    fill(tick, order);
    rests.push(order);
    return true;
  };
  const shift = (): void => {
    if (breakEven === undefined || !shifts) return;
    shifts = false;
    stop = Math.max(stop ?? -Infinity, entry + breakEven.offset);
  };
  for (const [i, { price }] of ticks.entries()) {
    const waiting = rests.filter((rest) => rest.lots > 0);
    if (available() > 0) {
      if (follows) best = Math.max(best, price);
      if (stop !== undefined && price <= stop) close(i, left, 'stopLoss');
      else if (follows && trail !== undefined && price <= best - trail.distance)
        close(i, left, 'trailingStop');
      else if (endsAtTick !== undefined && i >= endsAtTick) close(i, left, 'timeExit');
      if (breakEven !== undefined && 'at' in breakEven && price >= breakEven.at) shift();
      if (trail?.activation !== undefined && !follows && price >= trail.activation) {
        follows = true;
        best = price;
      }
      for (const target of targets.filter(({ at }) => price >= at)) {
        if (!close(i, target.lots ?? left, 'takeProfit')) break;
        targets = targets.filter((other) => other !== target);
        hit += 1;
        if (breakEven !== undefined && 'targets' in breakEven && hit >= breakEven.targets) shift();
      }
    }
    for (const rest of waiting) fill(i, rest);
    if (left === 0) return done;
  }
  return done;
}
