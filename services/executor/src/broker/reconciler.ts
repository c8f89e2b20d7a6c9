import type { AccountRef } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type Actor,
  type Broker,
  type BrokerDifference,
  type BrokerFillOfOrder,
  type BrokerOrder,
  type BrokerView,
  type Clock,
  type OrderAtBroker,
  brokerOrder,
  brokerOrders,
  brokerOf,
  cancelOrder,
  compareWithBroker,
  confirmed,
  evolveAll,
  recordDifferences,
  restsAsWeKnow,
  shadowBroker,
  withdrawEntries,
} from '@bellwether/domain';
import { type Logger, Schedule } from '@bellwether/observability';
import { type AccountCommits, mostEventsPerCommit } from '../commits/account-commits.ts';
import type { BrokerOfAccount, OrderDesk } from './order-desk.ts';

export interface ReconcilerOptions {
  /** Names of the brokers that are connected. */
  readonly brokers: ReadonlySet<string>;
  readonly brokerFor: BrokerOfAccount;
  /** The accounts whose orders go to a broker. */
  readonly accountsOf: (broker: string) => Promise<readonly AccountRef[]>;
  /** Whether this process looks after the account: one does at a time. */
  readonly isOurs: (account: AccountRef) => boolean;
  readonly commits: Pick<AccountCommits, 'commit'>;
  readonly desk: OrderDesk;
  readonly clock: Clock;
  readonly logger: Logger;
}

const everyMs = 5_000;

/**
 * Holds what the journals say of real brokers against what those show, at the start and every few seconds: an
 * order whose process died, that moved while nobody looked, or that filled after its end, goes to the desk. Where the
 * two do not agree otherwise, that is committed as it is found, a second look having confirmed it, and as it
 * settles; nothing is changed but by whoever adopts or abandons it.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** One for each broker: none waits for another. */
  readonly #schedules: readonly Schedule[];
  /** How far the fills of an account were looked at. */
  readonly #cursors = new Map<string, string>();
  /** What the last look at an account found. */
  readonly #found = new Map<string, readonly BrokerDifference[]>();
  readonly #withdrawing = new Set<Promise<void>>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#schedules = [...options.brokers].map(
      (broker) =>
        new Schedule({
          everyMs,
          firstMs: 0,
          run: async (signal) => this.#reconcileAll(broker, signal),
          onFailed: (error) =>
            options.logger.error(
              { err: error, broker },
              'cannot read which accounts are at a broker; trying again',
            ),
        }),
    );
  }

  start(): void {
    for (const schedule of this.#schedules) schedule.start();
  }

  async close(): Promise<void> {
    await Promise.all(this.#schedules.map(async (schedule) => schedule.close()));
    await Promise.all(this.#withdrawing);
  }

  /** After a commit of this process: where it holds an account, or trips a limit, what would enter is to be cancelled at its broker. */
  note({ tenant, uid, accountId }: AccountRef, account: Account): void {
    const name = brokerOf(account);
    if (name === shadowBroker || withdrawEntries(account, this.#options.clock.now(), 1).length === 0) return;
    const withdrawal = this.#withdraw({ tenant, uid, accountId }, name);
    this.#withdrawing.add(withdrawal);
    void withdrawal.finally(() => this.#withdrawing.delete(withdrawal));
  }

  /** Never throws: the next look does what this one could not. */
  async #withdraw(ref: AccountRef, name: string): Promise<void> {
    try {
      await this.#read(ref, name);
    } catch (error) {
      this.#options.logger.warn(
        { err: error, account: ref.accountId, broker: name },
        'entries of an account that is held cannot be withdrawn now',
      );
    }
  }

  async #reconcileAll(broker: string, signal: AbortSignal): Promise<void> {
    const { accountsOf, isOurs } = this.#options;
    const accounts = (await accountsOf(broker)).filter(isOurs);
    for (const account of accounts) if (!signal.aborted) await this.#reconcile(account, broker);
  }

  /** One look at one account. Never throws: what cannot be looked at now is looked at the next time. */
  async #reconcile(ref: AccountRef, name: string): Promise<void> {
    const { brokerFor, desk, logger } = this.#options;
    const broker = brokerFor(ref, name);
    if (broker === undefined) return;
    const idOf = (clientOrderId: string): string => broker.idOf(clientOrderId);
    try {
      // The broker first: so the account knows of every order of ours that is shown.
      const openOrders = await broker.openOrders();
      const positions = await broker.positions();
      const { fills, cursor } = await broker.fillsSince(this.#cursors.get(ref.accountId));
      const account = await this.#read(ref, name);
      for (const order of brokerOrders(account))
        if (!restsAsWeKnow(order, openOrders, idOf)) desk.resume(ref, name, order);
      for (const order of lateFills(account, broker, fills)) desk.resume(ref, name, order);
      this.#cursors.set(ref.accountId, cursor);
      const unknownOrderIds = await unknownAt(broker, account, openOrders);
      await this.#compare(ref, name, { openOrders, positions, unknownOrderIds }, idOf);
    } catch (error) {
      logger.warn(
        { err: error, account: ref.accountId, broker: name },
        'an account cannot be reconciled now',
      );
    }
  }

  /**
   * The account with all that is open in it. Orders whose time is over, and entries while there may be none, are to be cancelled
   * from here on.
   */
  async #read(ref: AccountRef, name: string): Promise<Account> {
    const now = this.#options.clock.now();
    let read: Account | undefined;
    await this.#commit(ref, name, (account) => {
      read = account;
      const over = brokerOrders(account).filter((order) => isTimeOver(order, now));
      const ending = over.flatMap(({ order }) => {
        const asked = cancelOrder(account, { orderId: order.clientOrderId, by: timeOver });
        return asked.ok ? asked.value : [];
      });
      return [...ending, ...withdrawEntries(evolveAll(account, ending), now, mostEventsPerCommit)];
    });
    if (read === undefined) throw new Error('the account was not read');
    return read;
  }

  /** Commits what is shown from here on: nothing of an account whose orders go elsewhere by now. */
  async #compare(
    ref: AccountRef,
    name: string,
    view: BrokerView,
    idOf: (clientOrderId: string) => string,
  ): Promise<void> {
    const before = this.#found.get(ref.accountId) ?? [];
    await this.#commit(ref, name, (account) => {
      if (brokerOf(account) !== name) return [];
      const found = compareWithBroker(account, view, idOf);
      this.#found.set(ref.accountId, found);
      return recordDifferences(account, confirmed(found, before, account.brokerDifferences));
    });
  }

  async #commit(
    ref: AccountRef,
    name: string,
    decide: (account: Account) => readonly AccountEvent[],
  ): Promise<void> {
    await this.#options.commits.commit<never>(ref, {
      cause: { kind: 'broker', broker: name, about: 'reconciliation' },
      traceparent: '',
      allOpen: true,
      decide: (account) => ({ events: decide(account) }),
    });
  }
}

