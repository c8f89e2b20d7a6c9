import type { NamedLine } from '../book/line.ts';
import { precedence } from '../book/line.ts';
import { plainInstrument, type Instrument } from '../market/instrument.ts';
import type { Market, SymbolPrices } from '../market/symbol-prices.ts';
import { type ArmedFrom, type TickReference, after, isAtOrAfter } from '../market/tick.ts';
import { executeOrder } from '../order/execute-order.ts';
import { linesOfOrder } from '../order/line-of-order.ts';
import { executeExit } from '../position/execute-exit.ts';
import { linesOfPosition } from '../position/lines-of-position.ts';
import type { Result } from '../result.ts';
import { expireSignal } from '../signal/end-signal.ts';
import { linesOfSignal } from '../signal/line-of-signal.ts';
import { fireTrigger } from '../trigger/fire-trigger.ts';
import { linesOfTrigger } from '../trigger/line-of-trigger.ts';
import {
  type Decimal,
  add,
  compare,
  decimal,
  divide,
  formatDecimal,
  greatest,
  least,
  multiply,
  subtract,
} from '../units.ts';
import { type Account, evolve } from './account.ts';
import type { AccountEvent } from './events.ts';

type Decided = Result<readonly AccountEvent[], { readonly reason: string }>;
interface Reached {
  readonly named: NamedLine;
  readonly decide: (account: Account, level: string) => Decided;
  readonly level: string;
}

/** For specs: an account and the ticks of its symbols. Every line is looked at on every tick, the slow and plain way. */
export class AccountSimulation {
  account: Account;
  /** Each decision's events, as they would be committed. */
  readonly commits: (readonly AccountEvent[])[] = [];
  readonly #prices = new Map<string, SymbolPrices>();
  /** The best prices that trailing lines have seen, by line. */
  readonly #best = new Map<string, Decimal>();
  readonly #ticks: TickReference[] = [];
  #ordinal = 0;
  #now = 1_000;

  constructor(
    account: Account,
    private readonly instrumentOf: (symbol: string) => Instrument = plainInstrument,
  ) {
    this.account = account;
  }

  get market(): Market {
    return (symbol) => this.#prices.get(symbol) ?? {};
  }

  get armedFrom(): ArmedFrom {
    return { epoch: 'e', ordinal: this.#ordinal };
  }

  get context() {
    const { market, armedFrom, instrumentOf } = this;
    return { market, armedFrom, instrumentOf, now: this.#now, brokers: new Set<string>() };
  }

  /** Commits what was decided; a refusal changes nothing. */
  take(decided: Decided): boolean {
    if (!decided.ok || decided.value.length === 0) return false;
    this.commits.push(decided.value);
    this.account = decided.value.reduce(evolve, this.account);
    return true;
  }

  /** Time goes by in which nothing ticks. */
  wait(ms: number): void {
    this.#now += ms;
  }

  /** A trade: what it reaches is decided in the order of precedence, each on what the one before left. */
  trade(symbol: string, price: string, size = '1000000', passed = 1): void {
    this.#now += passed;
    const tick: TickReference = {
      symbol,
      venue: 'v',
      epoch: 'e',
      ordinal: this.#ordinal,
      series: 'trade',
      price,
      size,
      exchangeAt: this.#now,
      receivedAt: this.#now,
    };
    this.#ordinal += 1;
    this.#ticks.push(tick);
    this.#prices.set(symbol, { trade: tick });
    const reached = this.#lines(tick).toSorted(
      (a, b) => precedence[a.named.line.reason] - precedence[b.named.line.reason],
    );
    for (const { decide, level } of reached) this.take(decide(this.account, level));
  }

  #lines(tick: TickReference): Reached[] {
    const timing = { tick, late: false, lagMs: 0 };
    const context = { ...this.context, armedFrom: after(tick) };
    const all: (Omit<Reached, 'level'> & { readonly of: string })[] = [];
    for (const position of this.account.positions.values())
      if (position.status !== 'closed' && position.symbol === tick.symbol)
        for (const named of linesOfPosition(position))
          all.push({
            of: `position ${position.id}`,
            named,
            decide: (account, level) =>
              executeExit(account, { positionId: position.id, lineId: named.id, level, ...timing }),
          });
    for (const order of this.account.orders.values())
      if (order.symbol === tick.symbol)
        for (const named of linesOfOrder(order))
          all.push({
            of: `order ${order.id}`,
            named,
            decide: (account) =>
              executeOrder(account, { orderId: order.id, lineId: named.id, tick }, context),
          });
    for (const trigger of this.account.triggers.values())
      if (trigger.status === 'active' && trigger.symbol === tick.symbol)
        for (const named of linesOfTrigger(trigger))
          all.push({
            of: `trigger ${trigger.id}`,
            named,
            decide: (account) =>
              fireTrigger(account, { triggerId: trigger.id, lineId: named.id, ...timing }, context),
          });
    for (const signal of this.account.signals.values())
      if (signal.status === 'active' && signal.symbol === tick.symbol)
        for (const named of linesOfSignal(signal))
          all.push({
            of: `signal ${signal.id}`,
            named,
            decide: (account) => expireSignal(account, { signalId: signal.id, tick }),
          });
    return all.flatMap(({ of, named, decide }) => {
      const level = this.#reachedAt(of, named, tick);
      return level === undefined ? [] : [{ named, decide, level }];
    });
  }

  /** The level of a line that the tick reaches. */
  #reachedAt(of: string, { id, line, armedFrom }: NamedLine, tick: TickReference): string | undefined {
    if (line.series !== tick.series || !isAtOrAfter(tick, armedFrom)) return undefined;
    const price = decimal(tick.price);
    switch (line.kind) {
      case 'fixed': {
        const fromLevel = compare(price, line.price);
        const isReached = line.fires === 'atOrBelow' ? fromLevel <= 0 : fromLevel >= 0;
        return isReached ? formatDecimal(line.price) : undefined;
      }
      case 'time':
        return tick.exchangeAt >= line.at ? String(line.at) : undefined;
      case 'trailing': {
        const key = `${of} ${id} ${JSON.stringify(armedFrom)}`;
        const isLong = line.follows === 'highest';
        const before = this.#best.get(key) ?? line.start;
        const best = isLong === compare(price, before) > 0 ? price : before;
        this.#best.set(key, best);
        const distance =
          'ppm' in line.distance
            ? divide(
                multiply(best, { units: BigInt(line.distance.ppm), scale: 6 }),
                decimal('1'),
                18,
                'floor',
              )
            : line.distance.absolute;
        const level = isLong ? subtract(best, distance) : add(best, distance);
        const fromLevel = compare(price, level);
        return (isLong ? fromLevel <= 0 : fromLevel >= 0) ? formatDecimal(level) : undefined;
      }
      case 'move': {
        const window = this.#ticks
          .filter(
            ({ symbol, exchangeAt }) =>
              symbol === tick.symbol && exchangeAt >= tick.exchangeAt - line.windowMs,
          )
          .filter((seen) => isAtOrAfter(seen, armedFrom))
          .map((seen) => decimal(seen.price));
        const rise = movedFrom(window.reduce(least), 1_000_000 + line.ppm);
        if (line.direction !== 'down' && compare(price, rise) >= 0) return formatDecimal(rise);
        const fall = movedFrom(window.reduce(greatest), 1_000_000 - line.ppm);
        return line.direction !== 'up' && compare(price, fall) <= 0 ? formatDecimal(fall) : undefined;
      }
    }
  }
}

function movedFrom(price: Decimal, ppm: number): Decimal {
  return multiply(price, { units: BigInt(ppm), scale: 6 });
}
