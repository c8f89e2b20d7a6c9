import type { AccountRef } from '@bellwether/contracts';
import type { Logger } from '@bellwether/observability';
import type { StoredCommit } from '@bellwether/store';
import type { Channel } from '../channels/channel.ts';
import { type Notice, noticeOfDelivery } from '../notices/notice.ts';
import { noticeOfTold } from '../notices/told.ts';
import type { Due } from './deliveries.ts';
import { type Delivery, toldEventIdOf } from './delivery.ts';

export interface ParkedDeliveriesPorts {
  readonly due: () => Promise<readonly Due[]>;
  readonly take: (due: Due) => Promise<boolean>;
  readonly readCommit: (account: AccountRef, seq: number) => Promise<StoredCommit | undefined>;
  readonly channelsOf: (tenant: string) => Promise<readonly Channel[]>;
  readonly send: (channel: Channel, delivery: Delivery) => Promise<void>;
  readonly dead: (delivery: Delivery, reason: string) => Promise<void>;
  readonly logger: Logger;
}

/** Takes up the deliveries that wait in their documents, once they are due: also those of an earlier life. */
export class ParkedDeliveries {
  readonly #ports: ParkedDeliveriesPorts;
  readonly #underway = new Map<string, Promise<void>>();

  constructor(ports: ParkedDeliveriesPorts) {
    this.#ports = ports;
  }

  /** Waits for what is under way, which ends with its sender: that is to be closed, too. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underway.values());
  }

  /** Takes up what is due now, and answers how much. Resolves when it is handed over, not when it is sent. */
  async takeUp(): Promise<number> {
    const due = await this.#ports.due();
    await Promise.all(due.map(async (each) => this.#takeUp(each)));
    return due.length;
  }

  async #takeUp(due: Due): Promise<void> {
    const { eventId, channelId } = due.document;
    const key = `${due.tenant}/${eventId}_${channelId}`;
    if (this.#underway.has(key) || !(await this.#ports.take(due))) return;
    const sending = this.#send(due)
      .catch((error: unknown) =>
        this.#ports.logger.warn(
          { err: error, tenant: due.tenant, channel: channelId, eventId },
          'a parked alert is not sent; it is taken up again',
        ),
      )
      .finally(() => this.#underway.delete(key));
    this.#underway.set(key, sending);
  }

  async #send({ tenant, document }: Due): Promise<void> {
    const { channelsOf, send, dead } = this.#ports;
    const { channelId, attempts, isSilent = false, updates, grouping, isAmendment = false } = document;
    const notice = noticeOfTold(tenant, document) ?? (await this.#readBack(tenant, document));
    if (notice === undefined) throw new Error('its commit cannot be read back from the journal');
    // An edit may be repeated at will.
    const possibleRepeat = !isAmendment && (document.possibleRepeat || document.isHeld === true);
    const delivery = {
      channelId,
      notice,
      attempts,
      possibleRepeat,
      isSilent,
      isParked: true,
      ...(updates === undefined ? {} : { updates }),
      ...(grouping === undefined ? {} : { grouping }),
      ...(isAmendment ? { isAmendment } : {}),
    };
    const channel = (await channelsOf(tenant)).find(({ id }) => id === channelId);
    if (channel === undefined) await dead(delivery, 'the channel is disabled or gone');
    else await send(channel, delivery);
  }

  async #readBack(tenant: string, document: Due['document']): Promise<Notice | undefined> {
    const { uid, accountId, seq } = document;
    const stored = await this.#ports.readCommit({ tenant, uid, accountId }, seq);
    const told = { eventId: toldEventIdOf(document) };
    return stored && noticeOfDelivery(stored.commit, stored.committedAt, told);
  }
}