const timeOver: Actor = { actor: 'bellwether', reason: 'its time is over' };

function isTimeOver({ order, isCancelRequested }: BrokerOrder, now: number): boolean {
  const { timeInForce } = order;
  return typeof timeInForce === 'object' && timeInForce.until <= now && !isCancelRequested;
}

/** Orders that the broker had accepted, does not show, and does not find either. */
async function unknownAt(
  broker: Broker,
  account: Account,
  openOrders: readonly OrderAtBroker[],
): Promise<ReadonlySet<string>> {
  const shown = new Set(openOrders.map(({ brokerOrderId }) => brokerOrderId));
  const unknown = new Set<string>();
  for (const { order, status, brokerOrderId } of brokerOrders(account)) {
    if (status !== 'open' || brokerOrderId === undefined || shown.has(brokerOrderId)) continue;
    const { clientOrderId } = order;
    if ((await broker.find({ clientOrderId, brokerOrderId })) === undefined) unknown.add(clientOrderId);
  }
  return unknown;
}

/** Orders that are over here, and have filled since. */
function lateFills(account: Account, broker: Broker, fills: readonly BrokerFillOfOrder[]): BrokerOrder[] {
  const filled = new Map(fills.map(({ clientOrderId, id }) => [clientOrderId, id]));
  return [...account.orders.keys()].flatMap((orderId) => {
    const order = brokerOrder(account, orderId);
    const fill = filled.get(order?.brokerClientId ?? broker.idOf(orderId));
    return order?.status === 'ended' && fill !== undefined && !order.fillIds.includes(fill) ? [order] : [];
  });
}
