import { type Topology, paths } from '@bellwether/contracts';
import type { Firestore } from '@google-cloud/firestore';
import type { PubSub } from '@google-cloud/pubsub';
import { InputError } from '../input-error.ts';
import { ActionRefused, type By } from './action-refused.ts';
import { type Collected, collectDeadMessages } from './collect-dead-messages.ts';
import { DeadDeliveries } from './dead-deliveries.ts';
import { type DeadLetter, type DeadLetterDetails, parseId } from './dead-letter.ts';
import { DeadMessages, type MessageEdit } from './dead-messages.ts';

/** Which dead letters: those of a tenant alone, and of a cause alone. */
export interface Selection {
  /** Its deliveries; messages are no tenant's. */
  readonly tenant?: string;
  readonly cause?: string;
  readonly limit: number;
  /** Also messages that somebody has acted on. */
  readonly acted?: boolean;
}

/** One of what is dead, or of what it was to become of it. */
export type DeadLetterEdit = MessageEdit & { readonly channel?: string };

/** Everything that ended without effect: deliveries, quarantine and dead-letter topics. */
export class DeadLetters {
  readonly #firestore: Firestore;
  readonly #pubsub: PubSub;
  readonly #topology: Topology;
  readonly #deliveries: DeadDeliveries;
  readonly #messages: DeadMessages;

  constructor(firestore: Firestore, pubsub: PubSub, topology: Topology) {
    this.#firestore = firestore;
    this.#pubsub = pubsub;
    this.#topology = topology;
    this.#deliveries = new DeadDeliveries(firestore);
    this.#messages = new DeadMessages(firestore, pubsub, topology);
  }

  /** Moves what is in dead-letter topics into quarantine. To be called before anything is listed. */
  async collect(): Promise<Collected> {
    return collectDeadMessages(this.#pubsub, this.#firestore, this.#topology);
  }

  /** The latest first. */
  async list({ tenant, cause, limit, acted = false }: Selection): Promise<readonly DeadLetter[]> {
    // a cause is looked for in all of them
    const most = cause === undefined ? limit : Number.MAX_SAFE_INTEGER;
    const tenants = tenant === undefined ? await this.#tenants() : [tenant];
    const found: DeadLetter[] = tenant === undefined ? [...(await this.#messages.list(most, acted))] : [];
    for (const each of tenants)
      found.push(...(await this.#deliveries.list(each, Math.min(most, mostDeliveries))));
    return found
      .filter((letter) => cause === undefined || letter.cause === cause)
      .toSorted((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  /** @throws InputError where there is none. */
  async read(id: string): Promise<DeadLetterDetails> {
    const parsed = parseId(id);
    const found =
      parsed.source === 'delivery' ? await this.#deliveries.read(parsed) : await this.#messages.read(parsed);
    if (found === undefined) throw new InputError(`${id}: there is no such dead letter`);
    return found;
  }

  /** @throws ActionRefused */
  async retry(id: string, by: By, again = false): Promise<void> {
    const parsed = parseId(id);
    if (parsed.source === 'delivery') await this.#deliveries.retry(parsed, by, again);
    else await this.#messages.retry(parsed, by);
  }

  /** @throws ActionRefused */
  async edit(id: string, { channel, ...edit }: DeadLetterEdit, by: By): Promise<void> {
    const parsed = parseId(id);
    const isEmpty = edit.data === undefined && edit.attributes === undefined;
    if (parsed.source === 'delivery') {
      if (channel === undefined || !isEmpty)
        throw new ActionRefused('what a delivery says is in the journal: only --channel can be another');
      await this.#deliveries.reroute(parsed, channel, by);
    } else {
      if (channel !== undefined || isEmpty)
        throw new ActionRefused('of a message --data or --attribute can be another');
      await this.#messages.retry(parsed, by, edit);
    }
  }

  /** @throws ActionRefused */
  async discard(id: string, by: By & { readonly reason: string }): Promise<void> {
    const parsed = parseId(id);
    if (parsed.source === 'delivery') await this.#deliveries.discard(parsed, by);
    else await this.#messages.discard(parsed, by);
  }

  async #tenants(): Promise<readonly string[]> {
    const { docs } = await this.#firestore.collection(paths.tenants()).get();
    return docs.map(({ id }) => id);
  }
}

/** Of one tenant, looked at together. */
const mostDeliveries = 5_000;
