import { provisionTopology } from '@bellwether/bus';
import { type DeliveryDocument, paths, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startNotifier } from '../src/index.ts';
import { actionRefused, closed } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(60_000);
const logger = createLogger({ service: 'notifier', level: 'silent' });
let cloud: TestCloud;
const running: RunningService[] = [];

beforeAll(async () => {
  cloud = await startTestCloud({ discordRateLimits: true });
  await provisionTopology(cloud.pubsub, topologyOf(1));
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});
afterAll(async () => cloud.close());

async function start(environment: Record<string, string> = {}): Promise<void> {
  running.push(await startNotifier({ ...cloud.environment, ALERT_GROUP_MS: '700', ...environment }, logger));
}

/** Of its deliveries, when each is over, or told by a digest that is. */
async function over(journal: Journal, events: number): Promise<DeliveryDocument[]> {
  return eventually(
    async () => {
      const all = await deliveriesOf(cloud, journal);
      const sent = new Set(all.flatMap(({ status, eventId }) => (status === 'sent' ? [eventId] : [])));
      const told = all.filter(
        ({ eventId, digestId, eventType }) =>
          eventType !== 'AlertsGrouped' && (sent.has(eventId) || sent.has(digestId ?? '')),
      );
      return told.length === events && all;
    },
    { timeoutMs: 30_000 },
  );
}

async function messagesOf(webhookId: string): Promise<{ content: string; footers: string[] }[]> {
  const answer = await fetch(`http://${cloud.hosts.discord}/log?webhook_id=${webhookId}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the sink says
  const { messages } = (await answer.json()) as {
    messages: { content: string; embeds: { footer: { text: string } }[] }[];
  };
  return messages.map(({ content, embeds }) => ({
    content,
    footers: embeds.map(({ footer }) => footer.text),
  }));
}

describe('a flash crash', () => {
  it('is one readable digest after the first alerts, within what Discord allows, and failures stand out', async () => {
    const journal = new Journal(cloud, 'crash');
    await journal.openChannel('discord', '300001');
    await start();
    const limited = cloud.meter.snapshot()['discord.rateLimited'];
    for (let first = 0; first < 600; first += 100)
      await journal.commit(
        ...Array.from({ length: 100 }, (_, i) => closed({ positionId: `p${first + i}`, strategy: 'dip' })),
      );
    await journal.commit(actionRefused());
    const all = await over(journal, 601);
    const digests = all.filter(({ eventType }) => eventType === 'AlertsGrouped');
    const members = all.filter(({ status }) => status === 'grouped');
    expect(digests.reduce((sum, { grouped = 0 }) => sum + grouped, 0)).toBe(members.length);
    // Before each digest ten are sent by themselves; of the critical as many.
    expect(601 - members.length).toBeLessThanOrEqual(10 * (digests.length + 1) + 1);
    expect(digests.length).toBeGreaterThan(0);
    expect(members.every(({ attempts, messageId }) => attempts === 0 && messageId === undefined)).toBe(true);
    const messages = await messagesOf('300001');
    const told = messages.flatMap(({ footers }) => footers);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(601 - members.length + digests.length);
    expect(cloud.meter.snapshot()['discord.rateLimited']).toBe(limited);
    expect(all.find(({ eventType }) => eventType === 'TriggerActionRefused')?.status).toBe('sent');
  });

  it('is told once, however often its messages come, and although Firestore loses answers', async () => {
    const journal = new Journal(cloud, 'flaky');
    await journal.openChannel('discord', '300002');
    await start();
    const at = {
      service: 'firestore',
      method: 'Commit',
      resource: `tenants/${journal.tenant}/deliveries`,
      side: 'after',
      times: 20,
    };
    const answer = await fetch(`http://${cloud.hosts.ops}/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${cloud.faultToken}` },
      body: JSON.stringify({ faults: [{ at, do: { kind: 'error', code: 'UNAVAILABLE' } }] }),
    });
    expect(answer.ok).toBe(true);
    const commit = await journal.commit(
      ...Array.from({ length: 300 }, (_, i) => closed({ positionId: `p${i}` })),
    );
    await journal.publish(commit);
    const all = await over(journal, 300);
    await journal.publish(commit);
    await journal.commit(closed({ positionId: 'last' }));
    await over(journal, 301);
    const told = (await messagesOf('300002')).flatMap(({ footers }) => footers);
    expect(new Set(told).size).toBe(told.length);
    expect(all.every(({ status }) => status === 'sent' || status === 'grouped')).toBe(true);
  });

  it('is taken up from its digest when the notifier that made it is gone', async () => {
    const journal = new Journal(cloud, 'gone');
    await journal.openChannel('discord', '300003');
    const digest: Partial<DeliveryDocument> = {
      eventId: 'digest:u.main:0000000001:0',
      shard: 1,
      channelId: 'discord',
      accountId: '',
      uid: '',
      seq: 0,
      eventType: 'AlertsGrouped',
      subjectId: 'SPY',
      status: 'claimed',
      grouped: 12,
      told: {
        severity: 'warning',
        headline: '12 alerts: closed 12, -3 USD',
        details: [],
        lines: ['one', 'two'],
      },
      attempts: 0,
      possibleRepeat: false,
      traceId: '',
      committedAt: 1,
      publishedAt: 1,
      claimedAt: 1,
      isParked: true,
      isHeld: true,
      dueAt: 1,
    };
    await cloud.firestore.doc(paths.delivery(journal.tenant, digest.eventId ?? '', 'discord')).set(digest);
    await start();
    const [message] = await eventually(async () => {
      const found = await messagesOf('300003');
      return found.length > 0 && found;
    });
    expect(message).toEqual({
      content: '12 alerts: closed 12, -3 USD (possible repeat)',
      footers: ['event digest:u.main:0000000001:0'],
    });
  });
});
