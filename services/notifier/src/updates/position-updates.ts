import type { Logger } from '@bellwether/observability';
import type { Channel } from '../channels/channel.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { Notice } from '../notices/notice.ts';

export interface PositionUpdatesPorts {
  /** Whether messages of the channel can be replaced. */
  readonly canEdit: (channel: Channel) => boolean;
  /** The id of the message that told of the position's opening and of nothing else. */
  readonly openingOf: (closed: Notice, channelId: string) => Promise<string | undefined>;
  readonly send: (channel: Channel, delivery: Delivery) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Keeps the message of a position's opening up to date: when the position closes, it says so from then on. By the rule of
 * the alert that is told in a message of its own, too, or there alone; an edit that is all there is becomes a message of
 * its own where there is nothing to edit any more.
 */
export class PositionUpdates {
  readonly #ports: PositionUpdatesPorts;

  constructor(ports: PositionUpdatesPorts) {
    this.#ports = ports;
  }

  /** Resolves when the delivery is over, or left to its document. An edit beside it is waited for by nobody. */
  async send(channel: Channel, delivery: Delivery): Promise<void> {
    const { send, logger } = this.#ports;
    const { updates = 'both' } = delivery;
    const replaces = updates === 'none' ? undefined : await this.#openingOf(channel, delivery);
    if (replaces === undefined) return send(channel, delivery);
    if (updates === 'edit') return send(channel, { ...delivery, replaces });
    const telling = send(channel, delivery);
    const amendment = { ...delivery, possibleRepeat: false, replaces, isAmendment: true };
    send(channel, amendment).catch((error: unknown) =>
      logger.info(
        { err: error, eventId: delivery.notice.eventId },
        'the message of an opening is not edited',
      ),
    );
    return telling;
  }

  async #openingOf(channel: Channel, { notice }: Delivery): Promise<string | undefined> {
    const { canEdit, openingOf } = this.#ports;
    if (notice.event.type !== 'PositionClosed' || !canEdit(channel)) return undefined;
    return openingOf(notice, channel.id);
  }
}
