import { type AccountRef, type Frame, type ShardCheckpoint } from '@bellwether/contracts';
import { plainInstrument, unknownMarket } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { MemoryAccounts } from '../backtest/memory-accounts.ts';
import { AccountCommits } from '../commits/account-commits.ts';
import { ExitLanes } from '../commits/exit-lanes.ts';
import { subjectOfOrder, subjectOfPosition, subjectOfTrigger } from '../ticks/fired.ts';
import { ShardRunner } from './shard-runner.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const clock = { now: () => 0 };

/** Where a process dies: before or after its effects are counted over all its lives. */
export type KillPoint = `${'before' | 'after'} ${number}`;

/** What outlives a process: accounts with their journals, the checkpoint, and which frames are acknowledged. */
export class Durable {
  readonly accounts = new MemoryAccounts();
  checkpoint: ShardCheckpoint | undefined;
  readonly acknowledged = new Set<number>();
  /** Commits, checkpoints and acknowledgements so far. */
  effects = 0;
}

/** One life of an executor's shard: the real runner, book and lanes over what is durable. */
class Life {
  isDead = false;
  readonly #durable: Durable;
  readonly #kills: ReadonlySet<KillPoint>;
  readonly #runner: ShardRunner;
  readonly #pauses = new Set<() => void>();

  constructor(durable: Durable, kills: ReadonlySet<KillPoint>) {
    this.#durable = durable;
    this.#kills = kills;
    const { accounts, checkpoint } = durable;
    const commits = new AccountCommits({
      store: { commit: async (ref, request) => this.#effect(async () => accounts.commit(ref, request)) },
      pace: { admit: async () => Promise.resolve(), count: () => undefined },
      onCommitted: (_stored, changed) => {
        for (const subject of changed) this.#runner.note(subject);
      },
      settle: () => [],
    });
    const lanes = new ExitLanes({
      commits,
      surroundings: { market: unknownMarket, instrumentOf: plainInstrument, brokers: new Set() },
      clock,
      logger,
      rearm: (fired) => this.#runner.rearm(fired),
    });
    this.#runner = new ShardRunner({
      shard: 0,
      lease: {
        checkpoint,
        isHeld: true,
        isDue: false,
        write: async (next) =>
          this.#effect(async () => {
            durable.checkpoint = next ?? durable.checkpoint;
            return Promise.resolve();
          }),
        release: async () => Promise.resolve(),
      },
      clock,
      logger,
      execute: async (fired, origin) => lanes.execute(fired, origin),
      recordPauses: async () => Promise.resolve(),
      onLost: (error) => {
        throw error;
      },
      isAbandoned: async () => Promise.resolve(false),
      pause: async () => new Promise<void>((resolve) => this.#pauses.add(resolve)),
    });
    this.#load();
  }

  deliver(frame: Frame): void {
    void this.#runner
      .handle(frame, '')
      .then(async () =>
        this.#effect(async () => Promise.resolve(this.#durable.acknowledged.add(frame.number))),
      );
  }

  /** The pauses end: it is time for the next checkpoint. */
  passSecond(): void {
    const pauses = [...this.#pauses];
    this.#pauses.clear();
    for (const end of pauses) end();
  }

  /** As the listener loads what is stored. */
  #load(): void {
    for (const { tenant, uid, accountId, positions, triggers, orders } of this.#durable.accounts.accounts()) {
      const ref: AccountRef = { tenant, uid, accountId };
      const version =
        1 + this.#durable.accounts.commits.filter((commit) => commit.accountId === accountId).length;
      const subjects = [
        ...[...positions.values()].map((position) => subjectOfPosition(ref, position, version)),
        ...[...triggers.values()].map((trigger) => subjectOfTrigger(ref, trigger, version)),
        ...[...orders.values()].map((order) => subjectOfOrder(ref, order, version)),
      ];
      for (const subject of subjects) this.#runner.note(subject, { isLoading: true });
    }
  }

  /** The dead do nothing, and hear no answer. */
  async #effect<Value>(apply: () => Promise<Value>): Promise<Value> {
    if (this.isDead) return new Promise<never>(() => undefined);
    const number = (this.#durable.effects += 1);
    this.isDead = this.#kills.has(`before ${number}`);
    if (this.isDead) return new Promise<never>(() => undefined);
    const value = await apply();
    if (this.#kills.has(`after ${number}`)) this.isDead = true;
    return this.isDead ? new Promise<never>(() => undefined) : value;
  }
}

/**
 * Runs a market to its end: whenever the process dies, another goes on from what is durable, and the frames that are
 * not acknowledged come again. The answer is how many lives it took.
 */
export async function runToTheEnd(
  durable: Durable,
  market: readonly Frame[],
  kills: Iterable<KillPoint> = [],
): Promise<number> {
  const killed = new Set(kills);
  for (let lives = 1; lives <= killed.size + 1; lives += 1) {
    const life = new Life(durable, killed);
    const due = market.filter(({ number }) => !durable.acknowledged.has(number));
    for (const [i, frame] of due.entries()) {
      life.deliver(frame);
      await settle();
      if (i % 3 === 2) life.passSecond();
      await settle();
      if (life.isDead) break;
    }
    for (let seconds = 0; seconds < 10 && !life.isDead; seconds += 1) {
      life.passSecond();
      await settle();
    }
    if (durable.acknowledged.size === market.length) return lives;
  }
  throw new Error(`${market.length - durable.acknowledged.size} frames were never acknowledged`);
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 120; turns += 1) await Promise.resolve();
}
