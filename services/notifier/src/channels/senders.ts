import type { Channel } from './channel.ts';
import { ChannelSender, type SenderPorts } from './channel-sender.ts';

/** One sender for each channel. */
export class Senders {
  readonly #ports: SenderPorts;
  readonly #senders = new Map<string, ChannelSender>();
  #isClosed = false;

  constructor(ports: SenderPorts) {
    this.#ports = ports;
  }

  of(channel: Channel): ChannelSender {
    const key = `${channel.tenant}/${channel.id}`;
    const found = this.#senders.get(key);
    found?.use(channel);
    const sender = found ?? new ChannelSender(channel, this.#ports);
    this.#senders.set(key, sender);
    if (this.#isClosed) void sender.close();
    return sender;
  }

  /** Closes every sender, and those that are asked for from now on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#senders.values()].map(async (sender) => sender.close()));
  }
}
