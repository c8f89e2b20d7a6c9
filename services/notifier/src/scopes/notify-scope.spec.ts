import { PoisonError } from '@bellwether/bus';
import { type ScopeCommit, systemScope } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import { differed, paused, scopeCommitOf } from './scope.builder.ts';
import { NotifyScope } from './notify-scope.ts';

function given(stored: ScopeCommit | undefined) {
  const told: string[] = [];
  const notify = new NotifyScope({
    readCommit: async () => Promise.resolve(stored && { commit: stored, committedAt: 5 }),
    audienceOf: async function* ({ kind }) {
      await Promise.resolve();
      yield* kind === 'operators' ? ['operators'] : ['t1', 't2'];
    },
    channelsOf: async (tenant) => Promise.resolve(['a', 'b'].map((id) => channelOf(id, { tenant }))),
    deliver: async (notice, { id, tenant }) => {
      expect(notice.tenant).toBe(tenant);
      told.push(`${notice.eventId} to ${tenant}/${id}`);
      return tenant === 't2' && id === 'b' ? Promise.reject(new Error('closing')) : Promise.resolve();
    },
  });
  return { notify, told };
}

describe('telling of a commit of a scope', () => {
  it('tells each tenant of its audience on each channel, and fails where one of them does', async () => {
    const commit = scopeCommitOf(systemScope, [paused('SPY')]);
    const { notify, told } = given(commit);
    await expect(notify.handle(commit, 1)).rejects.toThrow('closing');
    const event = 'system:0000000001:0';
    expect(told).toEqual([`${event} to t1/a`, `${event} to t1/b`, `${event} to t2/a`, `${event} to t2/b`]);
  });

  it('tells operators of all that differs, and its tenant of an account', async () => {
    const commit = scopeCommitOf(systemScope, [differed('u1.main')]);
    const { notify, told } = given(commit);
    await expect(notify.handle(commit, 1)).rejects.toThrow('closing');
    expect(told.slice(0, 3)).toEqual([
      'system:0000000001:0 to operators/a',
      'system:0000000001:0 to operators/b',
      'system:0000000001:0:u1.main to t1/a',
    ]);
  });

  it('tells nothing that cannot be read back, or is otherwise in the journal', async () => {
    const commit = scopeCommitOf(systemScope, [paused('SPY')]);
    await expect(given(undefined).notify.handle(commit, 1)).rejects.toThrow('cannot be read back');
    const other = given(scopeCommitOf(systemScope, [paused('QQQ')]));
    await expect(other.notify.handle(commit, 1)).rejects.toBeInstanceOf(PoisonError);
    expect(other.told).toEqual([]);
  });
});
