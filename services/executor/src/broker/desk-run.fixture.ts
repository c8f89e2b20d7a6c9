import type { AccountRef } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type Broker,
  type EntrySpec,
  type Result,
  brokerOrders,
  cancelOrder,
  defaultSettings,
  openPosition,
  plainInstrument,
  requestClose,
} from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { type BrokerFault, FakeBroker, type Match } from '@bellwether/testing';
import { FakeCommits, contended, unreachable } from '../commits/commits.fake.ts';
import { OrderDesk } from './order-desk.ts';
import { VirtualTime } from './virtual-time.fake.ts';

export const trader: AccountRef = { tenant: 'acme', uid: 'ann', accountId: 'ann.main' };
const by = { actor: 'test', reason: '' };
const symbol = 'BAC';
const tick = {
  symbol,
  venue: 'P',
  epoch: 'e',
  ordinal: 1,
  series: 'trade',
  price: '100',
  exchangeAt: 1,
  receivedAt: 1,
} as const;
const market = () => ({ trade: tick });

/** What somebody wants of the account. */
export type Wish =
  | { readonly kind: 'enter'; readonly positionId: string; readonly lots: number; readonly isLimit: boolean }
  | { readonly kind: 'close'; readonly positionId: string }
  | { readonly kind: 'cancel'; readonly order: number };

export interface DeskRun {
  readonly wishes: readonly Wish[];
  /** How many moments the desk gets between one wish and the next; where there is none, all that it needs. */
  readonly moments: readonly number[];
  /** How the n-th order that reaches the broker is met: shares of it that fill, in order, or that it is refused. */
  readonly meets: readonly {
    readonly shares: readonly number[];
    readonly end: Match['end'] | 'rejected';
  }[];
  readonly faults: readonly (BrokerFault | undefined)[];
  /** What becomes of commits: another writer is faster, or the store is away. */
  readonly obstacles: readonly ('contended' | 'unreachable')[];
  /** Before which calls of the desk, counted over the run, its process dies. */
  readonly kills: readonly number[];
  readonly racesCancel: boolean;
  /** What has happened to the account besides. */
  readonly given?: readonly AccountEvent[];
}

export interface DeskRunResult {
  readonly account: Account;
  readonly broker: FakeBroker;
  readonly commits: FakeCommits;
}

const logger = createLogger({ service: 'test', level: 'silent' });

