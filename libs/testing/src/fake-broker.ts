import {
  type Broker,
  type BrokerFill,
  type BrokerFillOfOrder,
  type BrokerPosition,
  BrokerUnavailableError,
  type Clock,
  type OrderAtBroker,
  type OrderKey,
  type OrderToSubmit,
  type SubmitOutcome,
  add,
  decimal,
  formatDecimal,
  isZero,
  negate,
  zero,
} from '@bellwether/domain';

/** What goes wrong with one call. */
export type BrokerFault =
  /** Nothing happens, and the caller is told so. */
  | 'unavailable'
  /** Nothing happens, and the caller does not know. */
  | 'lostRequest'
  /** It happens, and the caller does not know. */
  | 'lostAnswer'
  /** It happens later, within `settlesWithinMs`, and the caller does not know. */
  | 'delayed'
  /** It reaches the broker twice. */
  | 'duplicated'
  /** The answer takes a while. */
  | 'slow';

/** What the market makes of an order: parts of it fill one after the other, then it ends or works on. */
export interface Match {
  readonly parts: readonly { readonly quantity: string; readonly price: string }[];
  readonly end: 'works' | 'cancelled' | 'expired';
}

export interface FakeBrokerOptions {
  readonly clock: Clock;
  /** How an order is met; a text rejects it, for that reason. */
  readonly match: (order: OrderToSubmit) => Match | string;
  /** What goes wrong with a call; asked once for each. */
  readonly fault?: (call: BrokerCall) => BrokerFault | undefined;
  /** One more part fills before a cancellation takes effect. */
  readonly racesCancel?: boolean;
}

export type BrokerCall = 'submit' | 'cancel' | 'find' | 'openOrders' | 'fillsSince' | 'positions';

interface Held {
  readonly order: OrderToSubmit;
  readonly brokerOrderId: string;
  readonly match: Match;
  filled: number;
  end?: 'cancelled' | 'expired';
}

const settlesWithinMs = 1_000;

/**
 * A broker in memory that keeps the port's promises and nothing beyond them: answers get lost before and after the
 * order is placed, requests arrive late or twice, orders fill in parts and race their cancellation, as the
 * spec scripts it. Every call moves each working order on by one part.
 */
export class FakeBroker implements Broker {
  readonly settlesWithinMs = settlesWithinMs;
  /** Every call in its order: `submit u.main.o1`. */
  readonly calls: string[] = [];
  readonly #options: FakeBrokerOptions;
  readonly #held = new Map<string, Held>();
  readonly #fills: BrokerFillOfOrder[] = [];
  #late: { readonly at: number; readonly happen: () => void }[] = [];

  constructor(options: FakeBrokerOptions) {
    this.#options = options;
  }

  /** A digest as venues with short ids need it would do, too: nobody may take it for our own id. */
  idOf(clientOrderId: string): string {
    return `x-${clientOrderId}`;
  }

  async submit(order: OrderToSubmit): Promise<SubmitOutcome> {
    return this.#call('submit', order.clientOrderId, () => this.#place(order));
  }

