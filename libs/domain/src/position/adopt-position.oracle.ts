import { Exact } from '../exact.oracle.ts';
import type { ExitsSpec } from './exits-spec.ts';
import { plainLevels } from './resolve-exits.oracle.ts';

interface Named {
  readonly position: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
}

export type PlainAdoptionStep =
  | (Named & {
      readonly do: 'adopt';
      readonly quantity: string;
      readonly entryPrice: string;
      readonly exits: ExitsSpec;
      readonly at: number;
    })
  /** An order that opens the position, or adds to it, once its price comes. */
  | (Named & { readonly do: 'order'; readonly name: string; readonly quantity: string })
  | { readonly do: 'cancel'; readonly name: string }
  /** The price of every order of a symbol comes. */
  | { readonly do: 'reach'; readonly symbol: string }
  | { readonly do: 'close'; readonly position: string };

interface PlainAdopted extends Named {
  quantity: Exact;
  readonly exits: object | undefined;
  isOpen: boolean;
}

/**
 * What comes of positions that are taken over, and of orders that add to them, a line for each step.
 *
 * An id names one position for ever, and whatever waits to open a position under it is of one symbol and side. There is
 * room for so many at once, those that an order waits to open among them. What waits to add to a position ends with it. What is taken over is above zero, and is as it was: no cash moves for it. Exits are prices
 * from the price that it was entered at, and count from the moment that it is said.
 */
export function plainAdoptions(steps: readonly PlainAdoptionStep[], room: number) {
  const positions = new Map<string, PlainAdopted>();
  let orders: Extract<PlainAdoptionStep, { do: 'order' }>[] = [];
  const names = new Set<string>();
  const isFull = (position: string): boolean => {
    const open = [...positions.values()].filter(({ isOpen }) => isOpen);
    const taken = new Set([...open, ...orders].map((each) => each.position));
    return !taken.has(position) && taken.size >= room;
  };
  const other = ({ position, symbol, side }: Named): string | undefined => {
    const held = positions.get(position);
    const others = held === undefined ? orders.filter((each) => each.position === position) : [held];
    const clash = others.find((each) => each.symbol !== symbol || each.side !== side);
    return clash && `OTHER_POSITION ${clash.symbol === symbol ? 'side' : 'symbol'}`;
  };

  const said = steps.map((step): string => {
    switch (step.do) {
      case 'adopt': {
        const { position, symbol, side, quantity, entryPrice, exits: spec, at } = step;
        if (positions.has(position)) return 'POSITION_EXISTS';
        const clash = other(step);
        if (clash !== undefined) return clash;
        if (isFull(position)) return 'TOO_MANY_OPEN_POSITIONS';
        for (const [field, value] of Object.entries({ quantity, entryPrice }))
          if (!/^\d+(\.\d+)?$/.test(value) || Exact.of(value).against(0) <= 0) return `NOT_POSITIVE ${field}`;
        const exits = plainLevels(spec, { side, entryPrice, openedAt: at, armedFrom: { at } });
        if ('refusal' in exits) return 'exits refused';
        positions.set(position, {
          position,
          symbol,
          side,
          quantity: Exact.of(quantity),
          exits,
          isOpen: true,
        });
        return 'adopted';
      }
      case 'order': {
        if (positions.get(step.position)?.isOpen === false) return 'POSITION_CLOSED';
        const clash = other(step);
        if (clash !== undefined) return clash;
        if (isFull(step.position)) return 'TOO_MANY_OPEN_POSITIONS';
        if (names.has(step.name)) return 'ORDER_EXISTS';
        names.add(step.name);
        orders.push(step);
        return 'placed';
      }
      case 'cancel': {
        const found = orders.some(({ name }) => name === step.name);
        orders = orders.filter(({ name }) => name !== step.name);
        return found ? 'cancelled' : 'NOT_WORKING';
      }
      case 'reach': {
        const reached = orders.filter(({ symbol }) => symbol === step.symbol);
        orders = orders.filter(({ symbol }) => symbol !== step.symbol);
        let filled = 0;
        for (const { position, symbol, side, quantity } of reached) {
          const held = positions.get(position);
          if (held?.isOpen === false) continue;
          filled += 1;
          if (held !== undefined) held.quantity = held.quantity.plus(Exact.of(quantity));
          else
            positions.set(position, {
              position,
              symbol,
              side,
              quantity: Exact.of(quantity),
              exits: undefined,
              isOpen: true,
            });
        }
        return `${filled} filled`;
      }
      case 'close': {
        const held = positions.get(step.position);
        if (held?.isOpen !== true) return 'NO_OPEN_POSITION';
        held.isOpen = false;
        orders = orders.filter(({ position }) => position !== step.position);
        return 'closed';
      }
    }
  });
  return { said, positions };
}
