import { describe, expect, it } from '@jest/globals';
import { channelInputOf } from './read-channel-file.ts';

const read = (fields: Readonly<Record<string, unknown>>) => channelInputOf(fields, 'channel.json');

describe('the file of a channel', () => {
  it('is taken as it is', () => {
    const slack = { kind: 'slack', url: 'https://hooks.slack.com/services/a' };
    expect(read(slack)).toEqual({ fields: slack });
  });

  it.each([
    'https://discord.com/api/webhooks/123/t-0_k',
    'https://canary.discord.com/api/v10/webhooks/123/t-0_k',
    'https://discordapp.com/api/webhooks/123/t-0_k',
  ])('may give a webhook of Discord by its URL, %s', (url) => {
    expect(read({ kind: 'discordWebhook', url })).toEqual({
      fields: { kind: 'discordWebhook', webhookId: '123', webhookToken: 't-0_k' },
    });
  });

  it.each([
    'http://discord.com/api/webhooks/123/t',
    'https://discord.com.evil.example/api/webhooks/123/t',
    'https://evil.example/https://discord.com/api/webhooks/123/t',
    'https://user@discord.com/api/webhooks/123/t',
    'https://discord.com:444/api/webhooks/123/t',
    'https://discord.com/api/webhooks/123/t/../../x',
    'https://discord.com/api/webhooks/123/t?x',
    'https://discord.com./api/webhooks/123/t',
  ])('may not give another for one, %s', (url) => {
    expect(() => read({ kind: 'discordWebhook', url })).toThrow('channel.json: url: must be like');
  });

  it('gets a secret for a webhook that has none', () => {
    const webhook = { kind: 'webhook', url: 'https://example.com' };
    const { fields, newSecret } = read(webhook);
    expect(newSecret).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(fields).toEqual({ ...webhook, secrets: [newSecret] });
    expect(read(webhook).newSecret).not.toBe(newSecret);
    expect(read({ ...webhook, secrets: [] })).toEqual({ fields: { ...webhook, secrets: [] } });
  });
});
