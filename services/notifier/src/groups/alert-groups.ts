import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Channel } from '../channels/channel.ts';
import {
  type Delivery,
  type DeliveryRecord,
  type DigestRecord,
  isDigest,
  isTooMuchTwice,
} from '../deliveries/delivery.ts';
import { alertFactsOf } from '../notices/alert-facts.ts';
import type { Grouping } from '../rules/alert-rule.ts';
import { digestOf, inDigestOrder } from './digest.ts';

export interface AlertGroupsPorts {
  readonly clock: Clock;
  /** Ends early when the signal is raised; never throws. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly record: DigestRecord & Pick<DeliveryRecord, 'release'>;
  readonly send: (channel: Channel, delivery: Delivery) => Promise<void>;
  /** Told of what a digest is about to tell. */
  readonly beforeDigest: (channel: Channel, deliveries: readonly Delivery[]) => Promise<void>;
  /** Whether an alert that the channel is sent twice is known for the same. */
  readonly knowsRepeats: (channel: Channel) => boolean;
  /** Of what no rule groups otherwise. */
  readonly usual: Omit<Grouping, 'key'>;
  readonly logger: Logger;
}

interface Waiting {
  readonly delivery: Delivery;
  /** It is told by a digest or not at all. */
  readonly isToBeGrouped: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The alerts of a channel that are grouped together. */
interface Group {
  channel: Channel;
  readonly waiting: Waiting[];
  /** When the last alerts came that were sent by themselves, oldest first: the critical apart from all others. */
  readonly passed: { critical: number[]; other: number[] };
  /** Until what was gathered is handed over: what comes after it does not go before it. */
  isGathering: boolean;
}

/** A digest of fewer says less than they do. */
const fewest = 4;
const mostInDigest = 1_500;
/** How many deliveries one write changes: with the digest, well below what a second may take. */
const mostAtOnce = 250;
const maxWrites = 5;
const writePauseMs = 200;
const maxGroups = 10_000;

/**
 * Lets the first alerts of a channel through as they come; what is more within a window it gathers to the window's end, and
 * makes a digest of it. The critical have a count of their own: a flood of others does not hold them up. What only informs and
 * may have been told already is in a digest in any case, however few there are, where the channel knows no repeats.
 *
 * A delivery is recorded as grouped together with the digest that tells it, in one write, before the digest is sent: what is
 * in no digest when this process ends is brought again by its message, and a digest by its own document.
 */
export class AlertGroups {
  readonly #ports: AlertGroupsPorts;
  readonly #groups = new Map<string, Group>();
  readonly #gathering = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(ports: AlertGroupsPorts) {
    this.#ports = ports;
  }

  /** Resolves when the delivery is recorded as over, left to its document, or grouped. */
  async send(channel: Channel, delivery: Delivery): Promise<void> {
    const grouping = delivery.grouping ?? { key: '', ...this.#ports.usual };
    const isToBeGrouped = isTooMuchTwice(delivery) && !this.#ports.knowsRepeats(channel);
    if (!isToBeGrouped && (grouping.windowMs === 0 || isByItself(delivery) || this.#closing.signal.aborted))
      return this.#ports.send(channel, delivery);
    const group = this.#groupOf(channel, grouping.key);
    if (!isToBeGrouped && this.#passes(group, delivery, grouping)) return this.#ports.send(channel, delivery);
    return new Promise((resolve, reject) => {
      group.waiting.push({ delivery, isToBeGrouped, resolve, reject });
      if (!group.isGathering) this.#gather(group, grouping.windowMs);
    });
  }

  /** Gives up what no digest has taken yet: its messages bring it again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#gathering);
  }

  #groupOf(channel: Channel, key: string): Group {
    const name = `${channel.tenant}/${channel.id}/${key}`;
    const found = this.#groups.get(name);
    if (found !== undefined) {
      found.channel = channel;
      return found;
    }
    if (this.#groups.size >= maxGroups)
      for (const [each, { isGathering }] of this.#groups) if (!isGathering) this.#groups.delete(each);
    const group: Group = { channel, waiting: [], passed: { critical: [], other: [] }, isGathering: false };
    this.#groups.set(name, group);
    return group;
  }

  /** Whether few enough of its kind came within the window for it to be sent by itself. */
  #passes({ passed, isGathering }: Group, { notice }: Delivery, { windowMs, after }: Grouping): boolean {
    const isCritical = alertFactsOf(notice).severity === 'critical';
    if (isGathering && !isCritical) return false;
    const times = isCritical ? passed.critical : passed.other;
    const now = this.#ports.clock.now();
    while (times[0] !== undefined && times[0] <= now - windowMs) times.shift();
    if (times.length >= after) return false;
    times.push(now);
    return true;
  }

  #gather(group: Group, windowMs: number): void {
    group.isGathering = true;
    const gathering = this.#gatherAll(group, windowMs).finally(() => this.#gathering.delete(gathering));
    this.#gathering.add(gathering);
  }

  /** Window after window, until nothing has come in the last. */
  async #gatherAll(group: Group, windowMs: number): Promise<void> {
    do {
      await this.#ports.sleep(windowMs, this.#closing.signal);
      await this.#flush(group);
    } while (group.waiting.length > 0);
    group.isGathering = false;
  }

  async #flush(group: Group): Promise<void> {
    const all = group.waiting.splice(0);
    if (this.#closing.signal.aborted) return this.#giveBack(all);
    const ordered = all.toSorted((a, b) => inDigestOrder(a.delivery.notice, b.delivery.notice));
    for (let first = 0; first < ordered.length; first += mostInDigest)
      await this.#tell(group.channel, ordered.slice(first, first + mostInDigest));
  }

  async #tell(channel: Channel, some: readonly Waiting[]): Promise<void> {
    if (some.length >= fewest) return this.#digest(channel, some);
    for (const each of some) if (!each.isToBeGrouped) this.#sendAlone(channel, each);
    const left = some.filter(({ isToBeGrouped }) => isToBeGrouped);
    if (left.length > 0) await this.#digest(channel, left);
  }

