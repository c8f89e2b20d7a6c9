import { eventId } from '@bellwether/contracts';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { previewAlert, readNotice } from '../src/index.ts';
import { closed, stopTriggered } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(async () => cloud.close());

describe('an alert that is looked at before', () => {
  it('is that of an event which is committed, by a template or as usual', async () => {
    const journal = new Journal(cloud, 'preview');
    const { accountId } = journal.account;
    await journal.store(journal.next(stopTriggered(), closed()));
    const id = eventId(accountId, 1, 1);
    const notice = await readNotice(cloud.firestore, journal.tenant, id);
    expect(notice).toMatchObject({ eventId: id, tenant: journal.tenant, exit: { type: 'StopTriggered' } });
    if (notice === undefined) return;
    expect(previewAlert(notice, '{symbol}: {pnl}').content).toBe('[SHADOW] BTC-USDT: -42.1');
    expect(previewAlert(notice)).toMatchObject({
      content: expect.stringContaining('closed by stop'),
      allowed_mentions: { parse: [] },
    });
  });

  it.each([
    ['nobody is told of', 'user-none.main:0000000001:0'],
    ['is in no journal', 'user-none.main:0000000009:1'],
    ['is none', '../x'],
  ])('is none where the event %s', async (_, id) => {
    const journal = new Journal(cloud, 'none');
    if (id.includes(':0000000001:')) await journal.store(journal.next(stopTriggered(), closed()));
    expect(await readNotice(cloud.firestore, journal.tenant, id)).toBeUndefined();
  });
});
