import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import { closed, commitOf, committedAt, noticeOf, opened } from '../notices/notice.builder.ts';
import { noticesOf } from '../notices/notice.ts';
import type { Verdict } from '../rules/judge-alert.ts';
import { DeliverNotice } from './deliver-notice.ts';

const notice = noticeOf(closed());
const channel = channelOf();

function given(verdict: Verdict) {
  const claimed: Verdict[] = [];
  const sends: (() => void)[] = [];
  const delivering = new DeliverNotice({
    judge: async () => Promise.resolve(verdict),
    claim: async (_, channelId, __, judged) => {
      claimed.push(judged);
      const delivery = { channelId, notice, attempts: 0, possibleRepeat: false };
      return Promise.resolve(judged.kind === 'send' ? delivery : undefined);
    },
    send: async () => new Promise<void>((end) => sends.push(end)),
  });
  return { delivering, claimed, sends };
}

describe('telling a notice on a channel', () => {
  it('claims it as its rule says, and sends it', async () => {
    const { delivering, claimed, sends } = given({ kind: 'send', isSilent: true });
    const handling = delivering.handle(notice, channel, 1);
    await new Promise(setImmediate);
    expect(claimed).toEqual([{ kind: 'send', isSilent: true }]);
    expect(sends).toHaveLength(1);
    sends[0]?.();
    await handling;
  });

  it('sends nothing that a rule suppresses', async () => {
    const { delivering, claimed, sends } = given({ kind: 'suppress', rule: 'r' });
    await delivering.handle(notice, channel, 1);
    expect([claimed.length, sends.length]).toEqual([1, 0]);
  });

  it('hands over what its account did in the order of its journal, however long each claim takes', async () => {
    const notices = noticesOf(commitOf([opened(), closed(), closed({ positionId: 'p2' })]), committedAt);
    const other = { ...notice, accountId: 'u2.main', eventId: 'u2.main:0000000001:0' };
    const claims = new Map<string, () => void>();
    const sent: string[] = [];
    const delivering = new DeliverNotice({
      judge: async () => Promise.resolve({ kind: 'send', isSilent: false }),
      claim: async (each, channelId) => {
        await new Promise<void>((end) => claims.set(each.eventId, end));
        if (each === notices[1]) throw new Error('the store is away');
        return { channelId, notice: each, attempts: 0, possibleRepeat: false };
      },
      send: async (_, { notice: { eventId } }) => {
        sent.push(eventId);
        return Promise.resolve();
      },
    });
    const all = [...notices, other].map(async (each) => delivering.handle(each, channel, 1));
    const outcomes = Promise.allSettled(all);
    await new Promise(setImmediate);
    const [first, second, third] = notices.map(({ eventId }) => eventId);
    for (const id of [other.eventId, third, second]) claims.get(id ?? '')?.();
    await new Promise(setImmediate);
    expect(sent).toEqual([other.eventId]);
    claims.get(first ?? '')?.();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(sent).toEqual([other.eventId, first, third]);
  });

  it('joins a delivery that is under way, and begins anew after it', async () => {
    const { delivering, claimed, sends } = given({ kind: 'send', isSilent: false });
    const both = Promise.all([delivering.handle(notice, channel, 1), delivering.handle(notice, channel, 2)]);
    await new Promise(setImmediate);
    expect(claimed).toHaveLength(1);
    sends[0]?.();
    await both;
    const again = delivering.handle(notice, channel, 3);
    await new Promise(setImmediate);
    expect(claimed).toHaveLength(2);
    sends[1]?.();
    await again;
  });
});
