import { type ChannelSettings, paths } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChannelTested, testChannel } from '../src/index.ts';
import { ScriptedHttp, type ScriptedStep } from './scripted-http.ts';
import { ScriptedSmtp } from './scripted-smtp.ts';

const logger = createLogger({ service: 'notifier', level: 'silent' });
const actor = 'cli:ann';
let cloud: TestCloud;
let provider: ScriptedHttp;
let smtp: ScriptedSmtp;

beforeAll(async () => {
  cloud = await startTestCloud();
  provider = await ScriptedHttp.start({ status: 200, body: { ok: true, result: { message_id: 9 } } });
  smtp = await ScriptedSmtp.start();
});
afterAll(async () => {
  await Promise.all([provider, smtp].map(async (server) => server.close()));
  await cloud.close();
});

async function testOf(channelId: string, settings?: ChannelSettings, status = 'active') {
  if (settings !== undefined)
    await cloud.firestore.doc(paths.channel('acme', channelId)).set({ ...settings, status });
  const local = { ALLOW_PRIVATE_CHANNELS: 'loopback', TELEGRAM_API_BASE: provider.base };
  const environment = { ...cloud.environment, ...local, DISCORD_RETRY_MS: '5', DISCORD_TIMEOUT_MS: '300' };
  return testChannel(cloud.firestore, environment, logger, { tenant: 'acme', channelId, actor });
}

const secrets = [`whsec_${Buffer.alloc(24, 1).toString('base64')}`];
const kinds: readonly (readonly [string, () => ChannelSettings])[] = [
  ['discordWebhook', () => ({ kind: 'discordWebhook', webhookId: '1', webhookToken: 't' })],
  ['discordBot', () => ({ kind: 'discordBot', channelId: '2', botToken: 't' })],
  ['webhook', () => ({ kind: 'webhook', url: provider.base, secrets })],
  ['slack', () => ({ kind: 'slack', url: `${provider.base}/services/x` })],
  ['telegram', () => ({ kind: 'telegram', botToken: `123456:${'A'.repeat(35)}`, chatId: '1' })],
  [
    'email',
    () => ({
      kind: 'email',
      host: '127.0.0.1',
      port: smtp.port,
      security: 'none',
      from: 'a@example.com',
      to: ['b@example.com'],
    }),
  ],
];

describe('the test of a channel', () => {
  it.each(kinds)('of the kind %s sends one marked message', async (kind, of) => {
    provider.script();
    smtp.script();
    const tested = await testOf(kind, of());
    const arrived: Partial<ChannelTested> = { outcome: 'sent', kind, attempts: 1, possibleRepeat: false };
    expect(tested).toMatchObject(arrived);
    expect(tested.messageId).not.toBe('');
    const log = await (await fetch(`http://${cloud.hosts.discord}/log`)).text();
    const said = JSON.stringify([provider.requests, smtp.mails, kind.startsWith('discord') ? log : '']);
    expect(said).toMatch(/TEST\\*\] Alerts of acme arrive here/);
    expect(said).toContain('cli:ann');
  });

  it.each<[string, ScriptedStep[], Partial<ChannelTested>]>([
    ['refuses it', [{ status: 413 }], { outcome: 'dead', reason: '413', attempts: 1 }],
    ['is gone', [{ status: 410 }], { outcome: 'dead', reason: 'the channel is disabled: 410' }],
    ['fails once', [{ status: 500 }], { outcome: 'sent', attempts: 2, possibleRepeat: true }],
    ['is limited for long', [{ status: 429, headers: { 'retry-after': '60' } }], { outcome: 'limited' }],
  ])('tells that it %s', async (_, steps, tested) => {
    provider.script(...steps);
    expect(await testOf('told', { kind: 'webhook', url: provider.base, secrets })).toMatchObject(tested);
  });

  it('stores nothing: no delivery, and no channel is disabled', async () => {
    provider.script({ status: 410 });
    await testOf('told', { kind: 'webhook', url: provider.base, secrets });
    expect((await cloud.firestore.doc(paths.channel('acme', 'told')).get()).data()).toMatchObject({
      status: 'active',
    });
    expect((await cloud.firestore.collection(paths.deliveries('acme')).get()).size).toBe(0);
  });

  it('asks a disabled channel, too', async () => {
    provider.script();
    expect(await testOf('told', { kind: 'webhook', url: provider.base, secrets }, 'disabled')).toMatchObject({
      outcome: 'sent',
    });
  });

  it('names what is wrong with a channel that is none, and asks nobody', async () => {
    provider.script();
    expect(await testOf('nothing')).toMatchObject({
      outcome: 'invalid',
      reason: 'acme has no channel nothing',
    });
    expect(await testOf('bad', { kind: 'webhook', url: 'https://10.0.0.1/', secrets })).toMatchObject({
      outcome: 'invalid',
      reason: expect.stringContaining('must be an address of the public internet'),
    });
    expect(provider.requests).toEqual([]);
  });
});
