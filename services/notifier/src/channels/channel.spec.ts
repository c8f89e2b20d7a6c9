import type { ChannelDocument, ChannelSettings } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { settingsOf, storedChannel } from './channel.ts';

const whsec = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const mail = {
  kind: 'email',
  host: 'smtp.example.com',
  port: 587,
  security: 'startTls',
  username: 'alerts',
  password: 'hunter2',
  from: 'alerts@example.com',
  to: ['ann@example.com'],
} as const satisfies ChannelSettings;
const valid: readonly ChannelSettings[] = [
  { kind: 'discordWebhook', webhookId: '1234', webhookToken: 't-0_k' },
  { kind: 'discordBot', channelId: '1234', botToken: 'MTIz.abc.d-e_f' },
  { kind: 'webhook', url: 'https://example.com/alerts', secrets: [whsec] },
  { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' },
  { kind: 'telegram', botToken: `123456:${'A'.repeat(35)}`, chatId: '-1001234' },
  { kind: 'telegram', botToken: `123456:${'A'.repeat(35)}`, chatId: '@alerts_of_acme' },
  mail,
];
const stored = storedChannel('none');
const reasonOf = (document: object) => {
  const { error } = stored.safeParse(document);
  return error === undefined ? undefined : z.prettifyError(error);
};

describe('the document of a channel', () => {
  it.each(valid)('may be %j', (settings) => {
    const document: ChannelDocument = { ...settings, status: 'disabled', disabledReason: '404' };
    expect(settingsOf(stored.parse(document))).toEqual(settings);
  });

  it.each<[string, object, string]>([
    ['no kind', { status: 'active' }, 'kind'],
    ['another kind', { kind: 'pager', status: 'active' }, 'kind'],
    ['no status', valid[0] ?? {}, 'status'],
    ['a field of another kind', { ...valid[0], status: 'active', url: 'https://a.example' }, 'url'],
    ['a path for an id', { ...valid[0], status: 'active', webhookId: '1/../2' }, 'webhookId'],
    ['a header in a token', { ...valid[1], status: 'active', botToken: 'a\r\nb' }, 'botToken'],
    ['a private URL', { ...valid[2], status: 'active', url: 'https://10.0.0.1/' }, 'url'],
    ['http', { ...valid[3], status: 'active', url: 'http://hooks.slack.com/' }, 'url'],
    ['no secret', { ...valid[2], status: 'active', secrets: [] }, 'secrets'],
    ['too many secrets', { ...valid[2], status: 'active', secrets: Array(4).fill(whsec) }, 'secrets'],
    ['a short secret', { ...valid[2], status: 'active', secrets: ['whsec_aa=='] }, 'secrets[0]'],
    ['a chat of no form', { ...valid[4], status: 'active', chatId: 'a b' }, 'chatId'],
    ['a private mail server', { ...mail, status: 'active', host: '127.0.0.1' }, 'host'],
    ['mail without TLS', { ...mail, status: 'active', security: 'none' }, 'security'],
    ['no address', { ...mail, status: 'active', to: ['ann\r\nBcc: eve@example.com'] }, 'to[0]'],
  ])('is none with %s, and its reason names the field', (_, document, field) => {
    expect(reasonOf(document)).toContain(field);
  });

  it('says nothing of its values when it is none', () => {
    const broken = { ...mail, status: 'active', port: 'hunter2', from: 'hunter2', security: 'hunter2' };
    expect(reasonOf(broken)).not.toContain('hunter2');
  });
});
