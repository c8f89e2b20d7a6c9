import type { Channel } from '../channels/channel.ts';
import type { Notice } from '../notices/notice.ts';
import type { Verdict } from '../rules/judge-alert.ts';
import type { Delivery } from './delivery.ts';

export interface DeliverNoticePorts {
  /** By the rules of its tenant. */
  readonly judge: (notice: Notice) => Promise<Verdict>;
  readonly claim: (
    notice: Notice,
    channelId: string,
    publishedAt: number,
    verdict: Verdict,
  ) => Promise<Delivery | undefined>;
  readonly send: (channel: Channel, delivery: Delivery) => Promise<void>;
}

/** Tells one notice on one channel, by its tenant's rules, and once, however often it is asked to. */
export class DeliverNotice {
  readonly #ports: DeliverNoticePorts;
  /** Deliveries under way, so that a repeated message joins the one that is. */
  readonly #underway = new Map<string, Promise<void>>();

  constructor(ports: DeliverNoticePorts) {
    this.#ports = ports;
  }

  /**
   * Resolves when it is over, or left to its document.
   *
   * @param publishedAt when the message was published that brought it, epoch milliseconds.
   */
  async handle(notice: Notice, channel: Channel, publishedAt: number): Promise<void> {
    const key = `${notice.eventId}_${channel.tenant}/${channel.id}`;
    const found = this.#underway.get(key);
    if (found !== undefined) return found;
    const delivering = this.#claimAndSend(notice, channel, publishedAt);
    this.#underway.set(key, delivering);
    try {
      await delivering;
    } finally {
      this.#underway.delete(key);
    }
  }

  async #claimAndSend(notice: Notice, channel: Channel, publishedAt: number): Promise<void> {
    const { judge, claim, send } = this.#ports;
    const delivery = await claim(notice, channel.id, publishedAt, await judge(notice));
    if (delivery !== undefined) await send(channel, delivery);
  }
}
