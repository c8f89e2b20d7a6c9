import { paths, problemsOf } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@google-cloud/firestore';
import { TenantLists } from '../tenants/tenant-lists.ts';
import { type AlertRule, StoredRule } from './alert-rule.ts';

/** The rules of tenants, as their documents say; kept in memory for two seconds. */
export class Rules {
  readonly #firestore: Firestore;
  readonly #logger: Logger;
  readonly #lists: TenantLists<AlertRule>;

  constructor(firestore: Firestore, clock: Clock, logger: Logger) {
    this.#firestore = firestore;
    this.#logger = logger;
    this.#lists = new TenantLists(clock, async (tenant) => this.#read(tenant));
  }

  async of(tenant: string): Promise<readonly AlertRule[]> {
    return this.#lists.of(tenant);
  }

  /** What is no rule is passed over: rather an alert too many than one that nobody gets. */
  async #read(tenant: string): Promise<readonly AlertRule[]> {
    const { docs } = await this.#firestore.collection(paths.rules(tenant)).get();
    return docs.flatMap((document) => {
      const { id } = document;
      const parsed = StoredRule.safeParse(document.data());
      if (parsed.success) return { id, ...parsed.data };
      this.#logger.warn(
        { tenant, rule: id, reason: problemsOf(parsed.error) },
        'not a rule; it is passed over',
      );
      return [];
    });
  }
}
