import type { AccountRef } from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  AccountFold,
  type Clock,
  type OrderFilled,
  type TickReference,
  type TradingState,
  positionOfAction,
  precedence,
} from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { DocumentTooLargeError, needsOf } from '@bellwether/store';
import { type Pause, pause } from '../pause.ts';
import type { FrameOrigin } from '../shards/shard-runner.ts';
import { type ArmedSubject, type Fired, armedKey } from '../ticks/fired.ts';
import type { AccountCommits } from './account-commits.ts';
import {
  type ExecutionRefusal,
  type Surroundings,
  decideExecution,
  relatedNeeds,
} from './decide-execution.ts';

/** What fired while its account's trading did not let it execute. */
interface Held {
  readonly fired: Fired;
  /** It would enter: reducing does not let it, either. */
  readonly enters: boolean;
}

interface Pending {
  readonly fired: Fired;
  readonly origin: FrameOrigin;
  readonly done: () => void;
}

export interface ExitLanesOptions {
  readonly commits: Pick<AccountCommits, 'commit'>;
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes back what was reached by a tick that does not count for it: it is watched on. */
  readonly rearm: (fired: Fired) => void;
  readonly pause?: Pause;
  /** Hears of each execution once it is durable, and how long after market-feed had its tick. */
  readonly onExecuted?: (fired: Fired, lagMs: number) => void;
}

/** What became of what fired since the process started. */
export interface ExitCounts {
  executed: number;
  /** Levels that the account did not let count: halted, closing, or not armed any more. */
  refused: number;
  /** Commits that another writer was faster than; each is decided anew. */
  contended: number;
  /** Commits that failed and are tried again. */
  failed: number;
}

const maxExecutionsPerCommit = 80;
/** After so many failures in a row it is found out which exit it is that cannot be committed. */
const failuresTogether = 5;
const pauseMs = { contended: 10, failed: 250 };

/**
 * What fired, committed: one lane per account, everything that waits for an account in one commit. An
 * exit is never dropped: contention and failures of the store are retried without bound, what is too much for one
 * entry of the journal is committed in halves, and what alone cannot be committed holds nothing else.
 */
export class ExitLanes {
  readonly #commits: Pick<AccountCommits, 'commit'>;
  readonly #surroundings: Surroundings;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #rearm: (fired: Fired) => void;
  readonly #pause: Pause;
  readonly #onExecuted: ExitLanesOptions['onExecuted'];
  readonly #lanes = new Map<string, Pending[]>();
  readonly counts: ExitCounts = { executed: 0, refused: 0, contended: 0, failed: 0 };
  /** What fired while its account was halted, or reducing where it would enter: to be armed again when it may execute. */
  readonly #held = new Map<string, readonly Held[]>();
  /** What fired while orders for all of its position were out, to be armed again if they come to nothing. */
  readonly #closing = new Map<string, Fired[]>();

  constructor(options: ExitLanesOptions) {
    this.#commits = options.commits;
    this.#surroundings = options.surroundings;
    this.#rearm = options.rearm;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#pause = options.pause ?? pause;
    this.#onExecuted = options.onExecuted;
  }

