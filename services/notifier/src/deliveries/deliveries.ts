import { type DeliveryDocument, paths, shardOf, timeShards } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import {
  type BulkWrites,
  type DocumentBatch,
  type Repositories,
  isAlreadyExists,
  repositoriesOf,
} from '@bellwether/store';
import { type Firestore, Timestamp } from '@google-cloud/firestore';
import { type Notice, subjectIdOf } from '../notices/notice.ts';
import type { Delivery, DeliveryRecord, Receipt } from './delivery.ts';

const keptMs = 30 * 24 * 3_600_000;
const maxClaims = 3;

/** The delivery documents: what they say is what happened. */
export class Deliveries implements DeliveryRecord {
  readonly #deliveries: Repositories['deliveries'];
  readonly #writes: BulkWrites;
  readonly #clock: Clock;

  constructor(firestore: Firestore, writes: BulkWrites, clock: Clock) {
    this.#deliveries = repositoriesOf(firestore).deliveries;
    this.#writes = writes;
    this.#clock = clock;
  }

  /**
   * Claims a delivery, or takes over a claim that an earlier life left: what that one did is not known, so it is
   * a possible repeat. `undefined` when it is sent or dead already.
   *
   * @param publishedAt when the commit's message was published, epoch milliseconds.
   */
  async claim(notice: Notice, channelId: string, publishedAt: number): Promise<Delivery | undefined> {
    const document = this.#newDocument(notice, channelId, publishedAt);
    const at = pathOf(notice, channelId);
    for (let claims = 1; ; claims += 1) {
      try {
        await this.#deliveries.create(at, {
          ...document,
          expireAt: Timestamp.fromMillis(Math.round(document.claimedAt + keptMs)),
        });
        return { channelId, notice, attempts: 0, possibleRepeat: false };
      } catch (error) {
        if (!isAlreadyExists(error) || claims === maxClaims) throw error;
      }
      const stored = (await this.#deliveries.read(at))?.document;
      if (stored === undefined) continue; // released meanwhile
      if (stored.status === 'sent' || stored.status === 'dead') return undefined;
      const isOurs = stored.claimedAt === document.claimedAt; // created by a request whose answer was lost
      return { channelId, notice, attempts: stored.attempts, possibleRepeat: !isOurs };
    }
  }

  async sent(deliveries: readonly Delivery[], { messageId, sentAt }: Receipt): Promise<void> {
    await this.#change(deliveries, { status: 'sent', messageId, sentAt });
  }

  async retrying(deliveries: readonly Delivery[], reason: string): Promise<void> {
    await this.#change(deliveries, { status: 'retrying', reason });
  }

  async dead(deliveries: readonly Delivery[], reason: string): Promise<void> {
    await this.#change(deliveries, { status: 'dead', reason });
  }

  async release(deliveries: readonly Delivery[]): Promise<void> {
    await this.#write(deliveries, (batch, { notice, channelId }) => batch.delete(pathOf(notice, channelId)));
  }

  async #change(deliveries: readonly Delivery[], change: Partial<DeliveryDocument>): Promise<void> {
    await this.#write(deliveries, (batch, { notice, channelId, attempts, possibleRepeat }) =>
      batch.update(pathOf(notice, channelId), { ...change, attempts, possibleRepeat }),
    );
  }

  async #write(
    deliveries: readonly Delivery[],
    write: (batch: DocumentBatch, delivery: Delivery) => void,
  ): Promise<void> {
    const [first] = deliveries;
    if (first === undefined) return;
    await this.#writes.write({ tenant: first.notice.tenant, priority: 'background' }, (batch) => {
      for (const delivery of deliveries) write(batch, delivery);
    });
  }

  #newDocument(notice: Notice, channelId: string, publishedAt: number): DeliveryDocument {
    const { eventId, accountId, uid, seq, traceId, committedAt, event } = notice;
    const tick = 'tick' in event ? event.tick : undefined;
    return {
      eventId,
      shard: shardOf(eventId, timeShards),
      channelId,
      accountId,
      uid,
      seq,
      eventType: event.type,
      subjectId: subjectIdOf(notice),
      status: 'claimed',
      attempts: 0,
      possibleRepeat: false,
      traceId,
      committedAt,
      publishedAt,
      ...(tick === undefined ? {} : { tickReceivedAt: tick.receivedAt }),
      claimedAt: this.#clock.now(),
    };
  }
}

function pathOf({ tenant, eventId }: Notice, channelId: string): string {
  return paths.delivery(tenant, eventId, channelId);
}
