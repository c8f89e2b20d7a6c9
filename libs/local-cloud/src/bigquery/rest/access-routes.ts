import { notFound } from '../errors.ts';
import { listOf, objectOf } from '../json.ts';
import type { Store } from '../store/store.ts';
import type { Route } from './route.ts';

/** IAM of tables: policies are kept while the server runs and guard nothing; every permission is granted. */
export function accessRoutes(store: Store): Route[] {
  const policies = new Map<string, object>();
  return [
    {
      method: 'POST',
      pattern: '/projects/{project}/datasets/{dataset}/tables/{table}',
      handle: ({ path, body }) => {
        const [table = '', verb] = path('table').split(':');
        const reference = { project: path('project'), dataset: path('dataset'), table };
        store.catalogue.table(reference);
        const key = JSON.stringify(reference);
        const none = { version: 1, etag: 'ACAB', bindings: [] };
        if (verb === 'getIamPolicy') return policies.get(key) ?? none;
        if (verb === 'testIamPermissions') return { permissions: listOf(body['permissions']) };
        if (verb !== 'setIamPolicy') throw notFound(`Method ${verb ?? ''}`);
        const policy = { ...none, ...objectOf(body['policy']) };
        policies.set(key, policy);
        return policy;
      },
    },
  ];
}