/** A desk over its whole life, process deaths included: each new one starts from what is stored alone. */
export async function runDesk(run: DeskRun): Promise<DeskRunResult> {
  const time = new VirtualTime();
  const commits = new FakeCommits();
  const faults = [...run.faults];
  const meets = [...run.meets];
  const broker = new FakeBroker({
    clock: time,
    racesCancel: run.racesCancel,
    fault: () => faults.shift(),
    match: ({ quantity, how }) => {
      const { shares, end } = meets.shift() ?? { shares: [1], end: 'works' };
      if (end === 'rejected') return 'no money';
      return partsOf(Number(quantity), shares, how.kind === 'market' && end === 'works' ? 'cancelled' : end);
    },
  });
  commits.given(
    trader,
    { type: 'AccountOpened', ...trader },
    { type: 'TradingResumed', ...by },
    { type: 'AccountConfigured', settings: { ...defaultSettings, broker: 'fake' }, ...by },
    ...(run.given ?? []),
  );
  const obstacles = run.obstacles.map((each) => (each === 'contended' ? contended : unreachable));
  let passed = 0;
  let life = begin();
  for (const [index, wish] of run.wishes.entries()) {
    const decided = await commit(wish, index);
    if (index === 0) commits.obstruct(trader, ...obstacles);
    // A process may die between the commit of an intent and everything else.
    if (isFatal()) life.process.isDead = true;
    else if (decided !== undefined)
      life.desk.note({ ...trader, traceparent: '', events: [...decided.events] }, decided.account);
    await settle(run.moments[index]);
  }
  await settle();
  // What rests is looked at now and then, as long as it moves.
  for (let looks = 0; looks < 8; looks += 1) {
    for (const order of brokerOrders(accountNow())) life.desk.resume(trader, 'fake', order);
    await settle();
  }
  return { account: accountNow(), broker, commits };

  function isFatal(): boolean {
    passed += 1;
    return run.kills.includes(passed - 1);
  }

  /** A process: once it is dead, nothing that it called comes back, and nothing that it calls happens. */
  function begin() {
    const process = { isDead: false };
    const guarded = async <Value>(call: () => Promise<Value>): Promise<Value> => {
      if (!process.isDead && isFatal()) process.isDead = true;
      if (process.isDead) return forever();
      const value = await call().catch((error: unknown) => {
        if (process.isDead) return forever<Value>();
        throw error;
      });
      if (!process.isDead && isFatal()) process.isDead = true;
      return process.isDead ? forever() : value;
    };
    const desk = new OrderDesk({
      commits: { commit: async (ref, request) => guarded(async () => commits.commit(ref, request)) },
      brokerFor: () => guardedBroker(broker, guarded),
      market,
      clock: time,
      logger,
      pause: time.pause,
    });
    return { desk, process };
  }

  /** Until nothing moves; after each death a new process looks at what is stored. */
  async function settle(moments = Number.POSITIVE_INFINITY): Promise<void> {
    let left = moments;
    for (;;) {
      let isIdle = false;
      const { desk, process } = life;
      void desk.idle().then(() => (isIdle = true));
      await time.run(() => {
        left -= 1;
        return isIdle || process.isDead || left < 0;
      });
      if (!process.isDead) return;
      life = begin();
      for (const order of brokerOrders(accountNow())) life.desk.resume(trader, 'fake', order);
    }
  }

  async function commit(wish: Wish, index: number) {
    let events: readonly AccountEvent[] = [];
    for (;;) {
      try {
        const outcome = await commits.commit(trader, {
          cause: { kind: 'command', name: wish.kind, key: `k${index}` },
          traceparent: '',
          decide: (account) => {
            const decided = decide(account, wish, index, time.now());
            events = decided.ok ? decided.value : [];
            return decided.ok ? { events } : { refusal: decided.refusal };
          },
        });
        if (outcome.status === 'committed') return { account: outcome.account, events };
        if (outcome.status !== 'contended') return undefined;
      } catch {
        // The store is away: whoever wishes tries again.
      }
    }
  }

  function accountNow(): Account {
    const account = commits.account(trader);
    if (account === undefined) throw new Error('no account');
    return account;
  }
}

function decide(
  account: Account,
  wish: Wish,
  index: number,
  now: number,
): Result<readonly AccountEvent[], { reason: string }> {
  const context = { now, market, armedFrom: { at: 0 }, instrument: plainInstrument(symbol) };
  switch (wish.kind) {
    case 'enter': {
      const entry: EntrySpec = {
        positionId: wish.positionId,
        symbol,
        side: 'long',
        quantity: String(wish.lots),
        how: wish.isLimit ? { kind: 'limit', limitPrice: '100' } : { kind: 'market' },
        timeInForce: 'gtc',
        priceSource: 'trade',
      };
      return openPosition(account, `o${index}`, entry, context);
    }
    case 'close': {
      const { positionId } = wish;
      return requestClose(account, { positionId, size: 'all', reason: 'manual', by }, context);
    }
    case 'cancel':
      return cancelOrder(account, { orderId: `${trader.accountId}.o${wish.order}`, by });
  }
}

/** Whole lots, at prices that differ. */
function partsOf(lots: number, shares: readonly number[], end: Match['end']): Match {
  const parts: { quantity: string; price: string }[] = [];
  let left = lots;
  for (const [i, share] of shares.entries()) {
    const quantity = Math.min(left, Math.ceil(lots * share));
    if (quantity > 0) parts.push({ quantity: String(quantity), price: String(100 + i) });
    left -= quantity;
  }
  return { parts, end };
}

function guardedBroker(
  broker: FakeBroker,
  guarded: <Value>(call: () => Promise<Value>) => Promise<Value>,
): Broker {
  return {
    settlesWithinMs: broker.settlesWithinMs,
    idOf: (id) => broker.idOf(id),
    submit: async (order) => guarded(async () => broker.submit(order)),
    cancel: async (key) => guarded(async () => broker.cancel(key)),
    find: async (key) => guarded(async () => broker.find(key)),
    openOrders: async () => guarded(async () => broker.openOrders()),
    fillsSince: async (cursor) => guarded(async () => broker.fillsSince(cursor)),
    positions: async () => guarded(async () => broker.positions()),
  };
}

async function forever<Value>(): Promise<Value> {
  return new Promise<Value>(() => {});
}
