import { type DeliveryDocument, paths, queries, shardOf, timeShards } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import {
  type BulkWrites,
  type DocumentBatch,
  type Repositories,
  buildQuery,
  isAlreadyExists,
  isFailedPrecondition,
  repositoriesOf,
} from '@bellwether/store';
import { FieldValue, type Firestore, Timestamp } from '@google-cloud/firestore';
import { type Notice, eventTypeOf, subjectIdOf } from '../notices/notice.ts';
import { wordsOf } from '../notices/told.ts';
import type { Verdict } from '../rules/judge-alert.ts';
import {
  type Delivery,
  type DeliveryRecord,
  type DigestRecord,
  type Receipt,
  recordIdOf,
} from './delivery.ts';

const keptMs = 30 * 24 * 3_600_000;
const maxClaims = 3;
/** How long who has taken a parked delivery up has for it. */
const heldMs = 120_000;
const mostDueOfShard = 25;
const isOver: ReadonlySet<DeliveryDocument['status']> = new Set(['sent', 'dead', 'suppressed', 'grouped']);

/** What is written to a delivery that is there. */
type Change = Partial<DeliveryDocument> & { readonly expireAt?: FieldValue };

/** A parked delivery that was due, and the state of its document. */
export interface Due {
  readonly tenant: string;
  readonly document: DeliveryDocument;
  readonly updatedAt: Timestamp;
}

/** The delivery documents: what they say is what happened. */
export class Deliveries implements DeliveryRecord, DigestRecord {
  readonly #firestore: Firestore;
  readonly #deliveries: Repositories['deliveries'];
  readonly #writes: BulkWrites;
  readonly #clock: Clock;

  constructor(firestore: Firestore, writes: BulkWrites, clock: Clock) {
    this.#firestore = firestore;
    this.#deliveries = repositoriesOf(firestore).deliveries;
    this.#writes = writes;
    this.#clock = clock;
  }

  /**
   * Claims a delivery, or takes over a claim that an earlier life left: what that one did is not known, so it is
   * a possible repeat. `undefined` when there is nothing to send now: it is over already, or by its verdict.
   *
   * @param publishedAt when the commit's message was published, epoch milliseconds.
   */
  async claim(
    notice: Notice,
    channelId: string,
    publishedAt: number,
    verdict: Verdict = { kind: 'send', isSilent: false },
  ): Promise<Delivery | undefined> {
    const document = { ...this.#newDocument(notice, channelId, publishedAt), ...stateOf(verdict) };
    const isSilent = document.isSilent === true;
    const at = pathOf({ notice, channelId });
    for (let claims = 1; ; claims += 1) {
      try {
        await this.#deliveries.create(at, {
          ...document,
          expireAt: Timestamp.fromMillis(Math.round(document.claimedAt + keptMs)),
        });
        if (verdict.kind !== 'send') return undefined;
        const isParked = document.isParked === true;
        return {
          channelId,
          notice,
          attempts: 0,
          possibleRepeat: false,
          isSilent,
          isParked,
          ...ruledBy(verdict),
        };
      } catch (error) {
        if (!isAlreadyExists(error) || claims === maxClaims) throw error;
      }
      const stored = (await this.#deliveries.read(at))?.document;
      if (stored === undefined) continue; // released meanwhile
      if (isOver.has(stored.status) || stored.isParked === true) return undefined;
      const isOurs = stored.claimedAt === document.claimedAt; // created by a request whose answer was lost
      return {
        channelId,
        notice,
        attempts: stored.attempts,
        possibleRepeat: !isOurs,
        isSilent: stored.isSilent === true,
        ...ruledBy(verdict),
      };
    }
  }

