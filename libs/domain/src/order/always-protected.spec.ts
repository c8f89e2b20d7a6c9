import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, positionWith, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { plainInstrument } from '../market/instrument.ts';
import type { Line } from '../book/line.ts';
import { isAtOrAfter } from '../market/tick.ts';
import { amendExits } from '../position/amend-exits.ts';
import { executeExit } from '../position/execute-exit.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import { linesOfPosition } from '../position/lines-of-position.ts';
import { requestClose } from '../position/request-close.ts';
import type { Result } from '../result.ts';
import { formatDecimal } from '../units.ts';
import { atAlpaca, seen } from './at-broker.builder.ts';
import { brokerOrder } from './broker-orders.ts';
import type { BrokerFill } from './broker.ts';
import { openPosition } from './place-order.ts';
import { recordAtBroker, recordRejection, recordWithdrawal } from './record-at-broker.ts';

const exitsOf: fc.Arbitrary<ExitsSpec> = fc
  .record(
    {
      targets: fc.constantFrom(
        [],
        [{ price: '110', size: { quantity: '2' } }],
        [{ price: '105', size: { quantity: '1' } }, { price: '110' }],
      ),
      stopLoss: fc.constantFrom({ price: '90' }, { price: '95' }),
      trailing: fc.constantFrom({ distance: '7' }, { distance: '4', activation: { price: '105' } }),
      breakEven: fc.constant({ after: { targets: 1 } }),
      timeExit: fc.constant({ at: 40_000 }),
    },
    { requiredKeys: ['targets'] },
  )
  .map(({ stopLoss, breakEven, ...rest }) => ({
    ...rest,
    // Something protects it, whatever else does.
    ...(stopLoss === undefined && rest.trailing?.activation === undefined && rest.trailing !== undefined
      ? {}
      : { stopLoss: stopLoss ?? { price: '92' } }),
    ...(breakEven === undefined || rest.targets.length === 0 ? {} : { breakEven }),
  }));

type Step =
  | { readonly do: 'tick'; readonly price: number; readonly passed: number }
  | { readonly do: 'fill'; readonly which: number; readonly quantity: number }
  | { readonly do: 'reject' | 'withdraw'; readonly which: number }
  | { readonly do: 'ask'; readonly quantity: number }
  | { readonly do: 'amend'; readonly exits: ExitsSpec }
  | { readonly do: 'add' };
const which = fc.nat({ max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('tick' as const),
      price: fc.constantFrom(85, 92, 96, 101, 106, 111),
      passed: fc.constantFrom(1, 300, 2_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      which,
      quantity: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('reject' as const, 'withdraw' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('ask' as const), quantity: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('amend' as const), exits: exitsOf }) },
  { weight: 1, arbitrary: fc.constant({ do: 'add' as const }) },
);

const market = () => ({ trade: tickAt('100') });

/** A position at a real broker whose lines are watched as a book does it: one that was reached is silent until it is armed anew. */
class Watched {
  account: Account;
  now = 2_000;
  readonly log: string[] = [];
  readonly #silent = new Set<string>();
  readonly #whileClosing = new Set<string>();
  readonly #best = new Map<string, number>();
  readonly #fills = new Map<string, BrokerFill[]>();
  #ordinal = 10;
  #names = 0;

  constructor(exits: ExitsSpec) {
    this.account = given(
      atAlpaca,
      adopted(positionWith(exits, { entryPrice: '100', quantity: '6', broker: 'alpaca' })),
    );
  }

  get position() {
    const position = this.account.positions.get('p1');
    if (position === undefined) throw new Error('no position');
    return position;
  }

  get isClosed(): boolean {
    return this.position.status === 'closed';
  }

  get orders(): readonly string[] {
    const exits = this.isClosed ? [] : this.position.exiting.map(({ order }) => order.clientOrderId);
    return [...exits, ...this.account.workingOrderIds];
  }

