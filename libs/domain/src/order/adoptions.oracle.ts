export type PlainSide = 'long' | 'short';

export type PlainBrokerStep =
  /** Somebody else does something at the broker: places an order, trades (negative: sells); or it fills an order. */
  | {
      readonly do: 'place';
      readonly order: string;
      readonly symbol: string;
      readonly buys: boolean;
      readonly quantity: number;
    }
  | { readonly do: 'trade'; readonly symbol: string; readonly quantity: number }
  | { readonly do: 'fill'; readonly order: string; readonly quantity: number }
  /** The account is told of what filled, and compared with the broker. */
  | { readonly do: 'look' }
  | {
      readonly do: 'adoptOrder';
      readonly order: string;
      readonly symbol: string;
      readonly name: string;
      readonly position: string;
    }
  | {
      readonly do: 'adoptPosition';
      readonly position: string;
      readonly symbol: string;
      readonly side: PlainSide;
      readonly quantity: number;
    };

interface AtBroker {
  readonly symbol: string;
  readonly buys: boolean;
  readonly quantity: number;
  filled: number;
}

interface Own {
  readonly symbol: string;
  readonly side: PlainSide;
  quantity: number;
}

/** What an account shows: orders that are not its own with what they had filled, and symbols that it holds otherwise. */
export interface PlainShown {
  readonly orders: Readonly<Record<string, number>>;
  readonly symbols: Readonly<
    Record<string, { readonly ours: number; readonly theirs: number; readonly offer: string }>
  >;
}

/**
 * What comes of each step, what the account shows after it, and what it holds at the end.
 *
 * What is shown stands from one look to the next, but for what is taken over. An order is taken over whole, with what it
 * had filled, which must be missing here; all that it fills becomes a position of the side it trades to. A position is
 * taken over as far as the broker holds more than the account, or the account nothing. An id names one position, of one symbol
 * and side, and so does what works to open it.
 */
export function plainAdoptions(steps: readonly PlainBrokerStep[]) {
  const atBroker = new Map<string, AtBroker>();
  const net = new Map<string, number>();
  const held = new Map<string, Own>();
  const adopted = new Map<string, { readonly name: string; readonly position: string; told: number }>();
  let external = new Map<string, number>();
  let unlike = new Map<string, { ours: number; theirs: number }>();

  const signed = ({ side, quantity }: Own): number => (side === 'long' ? quantity : -quantity);
  const sideOf = ({ buys }: AtBroker): PlainSide => (buys ? 'long' : 'short');
  const isOpen = ({ filled, quantity }: AtBroker): boolean => filled < quantity;
  const move = (symbol: string, quantity: number): void => {
    net.set(symbol, (net.get(symbol) ?? 0) + quantity);
  };
  const takeOver = (symbol: string, quantity: number): void => {
    const shown = unlike.get(symbol);
    if (shown === undefined) return;
    shown.ours += quantity;
    if (shown.ours === shown.theirs) unlike.delete(symbol);
  };
  const otherUnder = (position: string, symbol: string, side: PlainSide): string | undefined => {
    const own = held.get(position);
    const working = [...adopted].flatMap(([id, each]) => {
      const order = atBroker.get(id);
      const isWaiting = each.position === position && order !== undefined && each.told < order.quantity;
      return isWaiting ? [{ symbol: order.symbol, side: sideOf(order) }] : [];
    });
    const clash = (own === undefined ? working : [own]).find(
      (each) => each.symbol !== symbol || each.side !== side,
    );
    return clash && `OTHER_POSITION ${clash.symbol === symbol ? 'side' : 'symbol'}`;
  };

  const outcomes = steps.map((step): string => {
    switch (step.do) {
      case 'place': {
        const { order, symbol, buys, quantity } = step;
        if (!atBroker.has(order)) atBroker.set(order, { symbol, buys, quantity, filled: 0 });
        return 'there';
      }
      case 'trade':
        move(step.symbol, step.quantity);
        return 'there';
      case 'fill': {
        const order = atBroker.get(step.order);
        if (order === undefined) return 'there';
        const quantity = Math.min(step.quantity, order.quantity - order.filled);
        order.filled += quantity;
        move(order.symbol, order.buys ? quantity : -quantity);
        return 'there';
      }
      case 'look': {
        for (const [id, each] of adopted) {
          const order = atBroker.get(id);
          if (order === undefined) continue;
          const quantity = order.filled - each.told;
          const own = held.get(each.position);
          each.told = order.filled;
          if (quantity === 0) continue;
          if (own === undefined)
            held.set(each.position, { symbol: order.symbol, side: sideOf(order), quantity });
          else own.quantity += quantity;
        }
        const others = [...atBroker].filter(([id, order]) => !adopted.has(id) && isOpen(order));
        external = new Map(others.map(([id, { filled }]) => [id, filled]));
        const symbols = new Set([...net.keys(), ...[...held.values()].map(({ symbol }) => symbol)]);
        unlike = new Map();
        for (const symbol of symbols) {
          const own = [...held.values()].filter((each) => each.symbol === symbol);
          const ours = own.reduce((sum, each) => sum + signed(each), 0);
          const theirs = net.get(symbol) ?? 0;
          if (ours !== theirs) unlike.set(symbol, { ours, theirs });
        }
        return 'looked';
      }
      case 'adoptOrder': {
        const { order: id, symbol, name, position } = step;
        const filled = external.get(id);
        const order = atBroker.get(id);
        if (filled === undefined || order?.symbol !== symbol) return 'NOT_AN_EXTERNAL_ORDER';
        if ([...adopted.values()].some((each) => each.name === name)) return 'ORDER_EXISTS';
        const clash = otherUnder(position, symbol, sideOf(order));
        if (clash !== undefined) return clash;
        const { ours, theirs } = unlike.get(symbol) ?? { ours: 0, theirs: 0 };
        const missing = order.buys ? theirs - ours : ours - theirs;
        if (filled > 0 && missing < filled) return `FILLS_NOT_MISSING ${filled} of ${Math.max(missing, 0)}`;
        adopted.set(id, { name, position, told: 0 });
        external.delete(id);
        takeOver(symbol, order.buys ? filled : -filled);
        return 'adopted';
      }
      case 'adoptPosition': {
        const { position, symbol, side, quantity } = step;
        if (held.has(position)) return 'POSITION_EXISTS';
        const clash = otherUnder(position, symbol, side);
        if (clash !== undefined) return clash;
        const shown = unlike.get(symbol);
        const offer = shown === undefined ? 0 : offered(shown) * (side === 'long' ? 1 : -1);
        if (offer < quantity) return `NOT_OFFERED ${quantity} of ${Math.max(offer, 0)}`;
        held.set(position, { symbol, side, quantity });
        takeOver(symbol, side === 'long' ? quantity : -quantity);
        return 'adopted';
      }
    }
  });
  const symbols = [...unlike].map(([symbol, each]): [string, PlainShown['symbols'][string]] => {
    const offer = offered(each);
    const words = offer === 0 ? '' : `${offer > 0 ? 'long' : 'short'} ${Math.abs(offer)}`;
    return [symbol, { ...each, offer: words }];
  });
  const shown: PlainShown = { orders: Object.fromEntries(external), symbols: Object.fromEntries(symbols) };
  return { outcomes, held, shown };
}

function offered({ ours, theirs }: { readonly ours: number; readonly theirs: number }): number {
  return ours === 0 || ours > 0 === theirs > ours ? theirs - ours : 0;
}
