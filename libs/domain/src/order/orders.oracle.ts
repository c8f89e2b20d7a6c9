export type PlainOrderStep =
  | {
      readonly do: 'open';
      readonly name: string;
      readonly position: string;
      readonly symbol: string;
      readonly side: 'long' | 'short';
      readonly quantity: number;
      readonly limit?: number;
      /** Until a moment, or at once. */
      readonly until?: number | 'now';
    }
  | {
      readonly do: 'reduce';
      readonly name: string;
      readonly position: string;
      readonly quantity: number;
      readonly limit?: number;
      readonly until?: number | 'now';
    }
  | { readonly do: 'cancel'; readonly name: string }
  | { readonly do: 'switch'; readonly to: 'active' | 'reducing' | 'halted' }
  | { readonly do: 'tick'; readonly symbol: string; readonly at: number; readonly price: number };

interface Placed {
  readonly name: string;
  readonly position: string;
  readonly symbol: string;
  readonly buys: boolean;
  readonly enters: 'long' | 'short' | undefined;
  readonly limit: number | undefined;
  readonly until: number | 'now' | undefined;
  left: number;
  isWorking: boolean;
}

interface Held {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  quantity: number;
}

/**
 * What becomes of orders and of what they open, where every price that is reached fills whole, a line for each thing.
 *
 * An order's name is used once, a position's too. Orders that enter under one id are of one symbol and side. An order fills
 * at the last price as it is placed, else at the first tick that is as good as its limit; one for now ends where that
 * is not so at once, one with an end at the first tick there, before its price. What makes a position smaller fills no more
 * than is open, and ends with it, as does what would enter it. Halted fills nothing, reducing nothing that enters.
 */
export function plainOrders(steps: readonly PlainOrderStep[], startsAt: number) {
  const said: string[] = [];
  const orders: Placed[] = [];
  const positions = new Map<string, Held>();
  const last = new Map<string, number>();
  let now = startsAt;
  let trading: 'active' | 'reducing' | 'halted' = 'active';

  const end = (order: Placed, how: string): void => {
    order.isWorking = false;
    said.push(`${order.name} ${how}`);
  };
  const fill = (order: Placed, price: number): void => {
    const held = positions.get(order.position);
    if (order.enters !== undefined) {
      if (held?.quantity === 0) return end(order, 'cancelled');
      said.push(`${order.name} fills ${order.left} at ${price}`);
      const { symbol, enters: side, left } = order;
      if (held === undefined) positions.set(order.position, { symbol, side, quantity: left });
      else held.quantity += left;
      order.left = 0;
      order.isWorking = false;
      return undefined;
    }
    const quantity = Math.min(order.left, held?.quantity ?? 0);
    if (held === undefined || quantity === 0) return end(order, 'cancelled');
    said.push(`${order.name} fills ${quantity} at ${price}`);
    order.left -= quantity;
    held.quantity -= quantity;
    if (order.left === 0) order.isWorking = false;
    if (held.quantity > 0) return undefined;
    said.push(`${order.position} closed`);
    const others = orders.filter(({ isWorking, position }) => isWorking && position === order.position);
    for (const other of others) if (other.enters === undefined) end(other, 'cancelled');
    for (const other of others) if (other.enters !== undefined) end(other, 'cancelled');
    return undefined;
  };
  const isGood = ({ limit, buys }: Placed, price: number): boolean =>
    limit === undefined || (buys ? price <= limit : price >= limit);
  const place = (order: Placed): string | undefined => {
    const price = last.get(order.symbol);
    if (price === undefined) return 'NO_PRICE';
    if (order.enters !== undefined && trading !== 'active') return `TRADING_${trading.toUpperCase()}`;
    if (orders.some(({ name }) => name === order.name)) return 'ORDER_EXISTS';
    if (typeof order.until === 'number' && order.until <= now) return 'ENDS_BEFORE_NOW';
    orders.push(order);
    said.push(`${order.name} placed`);
    if (isGood(order, price)) fill(order, price);
    if (order.isWorking && order.until === 'now') end(order, 'expired');
    return undefined;
  };

  for (const step of steps) {
    switch (step.do) {
      case 'open': {
        const { name, position, symbol, side, quantity, limit, until } = step;
        const held = positions.get(position);
        const waiting = orders.filter((each) => each.isWorking && each.enters && each.position === position);
        const others = held === undefined ? waiting.map((each) => ({ ...each, side: each.enters })) : [held];
        const other = others.find((each) => each.symbol !== symbol || each.side !== side);
        const buys = side === 'long';
        const order = {
          name,
          position,
          symbol,
          buys,
          enters: side,
          limit,
          until,
          left: quantity,
          isWorking: true,
        };
        const refused =
          held?.quantity === 0
            ? 'POSITION_CLOSED'
            : other === undefined
              ? place(order)
              : `OTHER_POSITION ${other.symbol === symbol ? 'side' : 'symbol'}`;
        if (refused !== undefined) said.push(refused);
        break;
      }
      case 'reduce': {
        const { name, position, quantity, limit, until } = step;
        const held = positions.get(position);
        const isOpen = held !== undefined && held.quantity > 0;
        const { symbol = '', side } = held ?? {};
        const order = { name, position, symbol, limit, until, left: quantity, isWorking: true };
        const refused = !isOpen
          ? 'NO_OPEN_POSITION'
          : trading === 'halted'
            ? 'TRADING_HALTED'
            : quantity > held.quantity
              ? 'MORE_THAN_AVAILABLE'
              : place({ ...order, buys: side === 'short', enters: undefined });
        if (refused !== undefined) said.push(refused);
        break;
      }
      case 'cancel': {
        const found = orders.find(({ name, isWorking }) => isWorking && name === step.name);
        if (found === undefined) said.push('NOT_WORKING');
        else end(found, 'cancelled');
        break;
      }
      case 'switch':
        trading = step.to;
        break;
      case 'tick': {
        const { symbol, price, at } = step;
        now = at;
        last.set(symbol, price);
        const watching = orders.filter((order) => order.isWorking && order.symbol === symbol);
        const isOver = ({ until }: Placed): boolean => typeof until === 'number' && at >= until;
        for (const order of watching.filter((each) => isGood(each, price))) {
          if (!order.isWorking) continue;
          const isHeld = trading === 'halted' || (trading === 'reducing' && order.enters !== undefined);
          if (isOver(order)) end(order, 'expired');
          else if (!isHeld) fill(order, price);
        }
        for (const order of watching) if (order.isWorking && isOver(order)) end(order, 'expired');
      }
    }
  }
  const working = orders.filter(({ isWorking }) => isWorking).map(({ name }) => name);
  return { said, working, positions };
}