  do(asked: Step): void {
    const { account, now } = this;
    this.log.push(JSON.stringify(asked));
    switch (asked.do) {
      case 'tick':
        this.tick(asked.price, asked.passed);
        break;
      case 'fill':
        this.#fill(this.#nth(asked.which), asked.quantity);
        break;
      case 'reject':
      case 'withdraw': {
        const id = this.#nth(asked.which);
        if (id === undefined || this.account.workingOrderIds.has(id)) break;
        this.#take(
          asked.do === 'reject'
            ? recordRejection(account, id, 'no', { now })
            : recordWithdrawal(account, id, { now }, by),
        );
        break;
      }
      case 'ask':
        this.#take(
          requestClose(
            account,
            { positionId: 'p1', size: { quantity: String(asked.quantity) }, reason: 'manual', by },
            { market, now },
          ),
        );
        break;
      case 'amend':
        this.#take(
          amendExits(
            account,
            { positionId: 'p1', exits: asked.exits, by },
            { armedFrom: { epoch: 'e', ordinal: this.#ordinal } },
          ),
        );
        break;
      case 'add': {
        this.#names += 1;
        const entry = {
          positionId: 'p1',
          symbol: 'BAC',
          side: 'long',
          quantity: '4',
          how: { kind: 'market' },
          timeInForce: 'gtc',
          priceSource: 'trade',
        } as const;
        const instrument = plainInstrument('BAC');
        this.#take(
          openPosition(account, `o${this.#names}`, entry, {
            now,
            armedFrom: { at: now },
            market,
            instrument,
          }),
        );
      }
    }
  }

  tick(price: number, passed: number): void {
    this.now += passed;
    this.#ordinal += 1;
    const tick = tickAt(String(price), { ordinal: this.#ordinal, exchangeAt: this.now });
    for (const { id: lineId, line, armedFrom } of linesOfPosition(this.position)) {
      if (!isAtOrAfter(tick, armedFrom)) continue;
      const key = `${lineId} ${JSON.stringify({ line, armedFrom }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`;
      const { isReached, level } = this.#look(line, key, price);
      if (!isReached || this.#silent.has(key)) continue;
      if (this.isClosed) return;
      this.#silent.add(key);
      const decided = executeExit(this.account, {
        positionId: 'p1',
        lineId,
        level,
        tick,
        late: false,
        lagMs: 0,
      });
      if (!decided.ok && decided.refusal.reason === 'CLOSING') this.#whileClosing.add(key);
      this.#take(decided);
    }
  }

  #look(line: Line, key: string, price: number): { readonly isReached: boolean; readonly level: string } {
    switch (line.kind) {
      case 'fixed': {
        const level = formatDecimal(line.price);
        const from = price - Number(level);
        return { isReached: line.fires === 'atOrBelow' ? from <= 0 : from >= 0, level };
      }
      case 'time':
        return { isReached: this.now >= line.at, level: String(line.at) };
      case 'trailing': {
        const best = Math.max(this.#best.get(key) ?? Number(formatDecimal(line.start)), price);
        this.#best.set(key, best);
        const away = 'absolute' in line.distance ? Number(formatDecimal(line.distance.absolute)) : 0;
        return { isReached: price <= best - away, level: String(best - away) };
      }
      case 'move':
        return { isReached: false, level: '' };
    }
  }

  /** Everything that is out fills, whole. */
  settle(): void {
    for (const id of this.orders) this.#fill(id, 1_000);
  }

  #nth(n: number): string | undefined {
    return this.orders[n % Math.max(1, this.orders.length)];
  }

  #fill(id: string | undefined, most: number): void {
    const ours = id === undefined ? undefined : brokerOrder(this.account, id);
    if (id === undefined || ours === undefined) return;
    const left = Number(ours.order.quantity) - Number(ours.filled);
    const quantity = Math.min(left, most);
    const before = this.#fills.get(id) ?? [];
    const costs = { fee: '0', feeCurrency: 'USD', liquidity: 'taker' } as const;
    const fills = [
      ...before,
      { id: `${id}/${before.length}`, quantity: String(quantity), price: '95', ...costs, at: this.now },
    ];
    this.#fills.set(id, fills);
    const status = quantity === left ? ('filled' as const) : ('working' as const);
    this.#take(
      recordAtBroker(this.account, id, seen(this.account, id, { status, fills }), { now: this.now }),
    );
  }

  #take(decided: Result<readonly AccountEvent[], { readonly reason: string }>): void {
    if (!decided.ok) return;
    this.account = decided.value.reduce(evolve, this.account);
    this.log.push(`  ${decided.value.map(({ type }) => type).join(' ')}`);
    const isReopened = decided.value.some(
      (event) =>
        event.type === 'PositionIncreased' ||
        event.type === 'PositionReduced' ||
        ('of' in event && event.of === 'exit' && event.type !== 'OrderFilled'),
    );
    if (isReopened) {
      for (const key of this.#whileClosing) this.#silent.delete(key);
      this.#whileClosing.clear();
    }
  }
}

it('a position at a real broker is closed by its stop, whatever became of its orders before', () => {
  let closedAtLast = 0;
  fc.assert(
    fc.property(exitsOf, fc.array(step, { minLength: 3, maxLength: 25, size: 'max' }), (exits, steps) => {
      const watched = new Watched(exits);
      for (const asked of steps) if (!watched.isClosed) watched.do(asked);
      if (watched.isClosed) return;
      closedAtLast += 1;
      // Whatever is out fills, nothing is refused any more, and the price stays below all stops.
      for (let i = 0; i < 6 && !watched.isClosed; i += 1) {
        watched.settle();
        watched.tick(80, 61_000);
      }
      watched.settle();
      if (!watched.isClosed) throw new Error(watched.log.join('\n'));
    }),
    { numRuns: 600 },
  );
  expect(closedAtLast).toBeGreaterThan(100);
});