  async cancel(key: OrderKey): Promise<void> {
    return this.#call('cancel', key.clientOrderId, () => {
      const held = this.#find(key);
      if (held === undefined || !isWorking(held)) return;
      if (this.#options.racesCancel === true) this.#fillNext(held);
      if (isWorking(held)) held.end = 'cancelled';
    });
  }

  async find(key: OrderKey): Promise<OrderAtBroker | undefined> {
    return this.#call('find', key.clientOrderId, () => {
      const held = this.#find(key);
      return held === undefined ? undefined : this.#shown(held);
    });
  }

  async openOrders(): Promise<readonly OrderAtBroker[]> {
    return this.#call('openOrders', '', () =>
      [...this.#held.values()].filter(isWorking).map((held) => this.#shown(held)),
    );
  }

  async fillsSince(cursor: string | undefined) {
    return this.#call('fillsSince', '', () => {
      const fills = this.#fills.slice(Number(cursor ?? 0));
      return { fills, cursor: String(this.#fills.length) };
    });
  }

  async positions(): Promise<readonly BrokerPosition[]> {
    return this.#call('positions', '', () => this.held());
  }

  /** Every order that was ever placed, by whomever. */
  orders(): readonly OrderAtBroker[] {
    return [...this.#held.values()].map((held) => this.#shown(held));
  }

  /** As if it had never had the order, nor anything of its fills. */
  forget(clientOrderId: string): void {
    this.#held.delete(clientOrderId);
  }

  /** What is held in each symbol. */
  held(): readonly BrokerPosition[] {
    const sums = new Map<string, typeof zero>();
    for (const { order, filled, match } of this.#held.values())
      for (const { quantity } of match.parts.slice(0, filled)) {
        const signed = order.side === 'buy' ? decimal(quantity) : negate(decimal(quantity));
        sums.set(order.symbol, add(sums.get(order.symbol) ?? zero, signed));
      }
    return [...sums].flatMap(([symbol, quantity]) =>
      isZero(quantity) ? [] : { symbol, quantity: formatDecimal(quantity) },
    );
  }

  #find({ clientOrderId, brokerOrderId }: OrderKey): Held | undefined {
    const named = this.#held.get(clientOrderId);
    return named ?? [...this.#held.values()].find((held) => held.brokerOrderId === brokerOrderId);
  }

  #place(order: OrderToSubmit): SubmitOutcome {
    const before = this.#held.get(order.clientOrderId);
    if (before !== undefined) return { status: 'accepted', order: this.#shown(before) };
    const match = this.#options.match(order);
    if (typeof match === 'string') return { status: 'rejected', reason: match };
    const held = { order, brokerOrderId: `b-${this.#held.size + 1}`, match, filled: 0 };
    this.#held.set(order.clientOrderId, held);
    return { status: 'accepted', order: this.#shown(held) };
  }

  async #call<Answer>(call: BrokerCall, about: string, happen: () => Answer): Promise<Answer> {
    this.calls.push(about === '' ? call : `${call} ${about}`);
    const now = this.#options.clock.now();
    for (const late of this.#late.filter(({ at }) => at <= now)) late.happen();
    this.#late = this.#late.filter(({ at }) => at > now);
    for (const held of this.#held.values()) if (isWorking(held)) this.#fillNext(held);
    const fault = this.#options.fault?.(call);
    await Promise.resolve();
    switch (fault) {
      case 'unavailable':
        throw new BrokerUnavailableError('maintenance');
      case 'lostRequest':
        throw new Error('no answer within 10 s');
      case 'delayed':
        this.#late.push({ at: now + settlesWithinMs - 1, happen });
        throw new Error('no answer within 10 s');
      case 'lostAnswer':
        happen();
        throw new Error('connection reset');
      case 'duplicated':
        happen();
        return happen();
      case 'slow':
        for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
        return happen();
      case undefined:
        return happen();
    }
  }

  #fillNext(held: Held): void {
    const { order, match } = held;
    const part = match.parts[held.filled];
    if (part === undefined) {
      if (match.end !== 'works') held.end = match.end;
      return;
    }
    held.filled += 1;
    const fill = fillOf(held, held.filled - 1, this.#options.clock.now());
    this.#fills.push({ ...fill, clientOrderId: this.idOf(order.clientOrderId), symbol: order.symbol });
  }

  #shown(held: Held): OrderAtBroker {
    const { order, brokerOrderId, filled, end } = held;
    const { symbol, side, quantity, how, clientOrderId } = order;
    const status = isWhole(held) ? 'filled' : (end ?? 'working');
    const id = this.idOf(clientOrderId);
    const fills = this.#fills.filter((fill) => fill.clientOrderId === id).slice(0, filled);
    return { clientOrderId: id, brokerOrderId, symbol, side, quantity, how, status, fills };
  }
}

function isWorking(held: Held): boolean {
  return held.end === undefined && !isWhole(held);
}

function isWhole({ match, filled, order }: Held): boolean {
  const done = match.parts
    .slice(0, filled)
    .reduce<typeof zero>((total, { quantity }) => add(total, decimal(quantity)), zero);
  return formatDecimal(done) === formatDecimal(decimal(order.quantity));
}

function fillOf({ brokerOrderId, match }: Held, index: number, now: number): BrokerFill {
  const { quantity = '0', price = '0' } = match.parts[index] ?? {};
  return {
    id: `${brokerOrderId}-${index + 1}`,
    quantity,
    price,
    fee: '0.01',
    feeCurrency: 'USD',
    liquidity: 'taker',
    at: Math.round(now),
  };
}
