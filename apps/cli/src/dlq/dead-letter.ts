import type { DeadLetterActionDocument } from '@bellwether/contracts';
import { InputError } from '../input-error.ts';

/** What names a dead letter, everywhere: `delivery:{tenant}:{eventId}_{channelId}` or `message:{consumer}:{messageId}`. */
export type DeadLetterId =
  | {
      readonly source: 'delivery';
      readonly tenant: string;
      readonly eventId: string;
      readonly channelId: string;
    }
  | { readonly source: 'message'; readonly consumer: string; readonly messageId: string };

/** An alert that no channel took, or a message that no consumer could process. */
export interface DeadLetter {
  readonly id: string;
  readonly source: DeadLetterId['source'];
  /** `dead` until somebody acts on it. */
  readonly state: 'dead' | 'retried' | 'discarded';
  readonly reason: string;
  /** The reason without what differs from one to the next: what groups them. */
  readonly cause: string;
  /** What it is about, in a few words. */
  readonly about: string;
  /** When it died, epoch milliseconds; of a message when it was published. */
  readonly at: number;
}

/** A dead letter with all that is known of it. */
export interface DeadLetterDetails extends DeadLetter {
  readonly content: Readonly<Record<string, unknown>>;
  /** Oldest first. */
  readonly actions: readonly DeadLetterActionDocument[];
}

export function idOf(id: DeadLetterId): string {
  return id.source === 'delivery'
    ? `delivery:${id.tenant}:${id.eventId}_${id.channelId}`
    : `message:${id.consumer}:${id.messageId}`;
}

/** @throws InputError */
export function parseId(text: string): DeadLetterId {
  const [, tenant, eventId, channelId] = /^delivery:([\w-]+):(.+)_([\w-]+?)$/.exec(text) ?? [];
  if (tenant !== undefined && eventId !== undefined && channelId !== undefined && !text.includes('/'))
    return { source: 'delivery', tenant, eventId, channelId };
  const [, consumer, messageId] = /^message:([\w.-]+):([\w-]+)$/.exec(text) ?? [];
  if (consumer !== undefined && messageId !== undefined) return { source: 'message', consumer, messageId };
  throw new InputError(
    `"${text}": is no dead letter; \`bellwether dlq list\` names them like "delivery:..." and "message:..."`,
  );
}

/** Ids of events and accounts, long numbers and hashes differ from one dead letter to the next; statuses do not. */
export function causeOf(reason: string): string {
  return reason
    .replaceAll(/[\w-]+\.[\w-]+:\d{10}(?::\d+)*/g, '#')
    .replaceAll(/\b(?:[\da-f]{16,}|\d{6,})\b/g, '#')
    .slice(0, 200);
}
