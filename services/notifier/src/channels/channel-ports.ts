import type { Clock } from '@bellwether/domain';
import type { NotifierConfig } from '../config.ts';
import type { DiscordGates } from '../discord/discord-gates.ts';
import { sendMail } from '../email/send-mail.ts';
import { guardedHttp } from '../http/send-guarded.ts';
import { sendHttp } from '../http/send-http.ts';
import type { ConnectPorts } from './connect-channel.ts';

/** What channels reach the world by: our own choice of address for Discord and Telegram, public addresses for the rest. */
export function channelPorts(config: NotifierConfig, clock: Clock, gates: DiscordGates): ConnectPorts {
  const { discordApiBase, telegramApiBase, privateChannels } = config;
  const discord = { apiBase: discordApiBase, send: sendHttp };
  const guarded = { send: guardedHttp(privateChannels), clock };
  return {
    discordWebhook: { ...discord, gate: gates.ofWebhooks },
    discordBot: { ...discord, clock, gateOf: (botToken) => gates.ofBot(botToken) },
    webhook: guarded,
    slack: guarded,
    telegram: { apiBase: telegramApiBase, send: sendHttp, clock },
    email: { send: sendMail(privateChannels), clock },
  };
}
