import type { ChannelSettings } from '@bellwether/contracts';

/** Where a channel goes, without its secrets. */
export function placeOf(channel: ChannelSettings): string {
  switch (channel.kind) {
    case 'discordWebhook':
      return `webhook ${channel.webhookId}`;
    case 'discordBot':
      return `channel ${channel.channelId}`;
    case 'webhook':
    case 'slack':
      return new URL(channel.url).host;
    case 'telegram':
      return `chat ${channel.chatId}`;
    case 'email':
      return channel.to.join(', ');
  }
}
