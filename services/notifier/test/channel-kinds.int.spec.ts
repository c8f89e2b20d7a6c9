import { provisionTopology } from '@bellwether/bus';
import { type ChannelSettings, type DeliveryDocument, paths, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { startNotifier } from '../src/index.ts';
import { closed, halted } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';
import { ScriptedHttp, type ScriptedStep } from './scripted-http.ts';
import { ScriptedSmtp, type SmtpScript } from './scripted-smtp.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(40_000);
const logger = createLogger({ service: 'notifier', level: 'silent' });
let cloud: TestCloud;
let notifier: RunningService;
let receiver: ScriptedHttp;
let slack: ScriptedHttp;
let telegram: ScriptedHttp;
let smtp: ScriptedSmtp;
let tests = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  await provisionTopology(cloud.pubsub, topologyOf(1));
  receiver = await ScriptedHttp.start({ status: 204 });
  slack = await ScriptedHttp.start({ status: 200, body: 'ok' });
  telegram = await ScriptedHttp.start({
    status: 200,
    body: { ok: true, result: { message_id: 77, date: 1 } },
  });
  smtp = await ScriptedSmtp.start();
  notifier = await startNotifier(
    {
      ...cloud.environment,
      ALLOW_PRIVATE_CHANNELS: 'loopback',
      TELEGRAM_API_BASE: telegram.base,
      DISCORD_TIMEOUT_MS: '400',
      DISCORD_RETRY_MS: '5',
    },
    logger,
  );
});
afterAll(async () => {
  await notifier.close();
  await Promise.all([receiver, slack, telegram, smtp].map(async (server) => server.close()));
  await cloud.close();
});

const keys = [Buffer.alloc(24, 1), Buffer.alloc(32, 2)];
const secrets = keys.map((key) => `whsec_${key.toString('base64')}`);
const botToken = `123456:${'A'.repeat(35)}`;
const settings = {
  webhook: (): ChannelSettings => ({ kind: 'webhook', url: `${receiver.base}/alerts`, secrets }),
  slack: (): ChannelSettings => ({ kind: 'slack', url: `${slack.base}/services/T0/B0/secret` }),
  telegram: (): ChannelSettings => ({ kind: 'telegram', botToken, chatId: '-100200' }),
  email: (host = '127.0.0.1'): ChannelSettings => ({
    kind: 'email',
    host,
    port: smtp.port,
    security: 'none',
    username: 'alerts',
    password: 'hunter2secret',
    from: 'alerts@example.com',
    to: ['ann@example.com', 'bob@example.com'],
  }),
} as const;

async function newJournal(of: ChannelSettings): Promise<Journal> {
  tests += 1;
  const journal = new Journal(cloud, `kind-${tests}`);
  await journal.open('told', of);
  return journal;
}

/** What comes of one closed position. */
async function told(journal: Journal): Promise<DeliveryDocument | undefined> {
  await journal.commit(closed());
  return eventually(
    async () => {
      const [delivery] = await deliveriesOf(cloud, journal);
      expect(delivery?.status).toMatch(/^(sent|dead)$/);
      return delivery;
    },
    { timeoutMs: 20_000 },
  );
}

async function channelOf({ tenant }: Journal) {
  return (await cloud.firestore.doc(paths.channel(tenant, 'told')).get()).data();
}

const headline = '[SHADOW] BTC-USDT long closed by stop -42.1 USDT';
interface Came {
  readonly status: 'sent' | 'dead';
  readonly attempts: number;
  readonly possibleRepeat: boolean;
  readonly reason?: string;
}
const sent: Came = { status: 'sent', attempts: 1, possibleRepeat: false };
const again: Came = { status: 'sent', attempts: 2, possibleRepeat: false };
const repeated: Came = { status: 'sent', attempts: 2, possibleRepeat: true };
const disabled = (reason: string, attempts = 1): Came => ({
  status: 'dead',
  attempts,
  possibleRepeat: false,
  reason: `the channel is disabled: ${reason}`,
});

