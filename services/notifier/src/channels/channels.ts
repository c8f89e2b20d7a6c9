import { type ChannelDocument, paths } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { isFailedPrecondition, repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { PrivateReach } from '../http/public-address.ts';
import type { ChannelKeys } from '../secrets/channel-keys.ts';
import { TenantLists } from '../tenants/tenant-lists.ts';
import { type Channel, settingsOf } from './channel.ts';
import { readChannel } from './check-channel.ts';

/** The channels of tenants, as their documents say; kept in memory for two seconds. */
export class Channels {
  readonly #firestore: Firestore;
  readonly #logger: Logger;
  readonly #reading: { readonly keys: ChannelKeys; readonly allowed: PrivateReach };
  readonly #lists: TenantLists<Channel>;

  /** @param reading opens what is sealed, and says what of private addresses channels may go to. */
  constructor(
    firestore: Firestore,
    clock: Clock,
    logger: Logger,
    reading: { readonly keys: ChannelKeys; readonly allowed: PrivateReach },
  ) {
    this.#firestore = firestore;
    this.#logger = logger;
    this.#reading = reading;
    this.#lists = new TenantLists(clock, async (tenant) => this.#read(tenant));
  }

  /** The tenant's active channels. */
  async activeOf(tenant: string): Promise<readonly Channel[]> {
    return this.#lists.of(tenant);
  }

  /** Disables the channel in its document, unless somebody has changed it since it was read. */
  async disable({ tenant, id, updatedAt }: Channel, reason: string): Promise<void> {
    const change = { status: 'disabled', disabledReason: reason } satisfies Partial<ChannelDocument>;
    try {
      await repositoriesOf(this.#firestore).channels.update(paths.channel(tenant, id), change, updatedAt);
    } catch (error) {
      if (!isFailedPrecondition(error)) throw error;
    } finally {
      this.#lists.forget(tenant);
    }
  }

  async #read(tenant: string): Promise<readonly Channel[]> {
    const { docs } = await this.#firestore.collection(paths.channels(tenant)).get();
    return docs.flatMap((document) => {
      const { id, updateTime: updatedAt } = document;
      const read = readChannel(document.data(), { tenant, id }, this.#reading);
      if (read.kind === 'invalid') {
        this.#logger.warn({ tenant, channel: id, reason: read.problems }, 'not a channel; it is passed over');
        return [];
      }
      const { channel } = read;
      return channel.status === 'active' ? { tenant, id, settings: settingsOf(channel), updatedAt } : [];
    });
  }
}
