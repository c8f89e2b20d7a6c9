import { Exact } from '../exact.oracle.ts';

export type PlainPartStep =
  /** So much of the order fills at a price. */
  | { readonly do: 'fill'; readonly quantity: number; readonly price: number; readonly at: number }
  /** A person gives the position another stop, and leaves all else. */
  | { readonly do: 'amend'; readonly stop: string; readonly at: number }
  /** The price reaches the shift's level, the trailing stop's activation, or the rung of so much percent. */
  | { readonly do: 'shift'; readonly at: number }
  | { readonly do: 'activate'; readonly at: number }
  | { readonly do: 'rung'; readonly percent: number; readonly at: number };

/** A level as it stands, and from when it counts. */
export interface PlainPart {
  readonly level: string;
  readonly from: number;
}

export const asked = { stop: 5, rungs: [2, 4], trail: 8, activation: 3, shift: 1 } as const;

/**
 * What protects a long position whose order fills in parts, by the rule in words: what stands as the order asked for it
 * goes along with the average entry, and counts anew where that moves it; what was amended, shifted, begun or executed since
 * stays as it is.
 */
export function plainParts(steps: readonly PlainPartStep[]) {
  let open = Exact.of(0);
  let average = Exact.of(0);
  const level = (percent: number): string => String(average.plus(average.times(percent).times('0.01')));
  const along = new Map<string, number>();
  const stands = new Map<string, PlainPart>();
  const put = (name: string, text: string, from: number): void => {
    if (stands.get(name)?.level !== text) stands.set(name, { level: text, from });
  };
  const follow = (from: number): void => {
    for (const [name, percent] of along) put(name, level(percent), from);
  };
  const done = steps.map((step): boolean => {
    const { at } = step;
    const isNew = stands.size === 0 && along.size === 0;
    if (step.do !== 'fill' && isNew) return false;
    switch (step.do) {
      case 'fill': {
        const [quantity, price] = [Exact.of(step.quantity), Exact.of(step.price)];
        if (isNew) {
          along.set('stop', -asked.stop).set('shift', asked.shift).set('activation', asked.activation);
          for (const percent of asked.rungs) along.set(`rung ${percent}`, percent);
        }
        const all = open.plus(quantity);
        average = open.times(average).plus(quantity.times(price)).dividedBy(all).digits(18, 'even');
        open = all;
        follow(at);
        return true;
      }
      case 'amend':
        along.delete('stop');
        put('stop', step.stop, at);
        return true;
      case 'shift': {
        if (!stands.delete('shift')) return false;
        along.delete('shift');
        const stop = stands.get('stop');
        if (stop !== undefined && Exact.of(stop.level).against(average) >= 0) return true;
        along.delete('stop');
        put('stop', String(average), at);
        return true;
      }
      case 'activate': {
        const reached = stands.get('activation');
        along.delete('activation');
        if (reached !== undefined) stands.set('trail', { level: reached.level, from: at });
        return stands.delete('activation');
      }
      case 'rung': {
        const name = `rung ${step.percent}`;
        const isLast = open.against(1) <= 0;
        if (isLast || !stands.delete(name)) return false;
        along.delete(name);
        open = open.minus(Exact.of(1));
        return true;
      }
    }
  });
  return { done, stands, average: String(average), open: String(open) };
}
