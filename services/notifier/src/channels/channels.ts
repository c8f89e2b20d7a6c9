import { type ChannelDocument, paths } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { isFailedPrecondition, repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import * as z from 'zod';
import type { PrivateReach } from '../http/public-address.ts';
import { type Channel, settingsOf, storedChannel } from './channel.ts';

/** How long a list is used before it is read again: a new channel is seen after that. */
const keptMs = 2_000;
const maxTenants = 10_000;

/** The channels of tenants, as their documents say; kept in memory for two seconds. */
export class Channels {
  readonly #firestore: Firestore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stored: ReturnType<typeof storedChannel>;
  readonly #lists = new Map<
    string,
    { readonly readAt: number; readonly list: Promise<readonly Channel[]> }
  >();

  /** @param allowed what of private addresses channels may go to. */
  constructor(firestore: Firestore, clock: Clock, logger: Logger, allowed: PrivateReach = 'none') {
    this.#firestore = firestore;
    this.#clock = clock;
    this.#logger = logger;
    this.#stored = storedChannel(allowed);
  }

  /** The tenant's active channels. */
  async activeOf(tenant: string): Promise<readonly Channel[]> {
    const now = this.#clock.now();
    const kept = this.#lists.get(tenant);
    if (kept !== undefined && now - kept.readAt < keptMs) return kept.list;
    if (this.#lists.size >= maxTenants) this.#lists.clear();
    const list = this.#read(tenant);
    this.#lists.set(tenant, { readAt: now, list });
    list.catch(() => this.#lists.delete(tenant)); // whoever awaits it learns why
    return list;
  }

  /** Disables the channel in its document, unless somebody has changed it since it was read. */
  async disable({ tenant, id, updatedAt }: Channel, reason: string): Promise<void> {
    const change = { status: 'disabled', disabledReason: reason } satisfies Partial<ChannelDocument>;
    try {
      await repositoriesOf(this.#firestore).channels.update(paths.channel(tenant, id), change, updatedAt);
    } catch (error) {
      if (!isFailedPrecondition(error)) throw error;
    } finally {
      this.#lists.delete(tenant);
    }
  }

  async #read(tenant: string): Promise<readonly Channel[]> {
    const { docs } = await this.#firestore.collection(paths.channels(tenant)).get();
    return docs.flatMap((document) => {
      const { id, updateTime: updatedAt } = document;
      const parsed = this.#stored.safeParse(document.data());
      if (!parsed.success)
        this.#logger.warn(
          { tenant, channel: id, reason: z.prettifyError(parsed.error) },
          'not a channel; it is passed over',
        );
      return parsed.data?.status === 'active'
        ? { tenant, id, settings: settingsOf(parsed.data), updatedAt }
        : [];
    });
  }
}
