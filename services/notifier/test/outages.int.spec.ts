import { provisionTopology } from '@bellwether/bus';
import { type DeliveryDocument, paths, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { startNotifier } from '../src/index.ts';
import { closed, opened } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(40_000);
const logger = createLogger({ service: 'notifier', level: 'silent' });
let cloud: TestCloud;
let notifier: RunningService;
let tests = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  await provisionTopology(cloud.pubsub, topologyOf(1));
  notifier = await start();
});
afterEach(async () => {
  await faults('DELETE');
});
afterAll(async () => {
  await notifier.close();
  await cloud.close();
});

async function start(): Promise<RunningService> {
  const environment = {
    ...cloud.environment,
    DISCORD_TIMEOUT_MS: '2000',
    DISCORD_RETRY_MS: '20',
    ALERT_GROUP_MS: '0',
  };
  return startNotifier(environment, logger);
}

async function faults(method: 'POST' | 'DELETE', body?: object): Promise<void> {
  const answer = await fetch(`http://${cloud.hosts.ops}/faults`, {
    method,
    headers: { authorization: `Bearer ${cloud.faultToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.ok).toBe(true);
}

interface Place {
  readonly side: 'before' | 'after';
  readonly times?: number;
}

type Mode = 'webhook' | 'bot';

/** A tenant whose channel has an outage: a webhook's, or a bot's. */
class Tenant {
  readonly journal: Journal;
  /** Of the webhook, or of the bot's channel. */
  readonly id: string;
  readonly #mode: Mode;

  constructor(mode: Mode) {
    tests += 1;
    this.journal = new Journal(cloud, `outage-${tests}`);
    this.id = String(200_000 + tests);
    this.#mode = mode;
  }

  async openChannel(): Promise<void> {
    if (this.#mode === 'webhook') return this.journal.openChannel('discord', this.id);
    const botToken = `bot-of-${this.journal.tenant}`;
    return this.journal.open('discord', { kind: 'discordBot', channelId: this.id, botToken });
  }

  async outage(place: Place, what: object): Promise<void> {
    const route =
      this.#mode === 'webhook'
        ? { method: 'ExecuteWebhook', resource: `webhooks/${this.id}` }
        : { method: 'CreateMessage', resource: `channels/${this.id}` };
    const at = { service: 'discord', ...route, ...place };
    await faults('POST', { faults: [{ at, do: what }] });
  }

  async deliveries(): Promise<DeliveryDocument[]> {
    return deliveriesOf(cloud, this.journal);
  }

  /** Of its deliveries, when all are over. */
  async settled(count: number): Promise<DeliveryDocument[]> {
    return eventually(
      async () => {
        const deliveries = await this.deliveries();
        const over = deliveries.filter(({ status }) => status === 'sent' || status === 'dead');
        return over.length === count && deliveries;
      },
      { timeoutMs: 20_000 },
    );
  }

  /** What stands in Discord, oldest first. */
  async messages(id = this.id): Promise<string[]> {
    const answer = await fetch(`http://${cloud.hosts.discord}/log?channel_id=${id}`);
    const { messages } = (await answer.json()) as { messages: { content: string }[] }; // oxlint-disable-line typescript/no-unsafe-type-assertion
    return messages.map(({ content }) => content);
  }
}

async function newTenant(mode: Mode = 'webhook'): Promise<Tenant> {
  const tenant = new Tenant(mode);
  await tenant.openChannel();
  return tenant;
}

const limited = (scope: string) => ({ kind: 'rateLimit', scope, retryAfterMs: 120 });
const failing = (code: string) => ({ kind: 'error', code });
const said = '[SHADOW] BTC-USDT long closed by stop -42.1 USDT';
const saidAgain = '[SHADOW] BTC-USDT long closed by stop -42.1 USDT (possible repeat)';

const short: readonly [string, Place, object, { attempts: number; stands: string[] }][] = [
  ['429 of the channel', { side: 'before', times: 3 }, limited('user'), { attempts: 4, stands: [said] }],
  ['429 of everything', { side: 'before', times: 2 }, limited('global'), { attempts: 3, stands: [said] }],
  ['429 of who shares it', { side: 'before', times: 2 }, limited('shared'), { attempts: 3, stands: [said] }],
  [
    'a skewed clock',
    { side: 'after', times: 1 },
    { kind: 'skew', ms: 3_600_000 },
    { attempts: 1, stands: [said] },
  ],
  [
    '503 before landing',
    { side: 'before', times: 2 },
    failing('UNAVAILABLE'),
    { attempts: 3, stands: [saidAgain] },
  ],
  [
    '500 after landing',
    { side: 'after', times: 1 },
    failing('INTERNAL'),
    { attempts: 2, stands: [said, saidAgain] },
  ],
  [
    'a cut connection before landing',
    { side: 'before', times: 1 },
    { kind: 'drop' },
    { attempts: 2, stands: [saidAgain] },
  ],
  [
    'a cut connection after landing',
    { side: 'after', times: 1 },
    { kind: 'drop' },
    { attempts: 2, stands: [said, saidAgain] },
  ],
];

describe('an outage of Discord', () => {
  it.each(short)(
    '%s loses nothing and repeats nothing unmarked',
    async (_, place, what, { attempts, stands }) => {
      const tenant = await newTenant();
      await tenant.outage(place, what);
      await tenant.journal.commit(closed());
      const possibleRepeat = stands.includes(saidAgain);
      expect(await tenant.settled(1)).toMatchObject([{ status: 'sent', attempts, possibleRepeat }]);
      expect(await tenant.messages()).toEqual(stands);
    },
  );

  it.each(short)('%s loses nothing and doubles nothing of a bot', async (_, place, what, { attempts }) => {
    const tenant = await newTenant('bot');
    await tenant.outage(place, what);
    await tenant.journal.commit(closed());
    expect(await tenant.settled(1)).toMatchObject([{ status: 'sent', attempts, possibleRepeat: false }]);
    expect(await tenant.messages()).toEqual([said]);
  });

  it('that leaves it open whether an alert has landed that only informs puts it into a digest', async () => {
    const tenant = await newTenant();
    await tenant.outage({ side: 'after', times: 1 }, failing('INTERNAL'));
    await tenant.journal.commit(opened());
    const deliveries = await eventually(
      async () => {
        const found = await tenant.deliveries();
        return found.filter(({ status }) => status === 'sent').length === 1 && found;
      },
      { timeoutMs: 60_000 },
    );
    const opening = deliveries.find(({ eventType }) => eventType === 'PositionOpened');
    expect(opening).toMatchObject({ status: 'grouped', possibleRepeat: true, attempts: 1 });
    expect(deliveries.find(({ status }) => status === 'sent')?.eventId).toBe(opening?.digestId);
    const [said1, said2, ...others] = await tenant.messages();
    expect([said1, others]).toEqual([expect.stringContaining('BTC-USDT long opened'), []]);
    expect(said2).toBe('[SHADOW] 1 alert that may have been told before: opened 1');
  }, 90_000);

  it.each<[Mode, boolean, string[]]>([
    ['webhook', true, [saidAgain, said]],
    ['bot', false, [said]],
  ])('that lets a message land when its sender has given up: %s', async (mode, possibleRepeat, stands) => {
    const tenant = await newTenant(mode);
    await tenant.outage({ side: 'before', times: 1 }, { kind: 'delay', ms: 3_500 });
    await tenant.journal.commit(closed());
    expect(await tenant.settled(1)).toMatchObject([{ status: 'sent', attempts: 2, possibleRepeat }]);
    await delay(2_500); // by when it has landed
    expect(await tenant.messages()).toEqual(stands);
  });

  it.each<[Mode, string[]]>([
    ['webhook', [said, saidAgain]],
    ['bot', [said]],
  ])('that a notifier does not survive: %s', async (mode, stands) => {
    const tenant = await newTenant(mode);
    await tenant.outage({ side: 'after', times: 1 }, { kind: 'delay', ms: 600_000 });
    await tenant.journal.commit(closed());
    await eventually(async () => expect(await tenant.messages()).toEqual([said]));
    await notifier.close();
    notifier = await start();
    expect(await tenant.settled(1)).toMatchObject([
      { status: 'sent', possibleRepeat: stands.includes(saidAgain) },
    ]);
    expect(await tenant.messages()).toEqual(stands);
  });

  it.each<[string, string, Mode]>(
    (['webhook', 'bot'] as const).flatMap((mode): [string, string, Mode][] => [
      ['UNAUTHENTICATED', '401 Invalid Webhook Token (50027)', mode],
      ['PERMISSION_DENIED', '403 Missing Permissions (50013)', mode],
      ['NOT_FOUND', '404 Unknown Webhook (10015)', mode],
    ]),
  )('that answers %s (%s) ends a %s, and its tenant learns of it elsewhere', async (code, reason, mode) => {
    const tenant = await newTenant(mode);
    const other = String(Number(tenant.id) + 500_000);
    await tenant.journal.openChannel('ops', other);
    await tenant.outage({ side: 'before' }, failing(code));
    await tenant.journal.commit(closed());
    const deliveries = await tenant.settled(3);
    expect(
      deliveries.map(({ channelId, eventType, status, attempts }) => [
        channelId,
        eventType,
        status,
        attempts,
      ]),
    ).toEqual([
      ['ops', 'ChannelDisabled', 'sent', 1],
      ['discord', 'PositionClosed', 'dead', 1],
      ['ops', 'PositionClosed', 'sent', 1],
    ]);
    const channel = await cloud.firestore.doc(paths.channel(tenant.journal.tenant, 'discord')).get();
    expect(channel.data()).toMatchObject({ status: 'disabled', disabledReason: reason });
    expect((await tenant.messages(other)).length).toBeGreaterThan(0);
    expect(await tenant.messages()).toEqual([]);
  });
});

describe('the outage of one tenant', () => {
  const forLong = { kind: 'rateLimit', scope: 'shared', retryAfterMs: 1_300_000 };
  it.each<[string, Mode, object]>([
    ['throttled for long', 'webhook', forLong],
    ['throttled for long', 'bot', forLong],
    ['without an answer', 'webhook', { kind: 'delay', ms: 600_000 }],
    ['without an answer', 'bot', { kind: 'delay', ms: 600_000 }],
  ])('that is %s (%s) delays nobody else', async (_, mode, what) => {
    const [ill, well] = [await newTenant(mode), await newTenant()];
    await ill.outage({ side: 'before' }, what);
    for (let commits = 0; commits < 20; commits += 1)
      await ill.journal.commit(closed({ positionId: `i${commits}` }));
    await Promise.all(
      Array.from({ length: 20 }, async (__, index) =>
        well.journal.commit(closed({ positionId: `p${index}` })),
      ),
    );
    const deliveries = await well.settled(20);
    expect(new Set(deliveries.map(({ status }) => status))).toEqual(new Set(['sent']));
    expect(await ill.messages()).toEqual([]);
    expect((await ill.deliveries()).filter(({ status }) => status === 'sent')).toEqual([]);
  });

  it('leaves its alerts to their documents, however many there are', async () => {
    const [ill, well] = [await newTenant(), await newTenant()];
    await ill.outage({ side: 'before' }, { kind: 'rateLimit', scope: 'shared', retryAfterMs: 1_300_000 });
    await ill.journal.commit(
      ...Array.from({ length: 300 }, (_, index) => closed({ positionId: `i${index}` })),
    );
    await eventually(
      async () => (await ill.deliveries()).filter(({ status }) => status === 'pending').length === 300,
      { timeoutMs: 20_000 },
    );
    await well.journal.commit(closed());
    expect(await well.settled(1)).toMatchObject([{ status: 'sent', attempts: 1 }]);
  });

  it.each<Mode>(['webhook', 'bot'])(
    'is over for each of its alerts, once, also in another life (%s)',
    async (mode) => {
      const tenant = await newTenant(mode);
      const long = { kind: 'rateLimit', scope: 'user', retryAfterMs: 6_000 };
      await tenant.outage({ side: 'before', times: 1 }, long);
      await tenant.journal.commit(
        ...Array.from({ length: 25 }, (_, index) => closed({ positionId: `p${index}` })),
      );
      await eventually(
        async () => (await tenant.deliveries()).filter(({ status }) => status === 'pending').length === 25,
        { timeoutMs: 20_000 },
      );
      await notifier.close();
      expect(await tenant.messages()).toEqual([]);
      notifier = await start();
      const deliveries = await tenant.settled(25);
      expect(deliveries.every(({ status, possibleRepeat }) => status === 'sent' && !possibleRepeat)).toBe(
        true,
      );
      const messages = new Set(deliveries.map(({ messageId }) => messageId));
      expect(await tenant.messages()).toHaveLength(messages.size);
    },
  );
});
