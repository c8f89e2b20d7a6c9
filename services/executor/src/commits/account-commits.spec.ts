import { type Cause, outboxShards, paths, shardOf } from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { type CommitPace, WritesShedError } from '@bellwether/store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ann, positionTerms } from '../ticks/armed.builder.ts';
import { AccountCommits, type Settle } from './account-commits.ts';
import { FakeCommits } from './commits.fake.ts';

const frame: Cause = { kind: 'frame', shard: 0, epoch: 'e', number: 1 };
const command = (name: string): Cause => ({ kind: 'command', name, key: 'k1' });
const adopted: AccountEvent = { type: 'PositionAdopted', position: positionTerms({ id: 'p1' }) };

/** Tells what asked for a turn and what was only counted; sheds what asks when it is overloaded. */
class FakePace implements CommitPace {
  readonly admitted: (readonly string[])[] = [];
  readonly counted: (readonly string[])[] = [];
  isOverloaded = false;

  async admit(_origin: object, documents: readonly string[]): Promise<void> {
    if (this.isOverloaded) throw new WritesShedError('overloaded');
    this.admitted.push(documents);
    return Promise.resolve();
  }

  count(_origin: object, documents: readonly string[]): void {
    this.counted.push(documents);
  }
}

describe('committing to accounts', () => {
  let store: FakeCommits;
  let pace: FakePace;
  let heard: number[];
  let commits: AccountCommits;
  let settle: Settle;

  beforeEach(() => {
    store = new FakeCommits();
    pace = new FakePace();
    heard = [];
    settle = () => [];
    commits = new AccountCommits({
      store,
      pace,
      onCommitted: ({ commit }) => heard.push(commit.seq),
      settle: (account) => settle(account),
    });
    store.given(ann, { type: 'AccountOpened', ...ann });
  });

  const deciding = async (decide: (trading: string) => readonly AccountEvent[] | undefined) =>
    commits.commit<string>(ann, {
      cause: frame,
      traceparent: '',
      decide: ({ trading }) => {
        const events = decide(trading);
        return events === undefined ? { refusal: trading } : { events };
      },
    });
  const commit = async (cause: Cause) =>
    commits.commit(ann, {
      cause,
      traceparent: '',
      positionIds: ['p1'],
      decide: () => ({ events: [adopted] }),
    });

  it('takes a turn for a command before it is decided', async () => {
    await commit(command('AdoptPosition'));
    const pending = paths.outboxPending(shardOf(ann.accountId, outboxShards));
    expect(pace.admitted).toEqual([
      [
        paths.account(ann),
        paths.command(ann, 'k1'),
        `${paths.journal(ann)}/k1`,
        `${pending}/k1`,
        paths.openPosition(ann.uid, 'p1'),
      ],
    ]);
    expect([pace.counted, heard]).toEqual([[], [2]]);
  });

  it('commits no command that is shed', async () => {
    pace.isOverloaded = true;
    await expect(commit(command('AdoptPosition'))).rejects.toThrow(WritesShedError);
    expect([store.requests, heard]).toEqual([[], []]);
  });

  it.each<[string, Cause]>([
    ['executions', frame],
    ['halts', command('HaltTrading')],
  ])('never holds up %s, and counts what they wrote', async (_what, cause) => {
    pace.isOverloaded = true;
    await commit(cause);
    expect(pace.counted).toEqual([
      [
        paths.account(ann),
        paths.journalEntry(ann, 2),
        paths.outboxPointer(ann.accountId, 2),
        paths.openPosition(ann.uid, 'p1'),
      ],
    ]);
    expect(heard).toEqual([2]);
  });

  it('counts nothing where nothing is committed', async () => {
    await commits.commit(ann, { cause: frame, traceparent: '', decide: () => ({ events: [] }) });
    expect([pace.counted, heard]).toEqual([[], []]);
  });

  describe('of a scope that is halted', () => {
    const halted: AccountEvent = {
      type: 'TradingHalted',
      actor: 'ops',
      reason: '',
      scope: 'tenant',
      scopeSeq: 1,
    };
    beforeEach(() => {
      settle = ({ scopeSeqs }) => (scopeSeqs.tenant === undefined ? [halted] : []);
    });

    it('decides on the account as halted, before that has reached its journal', async () => {
      expect(await deciding(() => undefined)).toEqual({ status: 'refused', refusal: 'halted' });
      expect(await deciding(() => [])).toMatchObject({ status: 'unchanged' });
      expect(store.commits).toEqual([]);
    });

    it('halts it in the same commit as what is decided, once', async () => {
      await deciding(() => [adopted]);
      await deciding(() => [adopted]);
      expect(store.commits.map(({ events }) => events)).toEqual([[halted, adopted], [adopted]]);
    });

    it('halts a new account by its first commit', async () => {
      const { tenant, uid } = ann;
      const other = { tenant, uid, accountId: `${uid}.other` };
      const opening: AccountEvent = { type: 'AccountOpened', ...other };
      await commits.commit(other, { cause: frame, traceparent: '', decide: () => ({ events: [opening] }) });
      expect(store.commits.map(({ events }) => events)).toEqual([[opening, halted]]);
    });

    it('settles an account without deciding anything, and no account that is not there', async () => {
      await commits.settle(ann, { cause: frame, traceparent: '' });
      await commits.settle({ ...ann, accountId: 'ann.none' }, { cause: frame, traceparent: '' });
      expect(store.commits.map(({ events }) => events)).toEqual([[halted]]);
    });
  });
});