  /**
   * Claims the edit beside an alert, before that is sent: no message brings it again, its document does.
   *
   * @param dueAt when it is to be taken up; without it, it is made now.
   * @returns `undefined` when there is nothing to edit now: it is claimed already, or left to its document.
   */
  async claimAmendment(alert: Delivery, dueAt?: number): Promise<Delivery | undefined> {
    const { notice, channelId } = alert;
    const amendment: Delivery = {
      channelId,
      notice,
      attempts: 0,
      possibleRepeat: false,
      isParked: true,
      isAmendment: true,
    };
    const document: DeliveryDocument = {
      ...this.#newDocument(notice, channelId, this.#clock.now()),
      ...(dueAt === undefined ? this.#held() : { status: 'pending', isParked: true, isHeld: false, dueAt }),
      eventId: recordIdOf(amendment),
      isAmendment: true,
    };
    try {
      await this.#deliveries.create(pathOf(amendment), {
        ...document,
        expireAt: Timestamp.fromMillis(Math.round(document.claimedAt + keptMs)),
      });
      return dueAt === undefined ? amendment : undefined;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return undefined;
    }
  }

  /** The first of the parked deliveries that are due. */
  async due(): Promise<readonly Due[]> {
    const found = await Promise.all(
      Array.from({ length: timeShards }, async (_, shard) =>
        buildQuery(this.#firestore, queries.parkedDeliveries, {
          values: { shard, isParked: true },
          limit: mostDueOfShard,
        }).get(),
      ),
    );
    const now = this.#clock.now();
    return found
      .flatMap(({ docs }) => docs)
      .map((snapshot) => ({
        tenant: snapshot.ref.parent.parent?.id ?? '',
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the notifier writes them
        document: snapshot.data() as DeliveryDocument,
        updatedAt: snapshot.updateTime,
      }))
      .filter(({ document }) => (document.dueAt ?? 0) <= now);
  }

  /** Takes a parked delivery up; false when another has. Unless it is over by then, it is due again in two minutes. */
  async take({ tenant, document, updatedAt }: Due): Promise<boolean> {
    const { eventId, channelId } = document;
    const change = { isHeld: true, dueAt: this.#clock.now() + heldMs };
    try {
      await this.#deliveries.update(paths.delivery(tenant, eventId, channelId), change, updatedAt);
      return true;
    } catch (error) {
      if (isFailedPrecondition(error)) return false;
      throw error;
    }
  }

  async digested(digest: Delivery, grouped: number, members: readonly Delivery[]): Promise<void> {
    const { notice, channelId } = digest;
    const document = { ...this.#newDocument(notice, channelId, this.#clock.now()), grouped };
    const { told } = document;
    const at = pathOf(digest);
    const isFirst = grouped === members.length;
    const expireAt = Timestamp.fromMillis(Math.round(document.claimedAt + keptMs));
    const state = { status: 'grouped', digestId: notice.eventId, isParked: false } as const;
    try {
      await this.#writes.write({ tenant: notice.tenant, priority: 'background' }, (batch) => {
        if (isFirst) batch.create(at, { ...document, ...soundOf(digest), expireAt });
        else batch.update(at, { grouped, told, ...soundOf(digest) });
        for (const member of members) {
          const { attempts, possibleRepeat } = member;
          batch.update(pathOf(member), { ...state, attempts, possibleRepeat });
        }
      });
    } catch (error) {
      // Its id is that of its first member, which is in no other: then an earlier request has landed.
      if (!isFirst || !isAlreadyExists(error)) throw error;
    }
  }

  async parked(deliveries: readonly Delivery[], dueAt: number): Promise<void> {
    await this.#change(deliveries, { status: 'pending', isParked: true, isHeld: false, dueAt });
  }

  async sent(deliveries: readonly Delivery[], { messageId, sentAt }: Receipt): Promise<void> {
    const [first, ...others] = deliveries;
    const isAlone = first?.notice.event.type === 'PositionOpened' && others.length === 0;
    const alone = isAlone ? { isAlone } : {};
    await this.#change(deliveries, { status: 'sent', isParked: false, messageId, sentAt, ...alone });
  }

  async retrying(deliveries: readonly Delivery[], reason: string): Promise<void> {
    await this.#change(deliveries, { status: 'retrying', reason });
  }

  async dead(deliveries: readonly Delivery[], reason: string): Promise<void> {
    const diedAt = this.#clock.now();
    const kept = { diedAt, expireAt: FieldValue.delete() }; // until somebody has acted on it
    await this.#change(deliveries, { status: 'dead', isParked: false, reason, ...kept });
  }

  async release(deliveries: readonly Delivery[]): Promise<void> {
    const again = {
      status: 'pending',
      isHeld: false,
      dueAt: this.#clock.now(),
    } satisfies Partial<DeliveryDocument>;
    await this.#write(deliveries, (batch, delivery) =>
      delivery.isParked === true ? batch.update(pathOf(delivery), again) : batch.delete(pathOf(delivery)),
    );
  }

  async needless(delivery: Delivery, reason: string): Promise<void> {
    await this.#change([delivery], { status: 'suppressed', isParked: false, reason });
  }

  async #change(deliveries: readonly Delivery[], change: Change): Promise<void> {
    await this.#write(deliveries, (batch, delivery) => {
      const { attempts, possibleRepeat } = delivery;
      batch.update(pathOf(delivery), { ...change, attempts, possibleRepeat });
    });
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

  /** No message has to bring it again: what is not over when this process ends is found by what its document says. */
  #selfTold(event: Notice['event']): Partial<DeliveryDocument> {
    if (event.type !== 'Told') return {};
    return { told: wordsOf(event), ...this.#held() };
  }

  /** Who claims it has it for a while. */
  #held() {
    return { isParked: true, isHeld: true, dueAt: this.#clock.now() + heldMs } as const;
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
      eventType: eventTypeOf(notice),
      subjectId: subjectIdOf(notice),
      status: 'claimed',
      attempts: 0,
      possibleRepeat: false,
      traceId,
      committedAt,
      publishedAt,
      ...(tick === undefined ? {} : { tickReceivedAt: tick.receivedAt }),
      claimedAt: this.#clock.now(),
      ...this.#selfTold(event),
    };
  }
}

function pathOf(delivery: Pick<Delivery, 'notice' | 'channelId' | 'isAmendment'>): string {
  return paths.delivery(delivery.notice.tenant, recordIdOf(delivery), delivery.channelId);
}

function ruledBy(verdict: Verdict): Pick<Delivery, 'grouping' | 'updates'> {
  if (verdict.kind === 'suppress') return {};
  const { grouping, updates } = verdict;
  return { ...(grouping === undefined ? {} : { grouping }), ...(updates === undefined ? {} : { updates }) };
}

function soundOf({ isSilent }: Delivery): { readonly isSilent: boolean } {
  return { isSilent: isSilent === true };
}

function stateOf(verdict: Verdict): Partial<DeliveryDocument> {
  if (verdict.kind === 'suppress') return { status: 'suppressed', rule: verdict.rule, isParked: false };
  const ruled = {
    ...(verdict.isSilent ? { isSilent: true } : {}),
    ...ruledBy(verdict),
  };
  if (verdict.kind === 'send') return ruled;
  return { ...ruled, status: 'pending', isParked: true, isHeld: false, dueAt: verdict.until };
}
