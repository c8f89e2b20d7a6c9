import { provisionTopology } from '@bellwether/bus';
import { type DeliveryDocument, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startNotifier } from '../src/index.ts';
import { closed, opened } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';
import { ScriptedDiscord } from './scripted-discord.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(40_000);
const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const closing = '[SHADOW] BTC-USDT long closed by stop -42.1 USDT';
let cloud: TestCloud;
let discord: ScriptedDiscord;
let notifier: RunningService;

beforeAll(async () => {
  [cloud, discord] = await Promise.all([startTestCloud({ indexesFile }), ScriptedDiscord.start()]);
  await provisionTopology(cloud.pubsub, topologyOf(1));
  notifier = await start();
});
afterAll(async () => {
  await notifier.close();
  await discord.close();
  await cloud.close();
});

async function start(): Promise<RunningService> {
  const environment = { ...cloud.environment, DISCORD_API_BASE: discord.apiBase, DISCORD_RETRY_MS: '5' };
  return startNotifier(environment, createLogger({ service: 'notifier', level: 'silent' }));
}

/** The tenant has been told that its position is open. */
async function told(name: string): Promise<Journal> {
  const journal = new Journal(cloud, name);
  await journal.openChannel();
  await journal.commit(opened());
  await eventually(async () => (await deliveriesOf(cloud, journal))[0]?.status === 'sent');
  return journal;
}

async function edited(journal: Journal, status: DeliveryDocument['status']): Promise<DeliveryDocument> {
  return eventually(async () => {
    const found = (await deliveriesOf(cloud, journal)).find(({ isAmendment }) => isAmendment === true);
    return found?.status === status && found;
  });
}

describe('the edit beside the alert of a position that closes', () => {
  it('is made by the next life where one ended between alert and edit', async () => {
    const journal = await told('cut-off');
    discord.scriptEdits(journal, {});
    await journal.commit(closed());
    await eventually(() => discord.edits(journal).length === 1);
    await eventually(
      async () => (await deliveriesOf(cloud, journal)).filter(({ status }) => status === 'sent').length === 2,
    );
    await notifier.close();
    expect(await edited(journal, 'pending')).toMatchObject({ isParked: true, eventType: 'PositionClosed' });
    notifier = await start();
    expect(await edited(journal, 'sent')).toMatchObject({ possibleRepeat: false, messageId: '42' });
    expect(discord.edits(journal)).toEqual([closing, closing]);
    expect(discord.requests(journal)).toHaveLength(2);
  });

  it('is tried again as an alert is', async () => {
    const journal = await told('again');
    discord.scriptEdits(journal, { status: 502 }, { status: 429, body: { retry_after: 0.05 } });
    await journal.commit(closed());
    expect(await edited(journal, 'sent')).toMatchObject({ attempts: 3, possibleRepeat: false });
    expect(discord.edits(journal)).toEqual([closing, closing, closing]);
    expect(discord.requests(journal)).toHaveLength(2);
  });

  it('is dead with its reason where Discord refuses it, and the alert is not', async () => {
    const journal = await told('refused');
    const body = { message: 'Unknown Message', code: 10_008 };
    discord.scriptEdits(journal, { status: 404, body });
    await journal.commit(closed());
    expect(await edited(journal, 'dead')).toMatchObject({
      reason: '404 Unknown Message (10008)',
      diedAt: expect.any(Number),
    });
    const others = (await deliveriesOf(cloud, journal)).filter(({ isAmendment }) => isAmendment !== true);
    expect(others.map(({ status }) => status)).toEqual(['sent', 'sent']);
  });
});
