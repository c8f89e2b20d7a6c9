import {
  type ChannelDocument,
  type DeadLetterActionDocument,
  type DeliveryDocument,
  paths,
  queries,
} from '@bellwether/contracts';
import {
  DocumentBatch,
  type Repositories,
  isAlreadyExists,
  isFailedPrecondition,
  readLatest,
  repositoriesOf,
} from '@bellwether/store';
import { FieldValue, type Firestore, Timestamp } from '@google-cloud/firestore';
import { Actions } from './actions.ts';
import { type DeadLetter, type DeadLetterDetails, type DeadLetterId, causeOf, idOf } from './dead-letter.ts';
import { ActionRefused, type By } from './action-refused.ts';

type DeliveryId = DeadLetterId & { readonly source: 'delivery' };
const keptMs = 30 * 24 * 3_600_000;
/** By then every notifier knows of a channel that was added or enabled just now. */
const channelsKeptMs = 2_500;

/** Deliveries that are dead: their documents are where a notifier takes them up again. */
export class DeadDeliveries {
  readonly #firestore: Firestore;
  readonly #repositories: Repositories;
  readonly #actions: Actions;

  constructor(firestore: Firestore) {
    this.#firestore = firestore;
    this.#repositories = repositoriesOf(firestore);
    this.#actions = new Actions(firestore);
  }

  /** The latest of a tenant that nobody has retried or discarded since they died. */
  async list(tenant: string, limit: number): Promise<readonly DeadLetter[]> {
    const documents = await readLatest<DeliveryDocument>(this.#firestore, queries.deadDeliveriesOfTenant, {
      within: paths.deliveries(tenant),
      limit,
    });
    return documents.map((document) => letterOf(tenant, document));
  }

  async read(id: DeliveryId): Promise<DeadLetterDetails | undefined> {
    const stored = await this.#repositories.deliveries.read(pathOf(id));
    if (stored === undefined) return undefined;
    const actions = await this.#actions.of(idOf(id));
    return { ...letterOf(id.tenant, stored.document), content: { ...stored.document }, actions };
  }

  /**
   * Lets a notifier take it up again. What may have been told before says so: its document remembers whether a request may
   * have landed.
   *
   * @param again also what has been sent, which then is a possible repeat in any case.
   * @throws ActionRefused
   */
  async retry(id: DeliveryId, by: By, again = false): Promise<void> {
    const { document, updateTime } = await this.#stored(id);
    const { status } = document;
    if (status !== 'dead' && !(again && (status === 'sent' || status === 'suppressed')))
      throw new ActionRefused(
        status === 'sent' || status === 'suppressed'
          ? `it is ${status}; --again tells it nevertheless${status === 'sent' ? ', marked as a possible repeat' : ''}`
          : `it is under way (${status})`,
      );
    await this.#activeChannel(id.tenant, id.channelId);
    const change = {
      ...dueNow(by.at),
      diedAt: FieldValue.delete(),
      ...(status === 'sent' ? { possibleRepeat: true } : {}),
    };
    await this.#act(id, { ...by, action: 'retried' }, (batch) =>
      batch.update(pathOf(id), change, updateTime),
    );
  }

  /**
   * Tells it on another channel instead, unless that has been told of the event.
   *
   * @throws ActionRefused
   */
  async reroute(id: DeliveryId, channelId: string, by: By): Promise<void> {
    const { document, updateTime } = await this.#stored(id);
    if (document.status !== 'dead') throw new ActionRefused(`it is not dead but ${document.status}`);
    await this.#activeChannel(id.tenant, channelId);
    const { diedAt: _, reason, ...rest } = document;
    const rerouted: DeliveryDocument = {
      ...rest,
      channelId,
      ...dueNow(by.at),
      attempts: 0,
      possibleRepeat: false,
      claimedAt: by.at,
    };
    const change = {
      diedAt: FieldValue.delete(),
      expireAt: Timestamp.fromMillis(by.at + keptMs),
      reason: `${reason ?? 'dead'}; told on ${channelId} instead`,
    };
    const action = {
      ...by,
      action: 'edited',
      before: JSON.stringify({ channelId: id.channelId }),
      after: JSON.stringify({ channelId }),
    } as const;
    await this.#act(id, action, (batch) =>
      batch.update(pathOf(id), change, updateTime).create(pathOf({ ...id, channelId }), rerouted),
    );
  }

  /** It stays dead, and is listed no more. @throws ActionRefused */
  async discard(id: DeliveryId, by: By & { readonly reason: string }): Promise<void> {
    const { document, updateTime } = await this.#stored(id);
    if (document.status !== 'dead' || document.diedAt === undefined)
      throw new ActionRefused(`there is nothing to discard: it is ${document.status}`);
    const change = { diedAt: FieldValue.delete(), expireAt: Timestamp.fromMillis(by.at + keptMs) };
    const action = { ...by, action: 'discarded', before: JSON.stringify(document) } as const;
    await this.#act(id, action, (batch) => batch.update(pathOf(id), change, updateTime));
  }

  /** Changes and record apply together, or not at all. */
  async #act(
    id: DeliveryId,
    action: DeadLetterActionDocument,
    change: (batch: DocumentBatch) => unknown,
  ): Promise<void> {
    const batch = new DocumentBatch(this.#firestore);
    change(batch);
    batch.create(await this.#actions.nextPath(idOf(id)), action);
    try {
      await batch.commit();
    } catch (error) {
      if (isAlreadyExists(error))
        throw new ActionRefused('that channel has been told of the event, or somebody else acted meanwhile');
      if (isFailedPrecondition(error)) throw new ActionRefused('it has changed meanwhile');
      throw error;
    }
  }

  async #stored(id: DeliveryId) {
    const stored = await this.#repositories.deliveries.read(pathOf(id));
    if (stored === undefined) throw new ActionRefused('there is no such delivery');
    return stored;
  }

  async #activeChannel(tenant: string, channelId: string): Promise<void> {
    const stored = await this.#repositories.channels.read(paths.channel(tenant, channelId));
    const status: ChannelDocument['status'] | undefined = stored?.document.status;
    if (status === undefined) throw new ActionRefused(`${tenant} has no channel ${channelId}`);
    if (status !== 'active')
      throw new ActionRefused(`channel ${channelId} is ${status}; \`bellwether channels enable\` is first`);
  }
}

function pathOf({ tenant, eventId, channelId }: DeliveryId): string {
  return paths.delivery(tenant, eventId, channelId);
}

/** As a notifier finds what it is to take up. */
function dueNow(at: number) {
  return {
    status: 'pending',
    isParked: true,
    isHeld: false,
    dueAt: at + channelsKeptMs,
    expireAt: Timestamp.fromMillis(at + keptMs),
  } as const;
}

function letterOf(tenant: string, document: DeliveryDocument): DeadLetter {
  const { eventId, channelId, eventType, subjectId, reason = '', diedAt, claimedAt, status } = document;
  const what = document.isAmendment === true ? `the edit by ${eventType}` : eventType;
  return {
    id: idOf({ source: 'delivery', tenant, eventId, channelId }),
    source: 'delivery',
    state: diedAt !== undefined ? 'dead' : status === 'dead' ? 'discarded' : 'retried',
    reason,
    cause: causeOf(reason),
    about: `${what} of ${subjectId} to ${channelId}`,
    at: diedAt ?? claimedAt,
  };
}
