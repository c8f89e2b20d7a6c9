import type { AccountRef, Commit } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type Broker,
  type BrokerOrder,
  type Clock,
  type Market,
  type MarketBefore,
  brokerOf,
  brokerOrder,
  shadowBroker,
} from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { AccountCommits } from '../commits/account-commits.ts';
import { type Pause, pause } from '../pause.ts';
import { OrderTask } from './order-task.ts';

/** The broker of that name for an account's orders; `undefined` where it is not connected. */
export type BrokerOfAccount = (account: AccountRef, name: string) => Broker | undefined;

/** The brokers that an executor is connected to, by the name that accounts give in their settings. */
export type ConnectedBrokers = ReadonlyMap<string, (account: AccountRef) => Broker>;

export interface OrderDeskOptions {
  readonly commits: Pick<AccountCommits, 'commit'>;
  readonly brokerFor: BrokerOfAccount;
  /** Last prices of the shards that are held here: limits are measured at them. */
  readonly market: Market;
  readonly marketBefore?: MarketBefore | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pause?: Pause;
}

/**
 * Carries out what the journal wants of real brokers, one task for each order. Its guarantees:
 *
 * - an order is sent after its intent is committed, and always under the same client order id;
 * - once an answer is lost, or a process has died over it, the order is looked up until that is answered,
 *   before anything else is done about it;
 * - everything that the broker says is committed, in the account's own lane; nothing is kept but there, so a
 *   crash at any point loses nothing: `resume` goes on from the account alone;
 * - closing orders are tried without end. An entry is given up when the broker cannot be told of it, and is
 *   not sent any more once its account is held.
 */
export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly #pause: Pause;
  readonly #stopped = new AbortController();
  readonly #tasks = new Map<string, Promise<void>>();
  /** Tasks that have to look again when they believe to be done. */
  readonly #again = new Set<string>();

  constructor(options: OrderDeskOptions) {
    this.#options = options;
    this.#pause = options.pause ?? pause;
  }

  /** After a commit of this process: what it wants of a broker is done at once. */
  note(commit: AccountRef & Pick<Commit, 'events' | 'traceparent'>, account: Account): void {
    if (brokerOf(account) === shadowBroker) return;
    const { tenant, uid, accountId, events, traceparent } = commit;
    for (const event of events) {
      const intent = intentOf(event);
      const id = event.type === 'OrderCancelRequested' ? event.orderId : intent;
      const order = id === undefined ? undefined : brokerOrder(account, id);
      if (order === undefined) continue;
      const committed = intent === undefined ? {} : { committed: account };
      this.#open({ tenant, uid, accountId }, brokerOf(account), order, { traceparent, ...committed });
    }
  }

  /** Goes on with an order that was committed some time ago, and may have been sent. */
  resume(ref: AccountRef, brokerName: string, order: BrokerOrder): void {
    this.#open(ref, brokerName, order, { traceparent: '' });
  }

  /** Resolves when no order needs anything of the desk at the moment. */
  async idle(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks.values());
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.idle();
  }

  /** @param committed where this process has committed the intent a moment ago. */
  #open(
    ref: AccountRef,
    brokerName: string,
    order: BrokerOrder,
    { committed, traceparent }: { readonly committed?: Account; readonly traceparent: string },
  ): void {
    const { clientOrderId } = order.order;
    const { brokerFor, commits, market, marketBefore, clock, logger } = this.#options;
    const { signal } = this.#stopped;
    if (signal.aborted) return;
    if (this.#tasks.has(clientOrderId)) {
      this.#again.add(clientOrderId);
      return;
    }
    const broker = brokerFor(ref, brokerName);
    if (broker === undefined) {
      const fields = { account: ref.accountId, broker: brokerName, order: clientOrderId };
      logger.error(fields, 'an order waits: its broker is not connected');
      return;
    }
    const task = new OrderTask({
      account: ref,
      clientOrderId,
      positionId: order.positionId,
      traceparent,
      broker,
      brokerName,
      commits,
      market,
      marketBefore,
      clock,
      logger,
      pause: async (milliseconds) => this.#pause(milliseconds, signal),
      isStopped: () => signal.aborted,
    });
    this.#tasks.set(clientOrderId, this.#run(task, clientOrderId, committed));
  }

  async #run(task: OrderTask, clientOrderId: string, committed: Account | undefined): Promise<void> {
    await task.run(committed);
    while (this.#again.delete(clientOrderId)) await task.run();
    this.#tasks.delete(clientOrderId);
  }
}

/** The id of the order that an event wants to be placed. */
function intentOf(event: AccountEvent): string | undefined {
  if (event.type === 'OrderPlaced') return event.order.id;
  return 'order' in event ? event.order.clientOrderId : undefined;
}
