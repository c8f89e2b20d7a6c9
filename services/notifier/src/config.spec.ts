import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toEqual({
      discordApiBase: 'https://discord.com/api/v10',
      telegramApiBase: 'https://api.telegram.org',
      privateChannels: 'none',
      channelKeys: { byId: new Map() },
      timeoutMs: 10_000,
      retryMs: 500,
      groupMs: 2_000,
      groupAfter: 10,
      operators: 'operators',
      alarmsEveryMs: 15_000,
      summariesEveryMs: 30_000,
      feedSilentMs: 120_000,
    });
  });

  it('reads everything', () => {
    const environment = {
      DISCORD_API_BASE: 'http://127.0.0.1:4000/api/v10/',
      TELEGRAM_API_BASE: 'http://127.0.0.1:4001',
      ALLOW_PRIVATE_CHANNELS: 'loopback',
      DISCORD_TIMEOUT_MS: '100',
      DISCORD_RETRY_MS: '5',
      ALERT_GROUP_MS: '0',
      ALERT_GROUP_AFTER: '3',
      OPERATORS_TENANT: 'ops',
      ALARMS_EVERY_MS: '1000',
      SUMMARIES_EVERY_MS: '500',
      FEED_SILENT_MS: '60000',
    };
    expect(readConfig(environment)).toEqual({
      discordApiBase: 'http://127.0.0.1:4000/api/v10',
      telegramApiBase: 'http://127.0.0.1:4001',
      privateChannels: 'loopback',
      channelKeys: { byId: new Map() },
      timeoutMs: 100,
      retryMs: 5,
      groupMs: 0,
      groupAfter: 3,
      operators: 'ops',
      alarmsEveryMs: 1_000,
      summariesEveryMs: 500,
      feedSilentMs: 60_000,
    });
  });

  it.each([
    { DISCORD_API_BASE: 'discord' },
    { DISCORD_API_BASE: 'file:///x' },
    { DISCORD_TIMEOUT_MS: '0' },
    { ALLOW_PRIVATE_CHANNELS: 'all' },
    { ALERT_GROUP_MS: '-1' },
    { OPERATORS_TENANT: 'a/b' },
  ])('refuses %j', (environment) => {
    expect(() => readConfig(environment)).toThrow(Object.keys(environment)[0]);
  });
});