  #sendAlone(channel: Channel, { delivery, resolve, reject }: Waiting): void {
    this.#ports.send(channel, delivery).then(resolve, reject);
  }

  async #digest(channel: Channel, all: readonly Waiting[]): Promise<void> {
    const { send, beforeDigest, logger } = this.#ports;
    await beforeDigest(
      channel,
      all.map(({ delivery }) => delivery),
    ).catch((error: unknown) =>
      logger.warn({ err: error, tenant: channel.tenant, channel: channel.id }, 'openings are not edited'),
    );
    let digest: Delivery | undefined;
    let grouped = 0;
    while (grouped < all.length) {
      const some = all.slice(grouped, grouped + mostAtOnce);
      const next = digestDelivery(all.slice(0, grouped + some.length));
      try {
        await this.#record(next, grouped + some.length, some);
      } catch (error) {
        for (const { reject } of all.slice(grouped)) reject(error);
        break;
      }
      for (const { delivery, resolve } of some) {
        const { traceId, accountId: account, eventId } = delivery.notice;
        logger.info({ traceId, account, eventId, digest: next.notice.eventId }, 'alert grouped');
        resolve();
      }
      grouped += some.length;
      digest = next;
    }
    if (digest === undefined) return;
    const fields = { tenant: channel.tenant, channel: channel.id, eventId: digest.notice.eventId, grouped };
    send(channel, digest).catch((error: unknown) =>
      logger.warn({ err: error, ...fields }, 'a digest is not sent; it is taken up again'),
    );
  }

  async #record(digest: Delivery, grouped: number, some: readonly Waiting[]): Promise<void> {
    const { record, sleep, logger } = this.#ports;
    const members = some.map(({ delivery }) => delivery);
    for (let writes = 1; ; writes += 1)
      try {
        return await record.digested(digest, grouped, members);
      } catch (error) {
        if (writes === maxWrites || this.#closing.signal.aborted) throw error;
        logger.warn({ err: error, eventId: digest.notice.eventId }, 'cannot record a digest');
        await sleep(writePauseMs * writes, this.#closing.signal);
      }
  }

  async #giveBack(all: readonly Waiting[]): Promise<void> {
    const untouched = all.map(({ delivery }) => delivery).filter(({ possibleRepeat }) => !possibleRepeat);
    const { record, logger } = this.#ports;
    for (let first = 0; first < untouched.length; first += mostAtOnce)
      await record
        .release(untouched.slice(first, first + mostAtOnce))
        .catch((error: unknown) => logger.warn({ err: error }, 'cannot release claims'));
    for (const { reject } of all)
      reject(new Error('the notifier closes; the alert waits for its next start'));
  }
}

/** All of them in one, with a sound when any of them may make one. */
function digestDelivery(some: readonly Waiting[]): Delivery {
  const deliveries = some.map(({ delivery }) => delivery);
  return {
    channelId: deliveries[0]?.channelId ?? '',
    notice: digestOf(
      deliveries.map(({ notice }) => notice),
      deliveries.filter(({ possibleRepeat }) => possibleRepeat).length,
    ),
    attempts: 0,
    possibleRepeat: false,
    isSilent: deliveries.every(({ isSilent }) => isSilent === true),
    isParked: true,
  };
}

/** A digest is not grouped once more, and an edit tells nobody anything. */
function isByItself({ notice: { event }, isAmendment }: Delivery): boolean {
  return isAmendment === true || isDigest(event);
}
