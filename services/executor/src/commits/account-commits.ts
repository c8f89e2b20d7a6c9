import { type AccountRef, type Cause, causation, outboxShards, paths, shardOf } from '@bellwether/contracts';
import { type Account, type AccountEvent, evolve } from '@bellwether/domain';
import { inSpan } from '@bellwether/observability';
import {
  type AccountStore,
  type CommitOutcome,
  type CommitPace,
  type CommitRequest,
  type Decision,
  type StateDocument,
  type StoredCommit,
  type TouchedDocument,
  touchedDocuments,
} from '@bellwether/store';
import {
  type ArmedSubject,
  subjectOfOrder,
  subjectOfPosition,
  subjectOfSignal,
  subjectOfTrigger,
} from '../ticks/fired.ts';

/** Hears of every commit of this process, once it is durable. */
export type OnCommitted = (
  stored: StoredCommit,
  changed: readonly ArmedSubject[],
  /** The account after it. */
  account: Account,
) => void;

const commandPatienceMs = 5_000;
/** Of what is committed step by step: as many as the bounds of a commit on bytes and writes take for sure. */
export const mostEventsPerCommit = 240;

/** What an account has to do before anything else: follow its scopes' halts, end its hold when its time is over. Pure. */
export type Settle = (account: Account) => readonly AccountEvent[];

/**
 * The one way to commit here: the trigger books and the relay hear of it before the caller does. Commands take
 * their turn among what this process writes; executions and halts never wait.
 */
export class AccountCommits {
  readonly #store: Pick<AccountStore, 'commit'>;
  readonly #pace: CommitPace;
  readonly #onCommitted: OnCommitted;
  readonly #settle: Settle;

  constructor(options: {
    store: Pick<AccountStore, 'commit'>;
    pace: CommitPace;
    onCommitted: OnCommitted;
    settle: Settle;
  }) {
    this.#store = options.store;
    this.#pace = options.pace;
    this.#onCommitted = options.onCommitted;
    this.#settle = options.settle;
  }

  /** Commits what the account has to do anyway, and nothing else. */
  async settle(
    ref: AccountRef,
    request: Pick<CommitRequest<never>, 'cause' | 'traceparent'>,
  ): Promise<CommitOutcome<never>> {
    return this.#send(ref, {
      ...request,
      decide: (account, isOpen) => ({ events: isOpen ? this.#settle(account) : [] }),
    });
  }

  /** @throws WritesShedError for a command, when Firestore is overloaded: nothing is committed. */
  async commit<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    return this.#send(ref, {
      ...request,
      decide: (account, isOpen, version) =>
        decideSettled(this.#settle, request, { account, isOpen, version }),
    });
  }

  async #send<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    const { tenant, uid } = ref;
    const { cause } = request;
    const key = waitingKey(cause);
    const isUrgent = key === undefined;
    if (!isUrgent) {
      const origin = { tenant, uid, priority: 'command', patienceMs: commandPatienceMs } as const;
      await this.#pace.admit(origin, documentsOf(ref, request, key));
    }
    const outcome = await this.#traced(ref, request);
    if (outcome.status !== 'committed') return outcome;
    const { stored, account, touched = touchedDocuments(ref, stored.commit.events) } = outcome;
    if (isUrgent) this.#pace.count({ tenant, uid }, writtenBy(ref, stored, touched));
    this.#onCommitted(stored, changedBy(ref, account, touched, stored.commit.seq), account);
    return outcome;
  }

  /** What the commit causes goes on below it, in its journal entry and its message. */
  async #traced<Refusal>(ref: AccountRef, request: CommitRequest<Refusal>): Promise<CommitOutcome<Refusal>> {
    const { traceparent, cause } = request;
    const attributes = {
      'bellwether.account': ref.accountId,
      'bellwether.cause': `${cause.kind} ${causation(cause)}`,
    };
    return inSpan('commit', { traceparent, attributes }, async (span) => {
      const outcome = await this.#store.commit(ref, { ...request, traceparent: span.traceparent });
      span.set({ 'bellwether.outcome': outcome.status });
      if (outcome.status === 'committed') {
        const { seq, events } = outcome.stored.commit;
        span.set({ 'bellwether.seq': seq, 'bellwether.events': events.length });
      }
      return outcome;
    });
  }
}

/**
 * Decides on the account as its scopes leave it, and commits that with what is decided: so nothing is decided for
 * an account whose scope is known here to be halted, whether the halt has reached the account or not.
 */
function decideSettled<Refusal>(
  settle: Settle,
  request: CommitRequest<Refusal>,
  {
    account,
    isOpen,
    version,
  }: { readonly account: Account; readonly isOpen: boolean; readonly version: number },
): Decision<Refusal> {
  const before = isOpen ? settle(account) : [];
  const decision = request.decide(before.reduce(evolve, account), isOpen, version);
  if ('refusal' in decision || decision.events.length === 0) return decision;
  if (isOpen && before.length === 0) return decision;
  // A new account is in its scopes from its first commit on.
  const after = isOpen ? [] : settle(decision.events.reduce(evolve, account));
  return { events: [...before, ...decision.events, ...after] };
}

/** The key of a command that waits for its turn: all do but halts. What a tick or a broker did has happened already. */
function waitingKey(cause: Cause): string | undefined {
  return cause.kind === 'command' && cause.name !== 'HaltTrading' ? cause.key : undefined;
}

/** What a command will write, as far as that is known before it is decided. */
function documentsOf(
  ref: AccountRef,
  { positionIds = [], triggerIds = [], orderIds = [], signalIds = [] }: CommitRequest<unknown>,
  key: string,
): string[] {
  return [
    paths.account(ref),
    paths.command(ref, key),
    `${paths.journal(ref)}/${key}`,
    `${paths.outboxPending(shardOf(ref.accountId, outboxShards))}/${key}`,
    ...positionIds.map((id) => paths.openPosition(ref.uid, id)),
    ...triggerIds.map((id) => paths.tradeTrigger(ref.uid, id)),
    ...orderIds.map((id) => paths.order(ref.uid, id)),
    ...signalIds.map((id) => paths.signal(ref.uid, id)),
  ];
}

function writtenBy(
  ref: AccountRef,
  { commit }: StoredCommit,
  touched: readonly TouchedDocument[],
): readonly string[] {
  return [
    paths.account(ref),
    paths.journalEntry(ref, commit.seq),
    paths.outboxPointer(ref.accountId, commit.seq),
    ...touched.map(({ path }) => path),
  ];
}

/** What a commit changed, as it stands after it. */
function changedBy(
  ref: AccountRef,
  account: Account,
  touched: readonly TouchedDocument[],
  version: number,
): readonly ArmedSubject[] {
  const changed: ArmedSubject[] = [];
  for (const document of touched) {
    const subject = subjectOf(ref, account, document, version);
    if (subject !== undefined) changed.push(subject);
  }
  return changed;
}

function subjectOf(
  ref: AccountRef,
  account: Account,
  { kind, id }: StateDocument,
  version: number,
): ArmedSubject | undefined {
  switch (kind) {
    case 'position': {
      const position = account.positions.get(id);
      return position && subjectOfPosition(ref, position, version);
    }
    case 'trigger': {
      const trigger = account.triggers.get(id);
      return trigger && subjectOfTrigger(ref, trigger, version);
    }
    case 'order': {
      const order = account.orders.get(id);
      return order && subjectOfOrder(ref, order, version);
    }
    case 'signal': {
      const signal = account.signals.get(id);
      return signal && subjectOfSignal(ref, signal, version);
    }
  }
}
