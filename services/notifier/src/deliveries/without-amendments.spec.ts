import { describe, expect, it } from '@jest/globals';
import { closed, noticeOf } from '../notices/notice.builder.ts';
import type { Delivery } from './delivery.ts';
import { WithoutAmendments } from './without-amendments.ts';

const alert: Delivery = { channelId: 'c', notice: noticeOf(closed()), attempts: 0, possibleRepeat: false };
const amendment: Delivery = { ...alert, replaces: '7', isAmendment: true };

describe('what becomes of an amendment', () => {
  it('is recorded nowhere, whatever it is; what becomes of an alert is', async () => {
    const recorded: string[] = [];
    const note = (state: string) => async (deliveries: readonly Delivery[]) => {
      recorded.push(`${state} ${deliveries.length}`);
      return Promise.resolve();
    };
    const record = new WithoutAmendments({
      sent: note('sent'),
      retrying: note('retrying'),
      dead: note('dead'),
      parked: note('parked'),
      release: note('release'),
    });
    const receipt = { messageId: '1', sentAt: 1 };
    for (const deliveries of [[amendment], [alert, amendment]]) {
      await record.sent(deliveries, receipt);
      await record.retrying(deliveries, 'r');
      await record.dead(deliveries, 'r');
      await record.parked(deliveries, 1);
      await record.release(deliveries);
    }
    expect(recorded).toEqual(['sent 1', 'retrying 1', 'dead 1', 'parked 1', 'release 1']);
  });
});
