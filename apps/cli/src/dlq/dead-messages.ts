import {
  type DeadLetterActionDocument,
  type QuarantineDocument,
  type Topology,
  paths,
} from '@bellwether/contracts';
import { type Repositories, readDocument, repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { PubSub } from '@google-cloud/pubsub';
import { Actions, recorded } from './actions.ts';
import { type DeadLetter, type DeadLetterDetails, type DeadLetterId, causeOf, idOf } from './dead-letter.ts';
import { ActionRefused, type By } from './action-refused.ts';

type MessageId = DeadLetterId & { readonly source: 'message' };

/** What is published in the place of a message. */
export interface MessageEdit {
  readonly data?: Buffer;
  /** Added to those that it has, or in their place. */
  readonly attributes?: Readonly<Record<string, string>>;
}

const pageSize = 300;

/** Messages in quarantine. Their documents never change: what was done to them stands beside them. */
export class DeadMessages {
  readonly #firestore: Firestore;
  readonly #quarantine: Repositories['quarantine'];
  readonly #actions: Actions;
  readonly #pubsub: PubSub;
  readonly #topology: Topology;

  constructor(firestore: Firestore, pubsub: PubSub, topology: Topology) {
    this.#firestore = firestore;
    this.#quarantine = repositoriesOf(firestore).quarantine;
    this.#actions = new Actions(firestore);
    this.#pubsub = pubsub;
    this.#topology = topology;
  }

  /** @param acted also those that somebody has retried or discarded. */
  async list(limit: number, acted: boolean): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = [];
    for await (const page of this.#pages()) {
      const last = await this.#actions.lastOf(page.map(({ id }) => id));
      const letters = page.map(({ id, document }) => letterOf(id, document, last.get(id)));
      found.push(...letters.filter(({ state }) => acted || state === 'dead'));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  async read(id: MessageId): Promise<DeadLetterDetails | undefined> {
    const document = await this.#stored(id);
    if (document === undefined) return undefined;
    const actions = await this.#actions.of(idOf(id));
    const { consumer, attributes, data, isCut } = document;
    const content = { consumer, attributes, data: textOf(data), isCut };
    return { ...letterOf(idOf(id), document, actions.at(-1)), content, actions };
  }

  /**
   * Publishes it once more to its topic, as it was or as it is given. Every consumer of the topic gets it; those that have
   * processed it know by what it says, and do nothing.
   *
   * @throws ActionRefused
   */
  async retry(id: MessageId, by: By, edit: MessageEdit = {}): Promise<void> {
    const document = await this.#required(id);
    const topic = this.#topicOf(document);
    const isEdited = edit.data !== undefined || edit.attributes !== undefined;
    if (document.isCut && edit.data === undefined)
      throw new ActionRefused('only the beginning of its data is kept; --data gives all of it');
    const data = edit.data ?? Buffer.from(document.data);
    const attributes = { ...document.attributes, ...edit.attributes };
    await this.#pubsub.topic(topic).publishMessage({ data, attributes });
    const before = { attributes: document.attributes, data: textOf(document.data) };
    const after = { attributes, data: textOf(data) };
    await this.#actions.record(idOf(id), {
      ...by,
      action: isEdited ? 'edited' : 'retried',
      ...(isEdited
        ? { before: recorded(JSON.stringify(before)), after: recorded(JSON.stringify(after)) }
        : {}),
    });
  }

  /** It stays in quarantine, and is listed no more. @throws ActionRefused */
  async discard(id: MessageId, by: By & { readonly reason: string }): Promise<void> {
    await this.#required(id);
    await this.#actions.record(idOf(id), { ...by, action: 'discarded' });
  }

  async *#pages(): AsyncGenerator<readonly { readonly id: string; readonly document: QuarantineDocument }[]> {
    const all = this.#firestore.collection(paths.quarantined()).limit(pageSize);
    for (let page = await all.get(); ;) {
      yield page.docs.flatMap((snapshot) => {
        const document = readDocument<QuarantineDocument>(snapshot);
        return document === undefined ? [] : { id: `message:${snapshot.id}`, document };
      });
      const last = page.docs.at(-1);
      if (last === undefined || page.size < pageSize) return;
      page = await all.startAfter(last).get();
    }
  }

  async #stored({ consumer, messageId }: MessageId): Promise<QuarantineDocument | undefined> {
    return (await this.#quarantine.read(paths.quarantine(consumer, messageId)))?.document;
  }

  async #required(id: MessageId): Promise<QuarantineDocument> {
    const document = await this.#stored(id);
    if (document === undefined) throw new ActionRefused('there is no such message in quarantine');
    return document;
  }

  #topicOf({ consumer }: QuarantineDocument): string {
    const found = this.#topology.subscriptions.find(({ name }) => name === consumer);
    if (found === undefined) throw new ActionRefused(`there is no consumer ${consumer}`);
    if (found.deadLetterTopic === undefined)
      throw new ActionRefused('frames are taken in their order alone: it can be discarded, not retried');
    return found.topic;
  }
}

function letterOf(
  id: string,
  { consumer, reason, attributes, publishedAt }: QuarantineDocument,
  last: DeadLetterActionDocument | undefined,
): DeadLetter {
  return {
    id,
    source: 'message',
    state: last === undefined ? 'dead' : last.action === 'discarded' ? 'discarded' : 'retried',
    reason,
    cause: `${consumer}: ${causeOf(reason)}`,
    about: attributes['ce-type'] ?? attributes['type'] ?? 'a message',
    at: publishedAt,
  };
}

/** JSON and other text as it is, all else in base64. */
function textOf(data: Uint8Array): string {
  const text = Buffer.from(data).toString('utf8');
  return text.includes('\uFFFD') ? `base64:${Buffer.from(data).toString('base64')}` : text;
}
