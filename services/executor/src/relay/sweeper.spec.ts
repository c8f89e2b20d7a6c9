import { type AccountRef, type ScopeCommit, sourceOf, systemScope } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import type { PendingPublish } from '@bellwether/store';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ann, bob } from '../ticks/armed.builder.ts';
import { storedCommit } from './commit.builder.ts';
import { Sweeper } from './sweeper.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

const pointer = (
  seq: number,
  committedAt = 0,
  { tenant, uid, accountId }: AccountRef = ann,
): PendingPublish => ({
  tenantId: tenant,
  uid,
  accountId,
  seq,
  committedAt,
});

function scopeCommit(seq: number): ScopeCommit {
  const place = { shard: 0, epoch: 'e', frame: 1, index: 0, ordinal: 0 };
  return {
    schema: 1,
    scope: systemScope,
    seq,
    commitId: `s${seq}`,
    cause: { kind: 'frame', shard: 0, epoch: 'e', number: 1 },
    events: [{ type: 'SymbolResumed', symbol: 'SPY', reason: '', since: 1, place }],
    traceparent: '',
    previousHash: '',
    hash: '',
  };
}

describe('the sweeper', () => {
  let pending: () => readonly PendingPublish[];
  let missing: number[];
  let underWay: number[];
  let published: string[];
  let now: number;
  let sweeper: Sweeper;
  /** Milliseconds from the start to each of its looks. */
  let looks: number[];

  beforeEach(() => {
    pending = () => [];
    missing = [];
    underWay = [];
    published = [];
    now = 100_000;
    looks = [];
    jest.useFakeTimers({ now: 0 });
    sweeper = new Sweeper({
      outbox: {
        pending: async () => {
          looks.push(Date.now());
          return Promise.resolve().then(() => pending());
        },
      },
      relay: {
        isUnderWay: (_accountId, seq) => underWay.includes(seq),
        publish: async ({ commit }) => {
          published.push(`${sourceOf(commit)}:${commit.seq}`);
          return Promise.resolve();
        },
      },
      readCommit: async (account, seq) =>
        Promise.resolve(missing.includes(seq) ? undefined : storedCommit(seq, account)),
      readScopeCommit: async (_scope, seq) =>
        Promise.resolve(missing.includes(seq) ? undefined : { commit: scopeCommit(seq), committedAt: seq }),
      clock: { now: () => now },
      logger,
    });
  });
  afterEach(async () => {
    await sweeper.close();
    jest.useRealTimers();
  });

  /** Looks `times` times more. */
  async function look(times = 1): Promise<void> {
    sweeper.start();
    for (let i = 0; i < times; i += 1) await jest.advanceTimersToNextTimerAsync();
  }

  it('publishes what the journals of scopes left as well', async () => {
    pending = () => [
      { scope: systemScope, seq: 2, committedAt: 0 },
      pointer(3),
      { scope: systemScope, seq: 1, committedAt: 0 },
    ];
    await look();
    expect(published).toEqual(['system:1', 'system:2', 'ann.main:3']);
  });

  it('publishes at the start all that an earlier run left, however young, in the order of each journal', async () => {
    pending = () => [pointer(3, now), pointer(1, now, bob), pointer(2)];
    await look();
    expect(published).toEqual(['bob.main:1', 'ann.main:2', 'ann.main:3']);
  });

  it('leaves alone what this process is publishing', async () => {
    pending = () => [pointer(1), pointer(2)];
    underWay = [2];
    await look();
    expect(published).toEqual(['ann.main:1']);
  });

  it('later publishes only what is older than publishing takes', async () => {
    await look();
    pending = () => [pointer(1, now - 5_000), pointer(2, now - 4_999)];
    await look();
    expect(published).toEqual(['ann.main:1']);
  });

  it('looks every ten seconds while it finds something, and less and less often, to once a minute, else', async () => {
    pending = () => [pointer(1)];
    await look(2);
    pending = () => [];
    await look(4);
    pending = () => [pointer(2)];
    await look(2);
    expect(looks).toEqual([0, 10_000, 20_000, 40_000, 80_000, 140_000, 200_000, 210_000]);
  });

  it('looks again soon after a failure, still for everything that an earlier run left', async () => {
    pending = () => {
      throw new Error('unreachable');
    };
    await look();
    pending = () => [pointer(1, now)];
    await look();
    expect(published).toEqual(['ann.main:1']);
    expect(looks).toEqual([0, 10_000]);
  });

  it('passes over a pointer whose commit is not there', async () => {
    pending = () => [pointer(1), pointer(2), pointer(3)];
    missing = [2];
    await look();
    expect(published).toEqual(['ann.main:1', 'ann.main:3']);
  });

  it('stops at once, also while it pauses', async () => {
    await look();
    await sweeper.close();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(looks).toEqual([0]);
  });
});
