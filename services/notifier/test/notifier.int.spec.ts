import { provisionTopology } from '@bellwether/bus';
import { type DeliveryDocument, paths, subscriptions, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { closed, fired, halted, stopTriggered } from '../src/notices/notice.builder.ts';
import { startNotifier } from '../src/index.ts';
import { Journal } from './journal.ts';
import { ScriptedDiscord } from './scripted-discord.ts';
import { deliveriesOf } from './stored-deliveries.ts';

const logger = createLogger({ service: 'notifier', level: 'silent' });
jest.setTimeout(30_000);
let cloud: TestCloud;
let tests = 0;
const running: RunningService[] = [];

beforeAll(async () => {
  cloud = await startTestCloud({ discordRateLimits: true });
  await provisionTopology(cloud.pubsub, topologyOf(1));
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});
afterAll(async () => cloud.close());

async function start(environment: Record<string, string> = {}): Promise<RunningService> {
  const service = await startNotifier({ ...cloud.environment, ...environment }, logger);
  running.push(service);
  return service;
}

async function newJournal(): Promise<Journal> {
  tests += 1;
  const journal = new Journal(cloud, String(tests));
  await journal.openChannel();
  return journal;
}

async function settled(journal: Journal, count: number): Promise<DeliveryDocument[]> {
  return eventually(
    async () => {
      const deliveries = await deliveriesOf(cloud, journal);
      expect(deliveries.map(({ status }) => status)).toEqual(
        Array.from({ length: count }, () => expect.stringMatching(/^(sent|dead)$/)),
      );
      return deliveries;
    },
    { timeoutMs: 20_000 },
  );
}

interface Logged {
  readonly id: string;
  readonly content: string;
  readonly mention_everyone: boolean;
  readonly embeds: readonly { readonly footer: { readonly text: string } }[];
}

/** What the cloud's Discord sink shows of a tenant. */
async function messagesOf({ account }: Journal): Promise<Logged[]> {
  const answer = await fetch(`http://${cloud.hosts.discord}/log`);
  const { messages } = (await answer.json()) as { messages: Logged[] }; // oxlint-disable-line typescript/no-unsafe-type-assertion
  return messages.filter(({ embeds }) =>
    embeds.some(({ footer }) => footer.text.includes(account.accountId)),
  );
}

describe('the notifier', () => {
  it('tells of an execution once, after its commit', async () => {
    const journal = await newJournal();
    await start();
    const commit = await journal.commit(stopTriggered(), closed());
    const [delivery] = await settled(journal, 1);
    const [message, ...others] = await messagesOf(journal);
    expect(others).toEqual([]);
    expect(message?.content).toBe('[SHADOW] BTC-USDT long closed by stop -42.1 USDT');
    expect(delivery).toMatchObject({
      eventId: `${journal.account.accountId}:0000000001:1`,
      status: 'sent',
      attempts: 1,
      possibleRepeat: false,
      eventType: 'PositionClosed',
      subjectId: 'p1',
      traceId: 'a'.repeat(32),
      tickReceivedAt: 1_795_252_613_125,
      messageId: message?.id,
    });
    const { committedAt = 0, publishedAt = 0, sentAt = 0 } = delivery ?? {};
    expect(committedAt).toBeLessThanOrEqual(publishedAt);
    expect(publishedAt).toBeLessThanOrEqual(sentAt);

    await Promise.all([journal.publish(commit), journal.publish(commit)]);
    await journal.commit(fired());
    await settled(journal, 2);
    expect(await messagesOf(journal)).toHaveLength(2);
  });

  it('says nothing of what nobody needs to hear, and pings nobody', async () => {
    const journal = await newJournal();
    await start();
    await journal.commit({ type: 'TradingResumed', actor: 'cli', reason: '' });
    await journal.commit(halted({ actor: '@everyone', reason: '<@&1> **now**' }));
    await settled(journal, 1);
    const messages = await messagesOf(journal);
    expect(messages).toMatchObject([{ mention_everyone: false, mention_roles: [] }]);
  });

  it('says nothing of a commit until it can be read back', async () => {
    const journal = await newJournal();
    await start();
    const commit = journal.next(closed());
    await journal.publish(commit);
    await journal.commit(fired());
    await settled(journal, 1);
    expect(await messagesOf(journal)).toHaveLength(1);
    await journal.store(commit);
    await settled(journal, 2);
    expect(await messagesOf(journal)).toHaveLength(2);
  });

  it('sends some at the pace that Discord allows, ten in a message, each by itself where that is asked for', async () => {
    const journal = await newJournal();
    await start({ ALERT_GROUP_MS: '0' });
    const limited = cloud.meter.snapshot()['discord.rateLimited'];
    const events = Array.from({ length: 75 }, (_, index) => closed({ positionId: `p${index}` }));
    await journal.commit(...events);
    const deliveries = await settled(journal, 75);
    expect(new Set(deliveries.map(({ status }) => status))).toEqual(new Set(['sent']));
    const messages = await messagesOf(journal);
    expect(messages.length).toBeLessThanOrEqual(12);
    const told = messages.flatMap(({ embeds }) => embeds.map(({ footer }) => footer.text));
    expect(new Set(told).size).toBe(75);
    expect(told).toHaveLength(75);
    expect(cloud.meter.snapshot()['discord.rateLimited']).toBe(limited);
  });

  it('says that it may repeat what an earlier life has claimed', async () => {
    const journal = await newJournal();
    const commit = await journal.commit(closed());
    const event = `${journal.account.accountId}:0000000001:0`;
    const claim = { eventId: event, channelId: 'discord', status: 'claimed', attempts: 0, claimedAt: 1 };
    await cloud.firestore.doc(paths.delivery(journal.tenant, event, 'discord')).set(claim);
    await start();
    const [delivery] = await settled(journal, 1);
    expect(delivery).toMatchObject({ status: 'sent', possibleRepeat: true, attempts: 1 });
    const messages = await messagesOf(journal);
    expect(messages.map(({ content }) => content)).toEqual([expect.stringContaining('(possible repeat)')]);
    await journal.publish(commit);
    await journal.commit(fired());
    await settled(journal, 2);
    expect(await messagesOf(journal)).toHaveLength(2);
  });

  it('acknowledges what it cannot tell anybody', async () => {
    tests += 1;
    const journal = new Journal(cloud, String(tests));
    await start();
    const warn = jest.spyOn(logger, 'warn');
    await journal.commit(closed());
    await eventually(() =>
      expect(warn).toHaveBeenCalledWith(
        expect.objectContaining({ tenant: journal.tenant }),
        expect.anything(),
      ),
    );
    warn.mockRestore();
    await journal.openChannel();
    const told = await eventually(
      async () => {
        await journal.commit(fired());
        const deliveries = await deliveriesOf(cloud, journal);
        return deliveries.length > 0 && deliveries;
      },
      { timeoutMs: 20_000, intervalMs: 250 },
    );
    expect(told.map(({ eventType }) => eventType)).not.toContain('PositionClosed');
  });

  it('puts what is no commit into quarantine', async () => {
    await start();
    const messageId = await cloud.pubsub.topic('events').publishMessage({ data: Buffer.from('no') });
    await eventually(async () => {
      const kept = await cloud.firestore.doc(paths.quarantine(subscriptions.notifierEvents, messageId)).get();
      expect(kept.data()).toMatchObject({ reason: 'the commit is not JSON' });
    });
  });
});

describe('the notifier, when Discord does not take an alert', () => {
  let discord: ScriptedDiscord;
  beforeAll(async () => {
    discord = await ScriptedDiscord.start();
  });
  afterAll(async () => discord.close());

  async function startScripted(environment: Record<string, string> = {}): Promise<RunningService> {
    return start({
      ...environment,
      DISCORD_API_BASE: discord.apiBase,
      DISCORD_TIMEOUT_MS: '150',
      DISCORD_RETRY_MS: '5',
    });
  }

  it('waits for a rate limit, and repeats after an error or no answer', async () => {
    const journal = await newJournal();
    discord.script(
      journal,
      { status: 429, body: { retry_after: 0.06, global: false } },
      { status: 500 },
      {},
      { status: 200, body: { id: '7', timestamp: '2026-11-21T09:16:53.123456+00:00' } },
    );
    await startScripted();
    await journal.commit(closed());
    expect(await settled(journal, 1)).toMatchObject([
      { status: 'sent', attempts: 4, possibleRepeat: true, messageId: '7', sentAt: 1_795_252_613_123.456 },
    ]);
    expect(discord.requests(journal).map((content) => content.includes('possible repeat'))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('gives up after eight tries', async () => {
    const journal = await newJournal();
    discord.script(journal, ...Array.from({ length: 8 }, () => ({ status: 503 })));
    await startScripted();
    await journal.commit(closed());
    expect(await settled(journal, 1)).toMatchObject([{ status: 'dead', reason: '503, after 8 tries' }]);
    expect(discord.requests(journal)).toHaveLength(8);
  });

  it('disables the channel of a deleted webhook until somebody changes it, and tells operators', async () => {
    const [journal, operators] = [await newJournal(), await newJournal()];
    discord.script(journal, { status: 404, body: { message: 'Unknown Webhook', code: 10_015 } });
    await startScripted({ OPERATORS_TENANT: operators.tenant });
    await journal.commit(closed());
    expect(await settled(journal, 1)).toMatchObject([
      { status: 'dead', reason: 'the channel is disabled: 404 Unknown Webhook (10015)' },
    ]);
    const channel = await cloud.firestore.doc(paths.channel(journal.tenant, 'discord')).get();
    expect(channel.data()).toMatchObject({
      status: 'disabled',
      disabledReason: '404 Unknown Webhook (10015)',
    });
    await eventually(() =>
      expect(discord.requests(operators)).toContain(
        `Alerts of ${journal.tenant} no longer go to its channel discord: it is disabled`,
      ),
    );
    await journal.commit(fired());
    await journal.openChannel();
    await eventually(
      async () => {
        await journal.commit(fired());
        expect(discord.requests(journal).length).toBeGreaterThan(1);
      },
      { timeoutMs: 20_000, intervalMs: 250 },
    );
  });

  it('leaves to its next start what waits at its close, unmarked when no request carried it', async () => {
    const journal = await newJournal();
    discord.script(journal, {});
    const first = await start({ DISCORD_API_BASE: discord.apiBase, DISCORD_TIMEOUT_MS: '300' });
    await journal.commit(closed());
    await eventually(() => expect(discord.requests(journal)).toHaveLength(1));
    await journal.commit(fired());
    await eventually(async () => expect(await deliveriesOf(cloud, journal)).toHaveLength(2));
    await first.close();
    expect(await deliveriesOf(cloud, journal)).toMatchObject([
      { eventType: 'PositionClosed', possibleRepeat: true },
    ]);
    await startScripted();
    const deliveries = await settled(journal, 2);
    expect(deliveries.map(({ eventType, possibleRepeat }) => [eventType, possibleRepeat])).toEqual([
      ['PositionClosed', true],
      ['TriggerFired', false],
    ]);
  });
});
