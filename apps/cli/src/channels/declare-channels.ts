import type { Command } from 'commander';
import { ofTenant } from '../stored/of-tenant.ts';
import type { TenantOptions } from '../stored/answer.ts';
import type { DisableOptions } from './channels-command.ts';

export function declareChannels(program: Command): void {
  const channels = program.command('channels').description("where a tenant's alerts go");

  ofTenant(
    channels
      .command('list', { isDefault: true })
      .description('every channel with its kind, its state and why'),
  ).action(async (options: TenantOptions) =>
    (await import('./channels-command.ts')).runChannelsList(options),
  );

  ofTenant(
    channels.command('add <id> <file.json>').description('adds a channel, or puts another in its place'),
  )
    .addHelpText(
      'after',
      `
It is stored sealed with the first key of CHANNEL_KEYS or CHANNEL_KEYS_FILE; a
local cloud has its own. The file ("-" reads stdin) holds one JSON object:

  {"kind": "discordWebhook", "url": "https://discord.com/api/webhooks/ID/TOKEN"}
  {"kind": "discordBot", "channelId": "...", "botToken": "..."}
  {"kind": "webhook", "url": "https://..."}
  {"kind": "slack", "url": "https://hooks.slack.com/services/..."}
  {"kind": "telegram", "botToken": "123:...", "chatId": "..."}
  {"kind": "email", "host": "...", "port": 587, "security": "startTls",
   "username": "...", "password": "...", "from": "...", "to": ["..."]}

A webhook is signed by the rules of Standard Webhooks; without "secrets" one is
made, and shown once.`,
    )
    .action(async (id: string, file: string, options: TenantOptions) =>
      (await import('./channels-command.ts')).runChannelsAdd(id, file, options),
    );

  ofTenant(channels.command('disable <id>').description('sends a channel no alerts any more'))
    .option('--reason <text>', 'why; shown with it', 'disabled by hand')
    .action(async (id: string, options: DisableOptions) =>
      (await import('./channels-command.ts')).runChannelsDisable(id, options),
    );

  ofTenant(channels.command('enable <id>').description('sends a channel alerts again')).action(
    async (id: string, options: TenantOptions) =>
      (await import('./channels-command.ts')).runChannelsEnable(id, options),
  );

  ofTenant(
    channels
      .command('reseal')
      .description(
        'seals all channels with the first key, also what lies there in clear: then an older key may go',
      ),
  ).action(async (options: TenantOptions) =>
    (await import('./channels-command.ts')).runChannelsReseal(options),
  );
}
