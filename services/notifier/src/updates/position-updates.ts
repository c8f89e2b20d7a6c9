import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Channel } from '../channels/channel.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import type { Notice } from '../notices/notice.ts';
import type { Opening } from './find-opening.ts';

export interface PositionUpdatesPorts {
  /** Whether messages of the channel can be replaced. */
  readonly canEdit: (channel: Channel) => boolean;
  readonly openingOf: (closed: Notice, channelId: string) => Promise<Opening>;
  /** Claims the edit beside an alert, to be made at once, or taken up at `dueAt`; answers it when it is to be made now. */
  readonly claim: (alert: Delivery, dueAt?: number) => Promise<Delivery | undefined>;
  readonly parked: (amendment: Delivery, dueAt: number) => Promise<void>;
  /** It will never have a message to change. */
  readonly needless: (amendment: Delivery, reason: string) => Promise<void>;
  readonly send: (channel: Channel, delivery: Delivery) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** When it is looked again whether an opening is told that waits itself. */
const againMs = 30_000;
/** Edits of what a digest tells begin after it, one after the other: what is to be told goes before them. */
const afterDigestMs = 10_000;
const apartMs = 2_000;
/** How many positions are looked at at once. */
const atOnce = 50;

/**
 * Keeps the message of a position's opening up to date: when the position closes, it says so from then on. By the rule of
 * the alert that is told in a message of its own, too, or there alone; an edit that is all there is becomes a message of
 * its own where there is nothing to edit any more.
 *
 * An edit beside an alert or a digest is claimed before that is sent: whenever this process ends, one of both documents brings it
 * again.
 */
export class PositionUpdates {
  readonly #ports: PositionUpdatesPorts;

  constructor(ports: PositionUpdatesPorts) {
    this.#ports = ports;
  }

  /** Resolves when the delivery is over, or left to its document. An edit beside it is waited for by nobody. */
  async send(channel: Channel, delivery: Delivery): Promise<void> {
    const { send, claim, clock, logger } = this.#ports;
    if (delivery.isAmendment === true) return this.#amend(channel, delivery);
    const { updates = 'both' } = delivery;
    const opening = updates === 'none' ? none : await this.#openingOf(channel, delivery);
    if (opening.kind === 'none') return send(channel, delivery);
    if (updates === 'edit') return send(channel, { ...delivery, ...replacing(opening) });
    const amendment = await claim(delivery, opening.kind === 'told' ? undefined : clock.now() + againMs);
    const telling = send(channel, delivery);
    if (amendment !== undefined)
      send(channel, { ...amendment, ...replacing(opening) }).catch((error: unknown) =>
        logger.info(
          { err: error, eventId: delivery.notice.eventId },
          'the message of an opening is not edited; that is taken up again',
        ),
      );
    return telling;
  }

  /**
   * Claims the edits of openings beside a digest that tells how their positions closed. To be called before that is recorded:
   * whenever this process ends, the alerts come again, or the edits do.
   */
  async beside(channel: Channel, digested: readonly Delivery[]): Promise<void> {
    if (!this.#ports.canEdit(channel)) return;
    const closes = digested.filter(
      ({ notice, updates }) => notice.event.type === 'PositionClosed' && updates !== 'none',
    );
    const { claim, clock } = this.#ports;
    let dueAt = clock.now() + afterDigestMs;
    for (let first = 0; first < closes.length; first += atOnce)
      await Promise.all(
        closes.slice(first, first + atOnce).map(async (alert) => {
          const opening = await this.#openingOf(channel, alert);
          if (opening.kind === 'none') return;
          dueAt += apartMs;
          await claim(alert, dueAt);
        }),
      );
  }

  async #amend(channel: Channel, amendment: Delivery): Promise<void> {
    const { send, parked, needless, clock } = this.#ports;
    const opening = await this.#openingOf(channel, amendment);
    switch (opening.kind) {
      case 'told':
        return send(channel, { ...amendment, ...replacing(opening) });
      case 'underway':
        return parked(amendment, clock.now() + againMs);
      case 'none':
        return needless(amendment, 'no message tells of the opening alone');
    }
  }

  async #openingOf(channel: Channel, { notice }: Delivery): Promise<Opening> {
    const { canEdit, openingOf } = this.#ports;
    if (notice.event.type !== 'PositionClosed' || !canEdit(channel)) return none;
    return openingOf(notice, channel.id);
  }
}

const none: Opening = { kind: 'none' };

function replacing(opening: Opening): Pick<Delivery, 'replaces'> {
  return opening.kind === 'told' ? { replaces: opening.messageId } : {};
}
