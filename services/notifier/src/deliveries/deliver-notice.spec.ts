import { describe, expect, it } from '@jest/globals';
import { channelOf } from '../channels/channel.builder.ts';
import { closed, noticeOf } from '../notices/notice.builder.ts';
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
