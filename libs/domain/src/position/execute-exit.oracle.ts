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

/**
 * What closes a position of so many lots, by the rules in words. What protects comes first: stop, trailing stop, time;
 * then the stop moves to the entry, the trailing stop begins, and targets execute, nearest first. What a tick sets counts
 * from the next tick; what was reached by a tick as it came is executed, unless nothing is left.
 */
export function plainExits(
  lots: number,
  entry: number,
  exits: PlainExits,
  prices: readonly number[],
): readonly PlainExit[] {
  const done: PlainExit[] = [];
  const { trail, breakEven, endsAtTick } = exits;
  let left = lots;
  let { stop } = exits;
  let targets = [...exits.targets];
  let hit = 0;
  let follows = trail !== undefined && trail.activation === undefined;
  let best = entry;
  let shifts = breakEven !== undefined;
  const close = (tick: number, amount: number, reason: PlainExit['reason']) => {
    done.push({ tick, lots: amount, reason });
    left -= amount;
  };
  const shift = (): void => {
    if (breakEven === undefined || !shifts) return;
    shifts = false;
    stop = Math.max(stop ?? -Infinity, entry + breakEven.offset);
  };
  for (const [i, price] of prices.entries()) {
    if (follows) best = Math.max(best, price);
    if (stop !== undefined && price <= stop) close(i, left, 'stopLoss');
    else if (follows && trail !== undefined && price <= best - trail.distance) close(i, left, 'trailingStop');
    else if (endsAtTick !== undefined && i >= endsAtTick) close(i, left, 'timeExit');
    if (left === 0) return done;
    if (breakEven !== undefined && 'at' in breakEven && price >= breakEven.at) shift();
    if (trail?.activation !== undefined && !follows && price >= trail.activation) {
      follows = true;
      best = price;
    }
    const reached = targets.filter(({ at }) => price >= at);
    targets = targets.filter(({ at }) => price < at);
    for (const target of reached) {
      close(i, Math.min(left, target.lots ?? left), 'takeProfit');
      if (left === 0) return done;
      hit += 1;
      if (breakEven !== undefined && 'targets' in breakEven && hit >= breakEven.targets) shift();
    }
  }
  return done;
}
