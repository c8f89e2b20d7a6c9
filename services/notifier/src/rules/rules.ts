import { paths } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import * as z from 'zod';
import { type AlertRule, StoredRule } from './alert-rule.ts';

/** How long a list is used before it is read again: a changed rule counts after that. */
const keptMs = 2_000;
const maxTenants = 10_000;

interface Kept {
  readonly readAt: number;
  readonly list: Promise<readonly AlertRule[]>;
}

/** The rules of tenants, as their documents say; kept in memory for two seconds. */
export class Rules {
  readonly #firestore: Firestore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lists = new Map<string, Kept>();

  constructor(firestore: Firestore, clock: Clock, logger: Logger) {
    this.#firestore = firestore;
    this.#clock = clock;
    this.#logger = logger;
  }

  async of(tenant: string): Promise<readonly AlertRule[]> {
    const now = this.#clock.now();
    const kept = this.#lists.get(tenant);
    if (kept !== undefined && now - kept.readAt < keptMs) return kept.list;
    if (this.#lists.size >= maxTenants) this.#lists.clear();
    const list = this.#read(tenant);
    this.#lists.set(tenant, { readAt: now, list });
    list.catch(() => this.#lists.delete(tenant)); // whoever awaits it learns why
    return list;
  }

  /** What is no rule is passed over: rather an alert too many than one that nobody gets. */
  async #read(tenant: string): Promise<readonly AlertRule[]> {
    const { docs } = await this.#firestore.collection(paths.rules(tenant)).get();
    return docs.flatMap((document) => {
      const { id } = document;
      const parsed = StoredRule.safeParse(document.data());
      if (parsed.success) return { id, ...parsed.data };
      this.#logger.warn(
        { tenant, rule: id, reason: z.prettifyError(parsed.error) },
        'not a rule; it is passed over',
      );
      return [];
    });
  }
}
