import type { AccountRef } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type Broker,
  type BrokerOrder,
  BrokerUnavailableError,
  type Clock,
  type Market,
  type MarketBefore,
  type OrderAtBroker,
  type OrderKey,
  type RecordRefusal,
  type Result,
  brokerOrder,
  recordAtBroker,
  recordRejection,
  recordUnknown,
  recordWithdrawal,
  watchLimits,
} from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { AccountCommits } from '../commits/account-commits.ts';
import { endingWith, withLimits } from '../commits/decide-execution.ts';

export interface OrderTaskOptions {
  readonly account: AccountRef;
  readonly clientOrderId: string;
  readonly positionId: string;
  /** Of the tick or command that wants it; empty where that was some time ago. */
  readonly traceparent: string;
  readonly broker: Broker;
  readonly brokerName: string;
  readonly commits: Pick<AccountCommits, 'commit'>;
  /** Last prices: what the account's limits are measured at. */
  readonly market: Market;
  readonly marketBefore?: MarketBefore | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly isStopped: () => boolean;
}

/** An entry that the broker cannot be told of so often is given up. */
const maxEntryTries = 5;
const pauseMs = {
  contended: 10,
  firstFailure: 100,
  longestFailure: 15_000,
  firstPoll: 25,
  longestPoll: 2_000,
};

/** What is known of an order here, beside what its account says. */
interface Knowledge {
  /** When a request for it may have been under way last, epoch milliseconds; absent when none was ever sent. */
  sentAt?: number;
  /** Why the broker refused it, while an earlier request for it may still arrive, and be taken. */
  refusedFor?: string;
  /** How often the broker could not be told of it. */
  untold: number;
  /** How often in a row something failed, and nothing was new. */
  failures: number;
  polls: number;
}

type Next = 'again' | 'done';

/** One order's way from its committed intent to its end at the broker, or to where it rests there. */
export class OrderTask {
  readonly #options: OrderTaskOptions;

  constructor(options: OrderTaskOptions) {
    this.#options = options;
  }

