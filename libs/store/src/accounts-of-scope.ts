import { type AccountDocument, type ScopeRef, paths, queries } from '@bellwether/contracts';
import type { Firestore, Query, QueryDocumentSnapshot } from '@google-cloud/firestore';
import { buildQuery } from './queries/build-query.ts';
import { readAccount } from './read-document.ts';

const pageSize = 500;

/** Every account of a scope, in no order that means anything. Costs a read for each, and one for each tenant of the system. */
export async function* accountsOfScope(
  firestore: Firestore,
  scope: ScopeRef,
): AsyncGenerator<AccountDocument, void> {
  switch (scope.kind) {
    case 'user':
      for await (const found of inPages(
        firestore.collection(paths.accounts(scope.uid)).orderBy('__name__'),
      )) {
        const account = readAccount(found);
        if (account?.tenantId === scope.tenant) yield account;
      }
      return;
    case 'tenant': {
      const values = { tenantId: scope.tenant };
      for await (const found of inPages(buildQuery(firestore, queries.accountsOfTenant, { values }))) {
        const account = readAccount(found);
        if (account !== undefined) yield account;
      }
      return;
    }
    case 'system':
      for await (const { id: tenant } of inPages(firestore.collection(paths.tenants()).orderBy('__name__')))
        yield* accountsOfScope(firestore, { kind: 'tenant', tenant });
  }
}

async function* inPages(query: Query): AsyncGenerator<QueryDocumentSnapshot, void> {
  let page = await query.limit(pageSize).get();
  for (;;) {
    yield* page.docs;
    const last = page.docs.at(-1);
    if (last === undefined || page.size < pageSize) return;
    page = await query.startAfter(last).limit(pageSize).get();
  }
}
