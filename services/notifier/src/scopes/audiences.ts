import { type UserDocument, paths, queries } from '@bellwether/contracts';
import { buildQuery, repositoriesOf } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import type { Audience } from './scope-notices.ts';

const pageSize = 500;

/** Which tenants are told of what happens to a scope, by what is stored now. */
export class Audiences {
  readonly #firestore: Firestore;
  readonly #operators: string;

  /** @param operators the tenant whose channels are the operators' own. */
  constructor(firestore: Firestore, operators: string) {
    this.#firestore = firestore;
    this.#operators = operators;
  }

  async *of(audience: Audience): AsyncGenerator<string, void> {
    switch (audience.kind) {
      case 'operators':
        yield this.#operators;
        return;
      case 'account': {
        const tenant = await this.#tenantOf(audience.accountId);
        if (tenant !== undefined) yield tenant;
        return;
      }
      case 'scope':
        if (audience.scope.kind === 'system') yield* this.#everyone();
        else yield audience.scope.tenant;
        return;
      case 'symbols':
        yield this.#operators;
        for await (const tenant of this.#everyone())
          if (tenant !== this.#operators && (await this.#isConcerned(tenant, audience.symbols))) yield tenant;
    }
  }

  async #tenantOf(accountId: string): Promise<string | undefined> {
    const uid = accountId.slice(0, accountId.indexOf('.'));
    const found = await repositoriesOf(this.#firestore).users.read(paths.user(uid));
    const user: UserDocument | undefined = found?.document;
    return user?.tenantId;
  }

  /** Every tenant, the operators among them whether or not they trade. */
  async *#everyone(): AsyncGenerator<string, void> {
    let hasOperators = false;
    const ordered = this.#firestore.collection(paths.tenants()).orderBy('__name__').limit(pageSize);
    for (let page = await ordered.get(); ;) {
      for (const { id } of page.docs) {
        hasOperators ||= id === this.#operators;
        yield id;
      }
      const last = page.docs.at(-1);
      if (last === undefined || page.size < pageSize) break;
      page = await ordered.startAfter(last).get();
    }
    if (!hasOperators) yield this.#operators;
  }

  /** Whether the tenant has anything open or armed in one of the symbols. Costs two reads for each. */
  async #isConcerned(tenant: string, symbols: readonly string[]): Promise<boolean> {
    for (const symbol of symbols) {
      const values = { tenantId: tenant, symbol };
      const found = await Promise.all([
        buildQuery(this.#firestore, queries.openPositionsOfSymbol, {
          values: { ...values, 'details.status': 'open' },
          limit: 1,
        }).get(),
        buildQuery(this.#firestore, queries.activeTriggersOfSymbol, {
          values: { ...values, 'details.status': 'active' },
          limit: 1,
        }).get(),
      ]);
      if (found.some(({ empty }) => !empty)) return true;
    }
    return false;
  }
}