  /**
   * Until the order is over, rests, or only a person can mend it. Never throws.
   *
   * @param committed the account right after this process committed the intent: nothing was ever sent. Without
   *   it the account is read, and the order looked up first.
   */
  async run(committed?: Account): Promise<void> {
    const { clock, isStopped } = this.#options;
    const knowledge: Knowledge = {
      untold: 0,
      failures: 0,
      polls: 0,
      ...(committed === undefined ? { sentAt: clock.now() } : {}),
    };
    let account = committed;
    while (!isStopped()) {
      try {
        if ((await this.#step(account ?? (await this.#read()), knowledge)) === 'done') return;
        knowledge.failures = 0;
      } catch (error) {
        this.#log('warn', error, 'an order at a broker cannot go on; trying again');
        knowledge.failures += 1;
        const { firstFailure, longestFailure } = pauseMs;
        await this.#backOff(knowledge.failures, firstFailure, longestFailure);
      }
      account = undefined;
    }
  }

  async #step(account: Account, knowledge: Knowledge): Promise<Next> {
    const { broker, clientOrderId } = this.#options;
    const ours = brokerOrder(account, clientOrderId);
    if (ours === undefined) return 'done';
    if (knowledge.sentAt === undefined && ours.status === 'submitted')
      return isUnwanted(account, ours) ? this.#end(ours, withdraw) : this.#send(ours, knowledge);
    if (ours.isCancelRequested && ours.status === 'open') await broker.cancel(keyOf(ours));
    const seen = await broker.find(keyOf(ours));
    if (seen !== undefined) return this.#take(ours, seen, knowledge);
    if (ours.status === 'ended') return 'done';
    return this.#settleAbsence(account, ours, knowledge);
  }

  /** Under the same id always: the broker has one order for it, however often it hears of it. */
  async #send(ours: BrokerOrder, knowledge: Knowledge): Promise<Next> {
    const { broker, clock } = this.#options;
    let outcome;
    try {
      outcome = await broker.submit(ours.order);
    } catch (error) {
      if (error instanceof BrokerUnavailableError) return this.#noteUntold(ours, error, knowledge);
      knowledge.sentAt = clock.now();
      this.#log(
        'warn',
        error,
        'the answer to an order was lost: it is looked up before anything else is done',
      );
      const reason = error instanceof Error ? error.message : String(error);
      await this.#commit((account, id) => recordUnknown(account, id, reason));
      return 'again';
    }
    if (outcome.status === 'rejected') {
      if (knowledge.sentAt === undefined) return this.#end(ours, reject(outcome.reason));
      knowledge.refusedFor = outcome.reason;
      return 'again';
    }
    knowledge.sentAt = clock.now();
    return this.#take(ours, outcome.order, knowledge);
  }

  async #noteUntold(ours: BrokerOrder, error: BrokerUnavailableError, knowledge: Knowledge): Promise<Next> {
    knowledge.untold += 1;
    if (ours.of === 'exit' || knowledge.untold < maxEntryTries) throw error;
    return knowledge.sentAt === undefined ? this.#end(ours, reject(unreachable)) : 'again';
  }

  /** The broker has no such order: it is sent again, or ended once no request for it can be under way any more. */
  async #settleAbsence(account: Account, ours: BrokerOrder, knowledge: Knowledge): Promise<Next> {
    const { broker, clock, pause } = this.#options;
    const { refusedFor } = knowledge;
    const isUntold = ours.of === 'order' && knowledge.untold >= maxEntryTries;
    const isSettled = refusedFor !== undefined || isUntold || ours.status === 'open';
    if (!isSettled && !isUnwanted(account, ours)) return this.#send(ours, knowledge);
    const rest = (knowledge.sentAt ?? 0) + broker.settlesWithinMs - clock.now();
    if (rest > 0) {
      await pause(rest);
      return 'again';
    }
    if (isUnwanted(account, ours)) return this.#end(ours, withdraw);
    if (ours.status !== 'open') return this.#end(ours, reject(refusedFor ?? unreachable));
    this.#log('error', undefined, 'the broker does not have an order that it had accepted');
    return 'done';
  }

  /** Commits what is new of it. It is watched on while it moves; what rests is left to the reconciliation. */
  async #take(ours: BrokerOrder, seen: OrderAtBroker, knowledge: Knowledge): Promise<Next> {
    const { clock, clientOrderId } = this.#options;
    const now = clock.now();
    const outcome = await this.#commit((account, id) => recordAtBroker(account, id, seen, { now }));
    if ('refusal' in outcome) {
      const { refusal } = outcome;
      if (refusal.reason === 'NOT_OURS') return 'done';
      if (refusal.field === 'filledAt') return this.#end(ours, reject(taken));
      this.#log('error', undefined, `the broker has another order under our id: ${JSON.stringify(refusal)}`);
      return 'done';
    }
    if (outcome.account !== undefined) {
      knowledge.polls = 0;
      const after = brokerOrder(outcome.account, clientOrderId);
      if (after === undefined || after.status === 'ended') {
        if (ours.of === 'exit' && seen.status !== 'filled')
          this.#log('error', undefined, `an exit did not fill: ${seen.status} ${seen.reason ?? ''}`);
        return 'done';
      }
      if (seen.status !== 'working') return 'again';
    } else if (ours.status === 'ended') return 'done';
    const isResting = seen.status === 'working' && ours.order.how.kind !== 'market';
    if (isResting && !ours.isCancelRequested) return 'done';
    knowledge.polls += 1;
    await this.#backOff(knowledge.polls, pauseMs.firstPoll, pauseMs.longestPoll);
    return 'again';
  }

  async #end(ours: BrokerOrder, decide: Decide): Promise<'done'> {
    const outcome = await this.#commit(decide);
    if ('account' in outcome && outcome.account !== undefined && ours.of === 'exit')
      this.#log('error', undefined, 'the broker refused an exit: its line counts again');
    return 'done';
  }

  async #read(): Promise<Account> {
    const { account, commits } = this.#options;
    let read: Account | undefined;
    await commits.commit<never>(account, {
      ...this.#needs(),
      decide: (image) => {
        read = image;
        return { events: [] };
      },
    });
    if (read === undefined) throw new Error('the account was not read');
    return read;
  }

  /** @throws what the store throws; contention is tried again. */
  async #commit(
    decide: Decide,
  ): Promise<{ readonly account: Account | undefined } | { readonly refusal: RecordRefusal }> {
    const { account, commits, clientOrderId, market, marketBefore, clock, pause } = this.#options;
    for (;;) {
      const outcome = await commits.commit<RecordRefusal>(account, {
        ...this.#needs(),
        related: (image) => withLimits(image, { orderIds: endingWith(image) }),
        decide: (image) => {
          const now = clock.now();
          const decided = decide(image, clientOrderId, now);
          if (!decided.ok) return { refusal: decided.refusal };
          return {
            events: [...decided.value, ...watchLimits(image, decided.value, { market, marketBefore, now })],
          };
        },
      });
      if (outcome.status === 'refused') return { refusal: outcome.refusal };
      if (outcome.status !== 'contended')
        return { account: outcome.status === 'committed' ? outcome.account : undefined };
      await pause(pauseMs.contended);
    }
  }

  #needs() {
    const { brokerName, clientOrderId, positionId, traceparent } = this.#options;
    return {
      cause: { kind: 'broker', broker: brokerName, about: clientOrderId },
      traceparent,
      orderIds: [clientOrderId],
      positionIds: [positionId],
    } as const;
  }

  async #backOff(times: number, first: number, longest: number): Promise<void> {
    await this.#options.pause(Math.min(longest, first * 2 ** Math.min(times - 1, 16)));
  }

  #log(level: 'warn' | 'error', error: unknown, what: string): void {
    const { logger, account, brokerName, clientOrderId } = this.#options;
    const fields = { account: account.accountId, broker: brokerName, order: clientOrderId };
    logger[level](error === undefined ? fields : { ...fields, err: error }, what);
  }
}

type Decide = (
  account: Account,
  clientOrderId: string,
  now: number,
) => Result<readonly AccountEvent[], RecordRefusal>;

const unreachable = 'the broker could not be reached';
const taken = 'the broker has an order from before under this id';
const reject =
  (reason: string): Decide =>
  (account, id, now) =>
    recordRejection(account, id, reason, { now });
const withdraw: Decide = (account, id, now) => recordWithdrawal(account, id, { now });

/** Whether it is not to be sent any more: it is to be cancelled, or enters while its account is held. */
function isUnwanted(account: Account, { of, order, isCancelRequested }: BrokerOrder): boolean {
  return isCancelRequested || (of === 'order' && !order.isReducing && account.trading !== 'active');
}

function keyOf({ order, brokerOrderId }: BrokerOrder): OrderKey {
  const { clientOrderId } = order;
  return brokerOrderId === undefined ? { clientOrderId } : { clientOrderId, brokerOrderId };
}
