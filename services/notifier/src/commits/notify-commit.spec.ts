import { PoisonError } from '@bellwether/bus';
import type { Commit } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { Timestamp } from '@google-cloud/firestore';
import { describe, expect, it, jest } from '@jest/globals';
import type { Channel } from '../channels/channel.ts';
import { channelOf } from '../channels/channel.builder.ts';
import { closed, commitOf, committedAt, fired, stopTriggered } from '../notices/notice.builder.ts';
import { NotifyCommit } from './notify-commit.ts';

function given(stored: Commit | undefined, channels: readonly Channel[]) {
  const logger = createLogger({ service: 'notifier', level: 'silent' });
  const warn = jest.spyOn(logger, 'warn');
  const told: string[] = [];
  const sends: { key: string; end: () => void }[] = [];
  const notify = new NotifyCommit({
    readCommit: async () =>
      Promise.resolve(stored && { commit: stored, committedAt, commitTime: Timestamp.fromMillis(1) }),
    channelsOf: async () => Promise.resolve(channels),
    deliver: async (notice, { id }) => {
      const key = `${notice.eventId}_${id}`;
      told.push(key);
      return new Promise<void>((end) => sends.push({ key, end }));
    },
    logger,
  });
  return { notify, told, sends, warn };
}

const commit = commitOf([stopTriggered(), closed(), fired()]);

describe('telling of a commit', () => {
  it('delivers every notice on every channel, and ends with the last', async () => {
    const { notify, told, sends } = given(commit, [channelOf('a'), channelOf('b')]);
    let isOver = false;
    const handling = notify.handle(commit, 1).then(() => (isOver = true));
    await new Promise(setImmediate);
    expect(told).toEqual(sends.map(({ key }) => key));
    expect(told).toEqual([
      'u1.main:0000000012:1_a',
      'u1.main:0000000012:1_b',
      'u1.main:0000000012:2_a',
      'u1.main:0000000012:2_b',
    ]);
    for (const { end } of sends.slice(1)) end();
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    sends[0]?.end();
    await handling;
  });

  it('says nothing of a commit that cannot be read back', async () => {
    const { notify, told } = given(undefined, [channelOf('a')]);
    await expect(notify.handle(commit, 1)).rejects.toThrow('cannot be read back');
    expect(told).toEqual([]);
  });

  it('takes a message that the journal contradicts for poison', async () => {
    const { notify, told } = given(commitOf([closed({ realizedPnl: '1000' })]), [channelOf('a')]);
    await expect(notify.handle(commit, 1)).rejects.toBeInstanceOf(PoisonError);
    await expect(given({ ...commit, tenant: 'other' }, []).notify.handle(commit, 1)).rejects.toBeInstanceOf(
      PoisonError,
    );
    expect(told).toEqual([]);
  });

  it('warns once of a tenant without a channel', async () => {
    const { notify, warn } = given(commit, []);
    await notify.handle(commit, 1);
    await notify.handle(commit, 1);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
