import { DiscordBot, type DiscordBotPorts } from '../discord-bot/discord-bot.ts';
import { DiscordWebhook, type DiscordWebhookPorts } from '../discord-webhook/discord-webhook.ts';
import type { ConnectChannel } from './channel-client.ts';

export interface ConnectPorts {
  readonly discordWebhook: DiscordWebhookPorts;
  readonly discordBot: DiscordBotPorts;
}

/** The client of a channel, by its kind. */
export function connectWith(ports: ConnectPorts): ConnectChannel {
  return ({ settings }) => {
    switch (settings.kind) {
      case 'discordWebhook':
        return new DiscordWebhook(settings, ports.discordWebhook);
      case 'discordBot':
        return new DiscordBot(settings, ports.discordBot);
    }
  };
}
