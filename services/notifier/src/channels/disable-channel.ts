import type { Logger } from '@bellwether/observability';
import type { Delivery } from '../deliveries/delivery.ts';
import { type Notice, channelDisabled } from '../notices/notice.ts';
import type { Channel } from './channel.ts';

export interface DisableChannelPorts {
  readonly channelsOf: (tenant: string) => Promise<readonly Channel[]>;
  readonly claim: (notice: Notice, channelId: string) => Promise<Delivery | undefined>;
  readonly disable: (channel: Channel, reason: string) => Promise<void>;
  readonly send: (channel: Channel, delivery: Delivery) => Promise<void>;
  readonly logger: Logger;
}

/** Disables a channel that is gone or closed to us, and tells its tenant on every other channel. */
export class DisableChannel {
  readonly #ports: DisableChannelPorts;

  constructor(ports: DisableChannelPorts) {
    this.#ports = ports;
  }

  /**
   * What is to be told is claimed before the channel is disabled, and sent after it; nobody waits for that, because the
   * other channel may be the next that is gone.
   *
   * @param reason what it answered, without secrets.
   * @param alert what it answered so.
   */
  async handle(channel: Channel, reason: string, alert: Delivery): Promise<void> {
    const { channelsOf, claim, disable, send, logger } = this.#ports;
    const { tenant, id } = channel;
    const others = (await channelsOf(tenant)).filter((other) => other.id !== id);
    const notice = channelDisabled(alert.notice, id, reason);
    const claims = await Promise.all(
      others.map(async (other) => ({ other, delivery: await claim(notice, other.id) })),
    );
    await disable(channel, reason);
    const told = others.map((other) => other.id);
    logger.error({ tenant, channel: id, reason, told }, 'a channel is disabled');
    for (const { other, delivery } of claims) {
      if (delivery === undefined) continue;
      send(other, delivery).catch((error: unknown) =>
        logger.error({ err: error, tenant, channel: other.id }, 'cannot tell of a disabled channel'),
      );
    }
  }
}