  /** Resolves when all of it is committed, or refused by the account for good. */
  async execute(fired: readonly Fired[], origin: FrameOrigin): Promise<void> {
    if (fired.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    let waiting = fired.length;
    const done = (): void => {
      waiting -= 1;
      if (waiting === 0) resolve();
    };
    for (const one of fired) this.#add({ fired: one, origin, done });
    await promise;
  }

  /** The accounts of which something fired that their trading did not let execute. */
  heldAccounts(): readonly AccountRef[] {
    return [...this.#held.values()].flatMap(([first]) =>
      first === undefined ? [] : [first.fired.subject.account],
    );
  }

  /** What was held, and may execute now that the account trades so; it is handed out once. */
  takeHeld(accountId: string, trading: TradingState): readonly Fired[] {
    const held = this.#held.get(accountId);
    if (held === undefined) return [];
    const stays = ({ enters }: Held): boolean => trading === 'halted' || (trading === 'reducing' && enters);
    const left = held.filter(stays);
    if (left.length === 0) this.#held.delete(accountId);
    else this.#held.set(accountId, left);
    return held.filter((one) => !stays(one)).map(({ fired }) => fired);
  }

  /** What fired while its position was being closed, of which more is open after these events; it is handed out once. */
  takeReopened(accountId: string, events: readonly AccountEvent[]): readonly Fired[] {
    const taken: Fired[] = [];
    if (this.#closing.size === 0) return taken;
    for (const event of events) {
      if (!('positionId' in event) || !(isReopening(event) || event.type === 'PositionClosed')) continue;
      const key = `${accountId}/${event.positionId}`;
      if (event.type !== 'PositionClosed') taken.push(...(this.#closing.get(key) ?? []));
      this.#closing.delete(key);
    }
    return taken;
  }

  #add(pending: Pending): void {
    const { account } = pending.fired.subject;
    const lane = this.#lanes.get(account.accountId);
    if (lane !== undefined) {
      lane.push(pending);
      return;
    }
    const opened = [pending];
    this.#lanes.set(account.accountId, opened);
    // After this frame's other exits of the account have joined.
    queueMicrotask(() => void this.#run(account, opened));
  }

  async #run(account: AccountRef, lane: Pending[]): Promise<void> {
    let fitting = maxExecutionsPerCommit;
    let most = fitting;
    let failures = 0;
    /** Of what has failed alone, while others may not: they are tried again when nothing else waits. */
    const suspects = new Set<string>();
    while (lane.length > 0) {
      const ordered = inOrderOfTicks(lane);
      const group = groupOf(ordered, suspects, most);
      const [first] = group;
      const isAlone = ordered.length === 1;
      const result = await this.#commitGroup(account, group);
      if (result === 'tooMuch') fitting = most = Math.ceil(group.length / 2);
      else if (result === 'again') {
        failures += 1;
        if (failures < failuresTogether || first === undefined || isAlone) continue;
        if (group.length === 1) suspects.add(armedKey(first.fired.subject));
        else most = Math.ceil(group.length / 2);
      }
      if (typeof result === 'string') continue;
      const { deferred } = result;
      const done = deferred.size === 0 ? group : group.filter((pending) => !deferred.has(pending));
      if (ordered === lane && done === group && suspects.size === 0) lane.splice(0, group.length);
      else {
        const gone = new Set(done);
        lane.splice(0, lane.length, ...lane.filter((pending) => !gone.has(pending)));
      }
      for (const pending of done) pending.done();
      failures = 0;
      most = Math.min(fitting, most * 2);
      if (first !== undefined && suspects.has(armedKey(first.fired.subject))) suspects.clear();
    }
    this.#lanes.delete(account.accountId);
  }

  /**
   * One commit for the whole group, but for what has to wait for the next; the answer says what. `tooMuch` where
   * one entry of the journal does not hold all of it.
   */
  async #commitGroup(
    account: AccountRef,
    group: readonly Pending[],
  ): Promise<{ readonly deferred: ReadonlySet<Pending> } | 'again' | 'tooMuch'> {
    const [first] = group;
    if (first === undefined) return { deferred: new Set() };
    const { shard, epoch, number, traceparent } = first.origin;
    const subjects = group.map(({ fired }) => fired.subject);
    let refused: readonly { pending: Pending; refusal: ExecutionRefusal }[] = [];
    let deferred: ReadonlySet<Pending> = new Set();
    try {
      const outcome = await this.#commits.commit<never>(account, {
        cause: { kind: 'frame', shard, epoch, number },
        traceparent,
        ...needsOf(subjects),
        related: (image) => relatedNeeds(image, subjects),
        decide: (image) => {
          const decided = this.#decide(image, group);
          ({ refused, deferred } = decided);
          return { events: decided.events, after: decided.after };
        },
      });
      if (outcome.status === 'contended') {
        this.counts.contended += 1;
        await this.#pause(pauseMs.contended);
        return 'again';
      }
    } catch (error) {
      if (error instanceof DocumentTooLargeError && group.length > 1) return 'tooMuch';
      this.counts.failed += 1;
      this.#logger.error(
        { err: error, account: account.accountId },
        'an exit cannot be committed; trying again',
      );
      await this.#pause(pauseMs.failed);
      return 'again';
    }
    for (const { pending, refusal } of refused) this.#noteRefusal(account, pending, refusal);
    const isRefused = new Set(refused.map(({ pending }) => pending));
    for (const pending of group)
      if (!isRefused.has(pending) && !deferred.has(pending)) this.#noteExecution(pending.fired);
    return { deferred };
  }

  /**
   * Where a position opens, its lines move, or an order for it fills in part, what later ticks have reached of it is deferred, and so
   * is what a trigger or another order would do to it: after the commit the book judges the new lines over the same ticks, and the
   * first of all executes.
   */
  #decide(image: Account, group: readonly Pending[]) {
    const events: AccountEvent[] = [];
    const refused: { pending: Pending; refusal: ExecutionRefusal }[] = [];
    const fold = new AccountFold(image);
    const deferred = new Set<Pending>();
    const movedAt = new Map<string, TickReference>();
    for (const pending of group) {
      const { subject, tick } = pending.fired;
      const of = movedAt.size === 0 ? undefined : positionOf(fold.account, subject);
      const moved = of === undefined ? undefined : movedAt.get(of);
      if (moved !== undefined && !isSameTick(moved, tick)) {
        deferred.add(pending);
        continue;
      }
      const decided = decideExecution(fold.account, pending.fired, this.#surroundings, this.#clock.now());
      if (!decided.ok) {
        refused.push({ pending, refusal: decided.refusal });
        continue;
      }
      fold.apply(decided.value);
      events.push(...decided.value);
      for (const event of decided.value) {
        const positionId = movedBy(event, fold.account);
        if (positionId !== undefined) movedAt.set(positionId, tick);
      }
    }
    return { events, after: fold.account, refused, deferred };
  }

  #noteExecution(fired: Fired): void {
    this.counts.executed += 1;
    this.#onExecuted?.(fired, Math.max(0, this.#clock.now() - fired.tick.receivedAt));
  }

  #noteRefusal(account: AccountRef, { fired }: Pending, refusal: ExecutionRefusal): void {
    this.counts.refused += 1;
    const fields = { account: account.accountId, subject: fired.subject.id, reason: refusal.reason };
    if (refusal.reason === 'TRADING_HALTED' || refusal.reason === 'TRADING_REDUCING') {
      const held = { fired, enters: refusal.reason === 'TRADING_REDUCING' };
      this.#held.set(account.accountId, [...(this.#held.get(account.accountId) ?? []), held]);
      this.#logger.warn(fields, 'a level was reached while trading is held');
    } else if (refusal.reason === 'CLOSING') {
      const key = `${account.accountId}/${fired.subject.id}`;
      this.#closing.set(key, [...(this.#closing.get(key) ?? []), fired]);
    } else if (refusal.reason === 'BEFORE_ARMED') {
      this.#logger.warn(fields, 'a level was reached by a tick from before it counts, and is armed again');
      this.#rearm(fired);
    } else {
      this.#logger.info(fields, 'a level was reached that is not armed any more');
    }
  }
}

