import { type TemplateDocument, paths } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import type { Delivery } from '../deliveries/delivery.ts';
import { eventTypeOf } from '../notices/notice.ts';
import { valuesOf } from './placeholders.ts';
import { faultOf, fill } from './template.ts';

/** How long templates are used before they are read again. */
const keptMs = 10_000;
const maxTenants = 10_000;

interface Kept {
  readonly readAt: number;
  readonly texts: Promise<ReadonlyMap<string, string>>;
}

/** The templates of tenants, as their documents say; kept in memory for ten seconds. */
export class Templates {
  readonly #firestore: Firestore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #kept = new Map<string, Kept>();

  constructor(firestore: Firestore, clock: Clock, logger: Logger) {
    this.#firestore = firestore;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The delivery with the text that its tenant's template makes; as it is where there is none, or it cannot be read. */
  async applied(delivery: Delivery): Promise<Delivery> {
    const { notice } = delivery;
    try {
      const text = (await this.#of(notice.tenant)).get(eventTypeOf(notice));
      return text === undefined ? delivery : { ...delivery, text: fill(text, valuesOf(notice)) };
    } catch (error) {
      const { tenant, eventId } = notice;
      this.#logger.warn({ err: error, tenant, eventId }, 'templates cannot be read; the usual text is sent');
      return delivery;
    }
  }

  async #of(tenant: string): Promise<ReadonlyMap<string, string>> {
    const now = this.#clock.now();
    const kept = this.#kept.get(tenant);
    if (kept !== undefined && now - kept.readAt < keptMs) return kept.texts;
    if (this.#kept.size >= maxTenants) this.#kept.clear();
    const texts = this.#read(tenant);
    this.#kept.set(tenant, { readAt: now, texts });
    texts.catch(() => this.#kept.delete(tenant)); // whoever awaits it learns why
    return texts;
  }

  /** What is no template is passed over: the usual text says as much. */
  async #read(tenant: string): Promise<ReadonlyMap<string, string>> {
    const { docs } = await this.#firestore.collection(paths.templates(tenant)).get();
    const texts = new Map<string, string>();
    for (const document of docs) {
      const { id } = document;
      const reason = faultOf(id, document.data());
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is without fault
      if (reason === undefined) texts.set(id, (document.data() as TemplateDocument).text);
      else this.#logger.warn({ tenant, template: id, reason }, 'not a template; the usual text is sent');
    }
    return texts;
  }
}
