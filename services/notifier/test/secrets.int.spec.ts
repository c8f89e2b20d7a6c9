import { provisionTopology } from '@bellwether/bus';
import { type ChannelSettings, paths, topologyOf } from '@bellwether/contracts';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNotifier } from '../src/index.ts';
import { closed } from '../src/notices/notice.builder.ts';
import { Journal } from './journal.ts';
import { ScriptedHttp } from './scripted-http.ts';
import { ScriptedSmtp } from './scripted-smtp.ts';
import { deliveriesOf } from './stored-deliveries.ts';

jest.setTimeout(40_000);
let cloud: TestCloud;
let notifier: RunningService;
let provider: ScriptedHttp;
let smtp: ScriptedSmtp;
let directory: string;

/** Each is a canary: wherever it is found, it has leaked. */
const canaries = {
  webhookToken: 'canary-webhook-token',
  discordBot: 'canary.discord.bot-token',
  whsec: `whsec_${Buffer.from('canary-signing-secret-24-bytes').toString('base64')}`,
  path: 'canary-path',
  telegram: '4711:canary_telegram_token_0123456789',
  password: 'canary-password',
};

beforeAll(async () => {
  cloud = await startTestCloud();
  await provisionTopology(cloud.pubsub, topologyOf(1));
  directory = await mkdtemp(join(tmpdir(), 'secrets-'));
  provider = await ScriptedHttp.start({ status: 404 });
  smtp = await ScriptedSmtp.start();
  const base = { ...cloud.environment, ALLOW_PRIVATE_CHANNELS: 'loopback' };
  const bases = { DISCORD_API_BASE: provider.base, TELEGRAM_API_BASE: provider.base };
  const logger = createLogger({ service: 'notifier', level: 'debug', file: join(directory, 'log') });
  notifier = await startNotifier(
    { ...base, ...bases, DISCORD_TIMEOUT_MS: '300', DISCORD_RETRY_MS: '5' },
    logger,
  );
});
afterAll(async () => {
  await Promise.all([provider, smtp].map(async (server) => server.close()));
  await cloud.close();
  await rm(directory, { recursive: true });
});

const kinds: readonly (readonly [string, () => ChannelSettings])[] = [
  ['discordWebhook', () => ({ kind: 'discordWebhook', webhookId: '1', webhookToken: canaries.webhookToken })],
  ['discordBot', () => ({ kind: 'discordBot', channelId: '1', botToken: canaries.discordBot })],
  [
    'webhook',
    () => ({ kind: 'webhook', url: `${provider.base}/${canaries.path}`, secrets: [canaries.whsec] }),
  ],
  ['slack', () => ({ kind: 'slack', url: `${provider.base}/${canaries.path}` })],
  ['telegram', () => ({ kind: 'telegram', botToken: canaries.telegram, chatId: '1' })],
  [
    'email',
    () => ({
      kind: 'email',
      host: '127.0.0.1',
      port: smtp.port,
      security: 'none',
      username: 'u',
      password: canaries.password,
      from: 'a@example.com',
      to: ['b@example.com'],
    }),
  ],
];

describe('the secrets of channels', () => {
  it('are in clear in no log, no delivery, no reason and no document, whatever a provider does', async () => {
    const encoded = Buffer.from(`\0u\0${canaries.password}`).toString('base64');
    const refusing = { AUTH: `535 ${canaries.password} ${encoded}` };
    smtp.script({ CONN: 'cut' }, { body: 'cut' }, refusing, refusing, refusing);
    const documents: unknown[] = [];
    for (const [kind, of] of kinds) {
      const own = JSON.stringify(of()); // says back whatever it is told with
      const echo = { status: 404, body: { message: own, description: own, code: 1 } };
      const outages = [['cut', 'nothing', echo], [{ ...echo, status: 500 }, echo], [echo]] as const;
      for (const [index, steps] of outages.entries()) {
        provider.script(...steps);
        const journal = new Journal(cloud, `secrets-${kind}-${index}`);
        await journal.open('told', of());
        await journal.commit(closed());
        documents.push(
          ...(await eventually(
            async () => {
              const found = await deliveriesOf(cloud, journal);
              expect(found.map(({ status }) => status)).toEqual([expect.stringMatching(/^(dead|sent)$/)]);
              return found;
            },
            { timeoutMs: 20_000 },
          )),
        );
        const channel = await cloud.firestore.doc(paths.channel(journal.tenant, 'told')).get();
        documents.push(channel.data());
      }
    }
    await notifier.close();
    const log = await readFile(join(directory, 'log'), 'utf8');
    const all = `${log}\n${JSON.stringify(documents)}`;
    expect(log).toContain('the alert is dead');
    expect(log).toContain('a channel is disabled');
    const [, telegramKey] = canaries.telegram.split(':');
    for (const secret of [...Object.values(canaries), telegramKey ?? '', encoded])
      expect([secret, all.includes(secret)]).toEqual([secret, false]);
  });
});
