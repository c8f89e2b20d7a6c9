import { DiscordBot, type DiscordBotPorts } from '../discord-bot/discord-bot.ts';
import { DiscordWebhook, type DiscordWebhookPorts } from '../discord-webhook/discord-webhook.ts';
import { Email, type EmailPorts } from '../email/email.ts';
import { Slack, type SlackPorts } from '../slack/slack.ts';
import { Telegram, type TelegramPorts } from '../telegram/telegram.ts';
import { Webhook, type WebhookPorts } from '../webhook/webhook.ts';
import type { ConnectChannel } from './channel-client.ts';

export interface ConnectPorts {
  readonly discordWebhook: DiscordWebhookPorts;
  readonly discordBot: DiscordBotPorts;
  readonly webhook: WebhookPorts;
  readonly slack: SlackPorts;
  readonly telegram: TelegramPorts;
  readonly email: EmailPorts;
}

/** The client of a channel, by its kind. */
export function connectWith(ports: ConnectPorts): ConnectChannel {
  return ({ settings }) => {
    switch (settings.kind) {
      case 'discordWebhook':
        return new DiscordWebhook(settings, ports.discordWebhook);
      case 'discordBot':
        return new DiscordBot(settings, ports.discordBot);
      case 'webhook':
        return new Webhook(settings, ports.webhook);
      case 'slack':
        return new Slack(settings, ports.slack);
      case 'telegram':
        return new Telegram(settings, ports.telegram);
      case 'email':
        return new Email(settings, ports.email);
    }
  };
}
