import {
  type AccountRef,
  Command,
  type CommandInput,
  type CommandReply,
  type Commit,
  type Frame,
  shardOf,
} from '@bellwether/contracts';
import { type Account, type ArmedFrom, expireHold, plainInstrument } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { CommitOutcome, CommitPace, CommitRequest, StoredCommit } from '@bellwether/store';
import { type Arming, HandleCommand, invalidCommand } from '../commands/handle-command.ts';
import { AccountCommits } from '../commits/account-commits.ts';
import type { Surroundings } from '../commits/decide-execution.ts';
import { ExitLanes } from '../commits/exit-lanes.ts';
import type { FrameOrigin } from '../shards/shard-runner.ts';
import type { ArmedSubject, Fired } from '../ticks/fired.ts';
import { ShardBook } from '../ticks/shard-book.ts';
import { MemoryAccounts } from './memory-accounts.ts';

/** Nobody else writes: everything is admitted. */
const unpaced: CommitPace = {
  admit: async () => Promise.resolve(),
  count: () => undefined,
};

/**
 * An executor without a cloud: the books, the lanes and the decisions of the real one over accounts in memory. Frames
 * are judged one after another, and what a frame fires is committed before the next. It does no I/O, and its clock
 * is the feed's, so the same commands and frames make the same journal, byte for byte.
 */
export class Backtest implements Arming {
  readonly #books: readonly ShardBook[];
  readonly #accounts = new MemoryAccounts();
  readonly #exits: ExitLanes;
  readonly #commands: HandleCommand;
  #origin: FrameOrigin = { shard: 0, epoch: '', number: 0, traceparent: '' };
  /** The feed's time, epoch milliseconds. */
  #now = 0;
  /** What fired and is not committed yet. */
  readonly #underWay: Promise<void>[] = [];
  /** Ends the judging of the frame with what cannot be committed. */
  #fail: (error: unknown) => void = () => undefined;

  constructor({ shards, logger }: { readonly shards: number; readonly logger: Logger }) {
    this.#books = Array.from({ length: shards }, () => new ShardBook());
    const clock = { now: () => this.#now };
    const surroundings: Surroundings = {
      market: (symbol) => this.#bookOf(symbol).pricesOf(symbol),
      marketBefore: (day) => (symbol) => this.#bookOf(symbol).pricesBefore(symbol, day),
      instrumentOf: plainInstrument,
      brokers: new Set(),
    };
    const committing = new AccountCommits({
      store: this.#accounts,
      pace: unpaced,
      onCommitted: (stored, changed, account) => this.#onCommitted(stored, changed, account),
      settle: (account) => expireHold(account, clock.now()),
    });
    const commits = {
      commit: async <Refusal>(ref: AccountRef, request: CommitRequest<Refusal>) =>
        this.#failingOnce(committing.commit(ref, request)),
    };
    this.#exits = new ExitLanes({
      commits,
      surroundings,
      clock,
      logger,
      rearm: (fired) => this.#bookOf(fired.subject.symbol).rearm(fired),
    });
    this.#commands = new HandleCommand({
      commits,
      arming: this,
      entries: async (account, fromSeq, toSeq) => this.#accounts.entries(account, fromSeq, toSeq),
      surroundings,
      clock,
    });
  }

  /** Every commit so far, in order. */
  get commits(): readonly Commit[] {
    return this.#accounts.commits;
  }

  accounts(): Iterable<Account> {
    return this.#accounts.accounts();
  }

  async handle(command: CommandInput): Promise<CommandReply> {
    const parsed = Command.safeParse(command);
    if (!parsed.success) return invalidCommand(parsed.error);
    const reply = await this.#commands.handle(parsed.data, '');
    await this.#execute([]);
    return reply;
  }

  /** Judges a frame and commits what it fires. @throws what a decision threw. */
  async judge(frame: Frame): Promise<void> {
    const { shard, epoch, number, receivedAt } = frame;
    this.#now = receivedAt;
    this.#origin = { shard, epoch, number, traceparent: '' };
    const fired = this.#books[shard]?.evaluate(frame) ?? [];
    if (fired.length > 0) await this.#execute(fired);
  }

  armedFromNow(symbol: string): ArmedFrom {
    const { epoch, ordinal } = this.#bookOf(symbol).next;
    return { epoch, ordinal };
  }

  async arming<Value>(_symbol: string, arm: () => Promise<Value>): Promise<Value> {
    return arm();
  }

  /** Resolves when all that fired is committed or refused, and what those commits armed and these ticks reached. */
  async #execute(fired: readonly Fired[]): Promise<void> {
    if (fired.length > 0) this.#underWay.push(this.#exits.execute(fired, this.#origin));
    while (this.#underWay.length > 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#fail = reject;
      void Promise.all(this.#underWay.splice(0)).then(() => resolve(), reject);
      await promise;
    }
  }

  #onCommitted({ commit }: StoredCommit, changed: readonly ArmedSubject[], { trading }: Account): void {
    for (const subject of changed) {
      const late = this.#bookOf(subject.symbol).note(subject);
      if (late.length > 0) this.#underWay.push(this.#exits.execute(late, this.#origin));
    }
    const { accountId, events } = commit;
    const again = [
      ...this.#exits.takeReopened(accountId, events),
      ...this.#exits.takeHeld(accountId, trading),
    ];
    for (const fired of again) this.#bookOf(fired.subject.symbol).rearm(fired);
  }

  /** The lanes try again without end what the store cannot do; here that would be for ever. */
  async #failingOnce<Refusal>(committing: Promise<CommitOutcome<Refusal>>): Promise<CommitOutcome<Refusal>> {
    try {
      return await committing;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #bookOf(symbol: string): ShardBook {
    const book = this.#books[shardOf(symbol, this.#books.length)];
    if (book === undefined) throw new Error('a backtest has at least one shard');
    return book;
  }
}
