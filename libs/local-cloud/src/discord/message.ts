import type { Attachment } from './attachment.ts';
import type { Embed } from './message-form.ts';

/** A message as Discord's API answers it. */
export interface DiscordMessage {
  readonly id: string;
  readonly type: 0;
  /** Of the thread, where it is in one. */
  readonly channel_id: string;
  /** The thread that it started in a forum. */
  readonly thread?: { readonly id: string; readonly name: string; readonly parent_id: string };
  /** Absent from what a bot posts. */
  readonly webhook_id?: string;
  readonly author: {
    readonly id: string;
    readonly username: string;
    readonly avatar: null;
    readonly discriminator: '0000';
    readonly bot: true;
  };
  readonly nonce?: string;
  readonly content: string;
  readonly embeds: readonly (Embed & { readonly type: 'rich' })[];
  readonly timestamp: string;
  readonly edited_timestamp: string | null;
  readonly flags: number;
  readonly tts: boolean;
  readonly pinned: false;
  readonly mention_everyone: boolean;
  readonly mention_roles: readonly string[];
  readonly mentions: readonly [];
  readonly attachments: readonly Attachment[];
  readonly components: readonly [];
}

const discordEpochMs = 1_420_070_400_000n;

/** The id of a message made at `nowMicros`: above `last`, so ids order messages even within one millisecond. */
export function snowflakeAfter(last: bigint, nowMicros: bigint): bigint {
  const first = (nowMicros / 1000n - discordEpochMs) << 22n;
  return first > last ? first : last + 1n;
}

/** `2026-11-21T09:16:53.123456+00:00`. */
export function discordTimestamp(micros: bigint): string {
  const toTheSecond = new Date(Number(micros / 1000n)).toISOString().slice(0, 19);
  return `${toTheSecond}.${String(micros % 1_000_000n).padStart(6, '0')}+00:00`;
}

/** Negative when the snowflake `a` is older than `b`. */
export function compareSnowflakes(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