/**
 * What is committed next: what fired of suspects one by one, and only where nothing else waits. So nothing goes before what
 * was reached first of the same position.
 */
function groupOf(
  ordered: readonly Pending[],
  suspects: ReadonlySet<string>,
  most: number,
): readonly Pending[] {
  if (suspects.size === 0) return ordered.slice(0, most);
  const others = ordered.filter(({ fired }) => !suspects.has(armedKey(fired.subject)));
  return others.length === 0 ? ordered.slice(0, 1) : others.slice(0, most);
}

/**
 * What waits for one symbol in the order of its ticks, and of one tick the protective first: a line that was armed late
 * may have been reached first, or by the same tick.
 */
function inOrderOfTicks(lane: readonly Pending[]): readonly Pending[] {
  if (isInOrder(lane)) return lane;
  const bySymbol = Map.groupBy(lane, ({ fired }) => fired.tick.symbol);
  const ordered = new Map(
    [...bySymbol].map(([symbol, pending]) => [
      symbol,
      pending.toSorted(byTickAndProtection)[Symbol.iterator](),
    ]),
  );
  return lane.map((pending) => ordered.get(pending.fired.tick.symbol)?.next().value ?? pending);
}

function isInOrder(lane: readonly Pending[]): boolean {
  const last = new Map<string, Pending>();
  return lane.every((pending) => {
    const { symbol } = pending.fired.tick;
    const before = last.get(symbol);
    last.set(symbol, pending);
    return before === undefined || byTickAndProtection(before, pending) <= 0;
  });
}

function byTickAndProtection({ fired: a }: Pending, { fired: b }: Pending): number {
  if (a.tick.epoch !== b.tick.epoch) return a.tick.epoch < b.tick.epoch ? -1 : 1;
  return a.tick.ordinal - b.tick.ordinal || precedence[a.reason] - precedence[b.reason];
}

function isSameTick(a: TickReference, b: TickReference): boolean {
  return a.symbol === b.symbol && a.epoch === b.epoch && a.ordinal === b.ordinal;
}

/** The position that a line is of, or that what it does is about. */
function positionOf(account: Account, { kind, id }: ArmedSubject): string | undefined {
  switch (kind) {
    case 'position':
      return id;
    case 'order':
      return account.orders.get(id)?.positionId;
    case 'trigger': {
      const trigger = account.triggers.get(id);
      return trigger && positionOfAction(account, trigger);
    }
    case 'signal':
      return undefined;
  }
}

/** Whether a closing order came to nothing, or more is open than closing orders are out for. */
function isReopening(event: AccountEvent): boolean {
  if (event.type === 'PositionIncreased' || event.type === 'PositionReduced') return true;
  return 'of' in event && event.of === 'exit' && event.type !== 'OrderFilled';
}

/** The position of which lines, or those of an order for it, stand elsewhere after an event, or stood nowhere before. */
function movedBy(event: AccountEvent, account: Account): string | undefined {
  const { type } = event;
  if (type === 'PositionOpened') return event.position.id;
  if (type === 'OrderPlaced') return event.order.positionId;
  if (type === 'OrderTriggered') return account.orders.get(event.orderId)?.positionId;
  if (type === 'OrderFilled') return isFilledInPart(event, account) ? event.positionId : undefined;
  const isMoved =
    type === 'StopMovedToBreakEven' ||
    type === 'TrailingStopActivated' ||
    type === 'ExitsAmended' ||
    type === 'PositionIncreased';
  return isMoved ? event.positionId : undefined;
}

function isFilledInPart(
  { of, clientOrderId, positionId }: OrderFilled,
  { orders, positions }: Account,
): boolean {
  if (of === 'order') return orders.get(clientOrderId)?.status === 'open';
  const exiting = positions.get(positionId)?.exiting ?? [];
  return exiting.some(({ order }) => order.clientOrderId === clientOrderId);
}