describe('a signed webhook', () => {
  it('gets each alert with the event as its id, signed with every secret', async () => {
    receiver.script();
    const journal = await newJournal(settings.webhook());
    const eventId = `${journal.account.accountId}:0000000001:0`;
    expect(await told(journal)).toMatchObject({ ...sent, messageId: eventId });
    const [request] = receiver.requests;
    const {
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': signature,
    } = request?.headers ?? {};
    expect([request?.path, id]).toEqual(['/alerts', eventId]);
    expect(Math.abs(Date.now() / 1_000 - Number(at))).toBeLessThan(60);
    const content = `${eventId}.${String(at)}.${request?.body}`;
    const expected = keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`);
    expect(signature).toBe(expected.join(' '));
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      type: 'bellwether.alert.v1',
      data: { eventId, tenant: journal.tenant, eventType: 'PositionClosed', headline, isShadow: true },
    });
  });

  it.each<[string, ScriptedStep[], Came]>([
    ['429', [{ status: 429, headers: { 'retry-after': '0' } }], again],
    ['500', [{ status: 500 }], repeated],
    ['no answer', ['nothing'], repeated],
    ['a cut connection', ['cut'], repeated],
    [
      '302',
      [{ status: 302, headers: { location: '/elsewhere' } }],
      { ...sent, status: 'dead', reason: '302' },
    ],
    ['413', [{ status: 413 }], { ...sent, status: 'dead', reason: '413' }],
    ['401', [{ status: 401 }], disabled('401')],
    ['410', [{ status: 410 }], disabled('410')],
  ])('that answers %s', async (_, steps, came) => {
    receiver.script(...steps);
    const journal = await newJournal(settings.webhook());
    expect(await told(journal)).toMatchObject(came);
    const isDisabled = came.reason?.includes('disabled') ?? false;
    expect(await channelOf(journal)).toMatchObject({ status: isDisabled ? 'disabled' : 'active' });
    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(receiver.requests.map(({ path }) => path)).not.toContain('/elsewhere');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the notifier says
    const marks = receiver.requests.map(({ body }) => (JSON.parse(body) as { data: object }).data);
    expect(marks.at(-1)).toMatchObject({ possibleRepeat: came.possibleRepeat });
  });
});

describe('a channel of Slack', () => {
  it('gets alerts in blocks', async () => {
    slack.script();
    const journal = await newJournal(settings.slack());
    expect(await told(journal)).toMatchObject(sent);
    expect(slack.requests[0]?.path).toBe('/services/T0/B0/secret');
    expect(JSON.parse(slack.requests[0]?.body ?? '')).toMatchObject({
      text: headline,
      blocks: [{ type: 'header' }, { type: 'section' }, { type: 'context' }],
    });
  });

  it.each<[string, ScriptedStep[], Came]>([
    ['429', [{ status: 429, headers: { 'retry-after': '0' } }], again],
    ['500', [{ status: 500, body: 'rollup_error' }], repeated],
    ['no answer', ['nothing'], repeated],
    ['400 to blocks', [{ status: 400, body: 'invalid_blocks' }], again],
    [
      '400 to text',
      [
        { status: 400, body: 'invalid_blocks' },
        { status: 400, body: 'invalid_payload' },
      ],
      { ...again, status: 'dead', reason: '400 invalid_payload' },
    ],
    ['404', [{ status: 404, body: 'no_service' }], disabled('404 no_service')],
  ])('that answers %s', async (_, steps, came) => {
    slack.script(...steps);
    const journal = await newJournal(settings.slack());
    expect(await told(journal)).toMatchObject(came);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the notifier says
    const { text } = JSON.parse(slack.requests.at(-1)?.body ?? '') as { text: string };
    expect(text.includes('(possible repeat)')).toBe(came.possibleRepeat);
  });
});

const telling = (status: number, description: string, parameters?: object): ScriptedStep => ({
  status,
  body: { ok: false, error_code: status, description, ...(parameters && { parameters }) },
});

describe('a chat of Telegram', () => {
  it('gets alerts as HTML', async () => {
    telegram.script();
    const journal = await newJournal(settings.telegram());
    await journal.commit(halted({ reason: '<b>now</b> & here' }));
    await eventually(() => expect(telegram.requests).toHaveLength(1));
    const [request] = telegram.requests;
    expect(request?.path).toBe(`/bot${botToken}/sendMessage`);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      chat_id: '-100200',
      parse_mode: 'HTML',
      text: expect.stringContaining('Reason: &lt;b&gt;now&lt;/b&gt; &amp; here'),
    });
  });

  it.each<[string, ScriptedStep[], Came & { messageId?: string }]>([
    ['200', [], { ...sent, messageId: '77' }],
    ['429', [telling(429, 'Too Many Requests: retry after 0', { retry_after: 0 })], again],
    ['502', [{ status: 502, body: '<html>' }], repeated],
    ['no answer', ['nothing'], repeated],
    ['400 to markup', [telling(400, "Bad Request: can't parse entities")], again],
    [
      '400 of the chat',
      [telling(400, 'Bad Request: chat not found')],
      disabled('400 Bad Request: chat not found'),
    ],
    ['401', [telling(401, 'Unauthorized')], disabled('401 Unauthorized')],
    [
      '403',
      [telling(403, 'Forbidden: bot was kicked from the group chat')],
      disabled('403 Forbidden: bot was kicked from the group chat'),
    ],
  ])('that answers %s', async (_, steps, came) => {
    telegram.script(...steps);
    const journal = await newJournal(settings.telegram());
    expect(await told(journal)).toMatchObject(came);
  });
});

describe('mailboxes', () => {
  it('get a mail whose id is made from the event', async () => {
    smtp.script();
    const journal = await newJournal(settings.email());
    const delivery = await told(journal);
    expect(delivery).toMatchObject(sent);
    const [mail] = smtp.mails;
    expect([mail?.from, mail?.to]).toEqual(['alerts@example.com', ['ann@example.com', 'bob@example.com']]);
    expect(mail?.data).toContain(`Message-ID: ${delivery?.messageId}`);
    expect(mail?.data).toContain(`Subject: ${headline}`);
    expect(mail?.data).toContain('Auto-Submitted: auto-generated');
  });

  it.each<[string, SmtpScript[], Came, number]>([
    ['421 at first', [{ CONN: 'cut' }], again, 1],
    ['cut before the mail', [{ EHLO: 'cut', HELO: 'cut' }], again, 1],
    ['cut after the mail', [{ body: 'cut' }], repeated, 2],
    ['554 to the mail', [{ body: '554 spam' }], { ...sent, status: 'dead', reason: '554 to DATA' }, 0],
    ['550 of a mailbox', [{ RCPT: '550 unknown' }], disabled('550 to RCPT TO'), 0],
    ['535 to the login', [{ AUTH: '535 no' }], disabled('535 to AUTH PLAIN'), 0],
  ])('whose server answers %s', async (_, scripts, came, mails) => {
    smtp.script(...scripts);
    const journal = await newJournal(settings.email());
    expect(await told(journal)).toMatchObject(came);
    expect(smtp.mails).toHaveLength(mails);
    const ids = smtp.mails.map(({ data }) => /^Message-ID: (.*)$/m.exec(data)?.[1]);
    expect(new Set(ids).size).toBe(Math.min(1, mails));
  });

  it('are left alone for a minute when their server asks for it', async () => {
    smtp.script({ RCPT: '450 later' });
    const journal = await newJournal(settings.email());
    await journal.commit(closed());
    const [delivery] = await eventually(async () => {
      const found = await deliveriesOf(cloud, journal);
      expect(found).toMatchObject([{ status: 'pending', attempts: 1, possibleRepeat: false }]);
      return found;
    });
    expect(delivery?.dueAt).toBeGreaterThan(Date.now() + 30_000);
  });
});

describe('a channel whose address is not public', () => {
  it.each<[string, () => ChannelSettings]>([
    ['a private address', () => ({ kind: 'webhook', url: 'https://10.0.0.1/', secrets })],
    ['the metadata of a cloud', () => ({ kind: 'slack', url: 'http://169.254.169.254/latest' })],
    ['a mail server within', () => settings.email('192.168.1.1')],
    ['a name within', () => ({ kind: 'webhook', url: 'https://metadata.google.internal/', secrets })],
  ])('%s is passed over, with the reason and without its secrets', async (_, of) => {
    const warn = jest.spyOn(logger, 'warn');
    const journal = await newJournal(of());
    await journal.commit(closed());
    await eventually(() =>
      expect(warn).toHaveBeenCalledWith(
        expect.objectContaining({
          tenant: journal.tenant,
          channel: 'told',
          reason: expect.stringMatching(
            /must (be an address|name a host) of the public internet|must begin with https/,
          ),
        }),
        'not a channel; it is passed over',
      ),
    );
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/whsec_|hunter2/);
    warn.mockRestore();
    expect(await deliveriesOf(cloud, journal)).toEqual([]);
  });
});
