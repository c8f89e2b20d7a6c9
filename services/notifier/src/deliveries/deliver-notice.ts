import type { Channel } from '../channels/channel.ts';
import type { Notice } from '../notices/notice.ts';
import type { Verdict } from '../rules/judge-alert.ts';
import type { Delivery } from './delivery.ts';

export interface DeliverNoticePorts {
  /** By the rules of its tenant. */
  readonly judge: (notice: Notice, channelId: string) => Promise<Verdict>;
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
  /** By account and channel, when the last of them is handed over, or will not be. */
  readonly #handedOver = new Map<string, Promise<void>>();

  constructor(ports: DeliverNoticePorts) {
    this.#ports = ports;
  }

  /**
   * Resolves when it is over, or left to its document. What an account did is handed over in the order in which it is asked
   * for, however long each claim takes.
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
    const [turn, pass] = this.#queue(`${notice.accountId}_${channel.tenant}/${channel.id}`);
    let sending: Promise<void> | undefined;
    try {
      const delivery = await claim(notice, channel.id, publishedAt, await judge(notice, channel.id));
      await turn;
      sending = delivery === undefined ? undefined : send(channel, delivery);
    } finally {
      pass();
    }
    await sending;
  }

  /** When its turn comes, and what passes that on. */
  #queue(key: string): readonly [turn: Promise<void> | undefined, pass: () => void] {
    const turn = this.#handedOver.get(key);
    const own = Promise.withResolvers<void>();
    const next = turn === undefined ? own.promise : turn.then(async () => own.promise);
    this.#handedOver.set(key, next);
    void next.finally(() => {
      if (this.#handedOver.get(key) === next) this.#handedOver.delete(key);
    });
    return [turn, own.resolve];
  }
}
