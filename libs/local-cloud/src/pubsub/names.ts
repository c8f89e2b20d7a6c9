import { invalid } from './status.ts';

const resourceId = /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/;

/** Throws INVALID_ARGUMENT unless `name` is `projects/{project}/{collection}/{id}` with an id that production takes. */
export function checkName(
  name: string | null | undefined,
  collection: 'topics' | 'subscriptions' | 'snapshots' | 'schemas',
): string {
  const [projects, project, found, id, ...rest] = (name ?? '').split('/');
  const isValid = projects === 'projects' && project && found === collection && resourceId.test(id ?? '');
  if (!name || !isValid || rest.length > 0) {
    throw invalid(
      `Invalid resource name given (name=${name ?? ''}). Refer to https://cloud.google.com/pubsub/docs/admin#resource_names for more information.`,
    );
  }
  return name;
}

/** One page of the names under `prefix`, in their order; a page token is the last name of the page before. */
export function pageOfNames(
  names: Iterable<string>,
  prefix: string,
  request: { pageSize?: number | null; pageToken?: string | null },
): { page: string[]; nextPageToken: string } {
  const after = request.pageToken ?? '';
  const rest = [...names].filter((name) => name.startsWith(prefix) && name > after).toSorted();
  const page = rest.slice(0, request.pageSize || defaultPageSize);
  return { page, nextPageToken: rest.length > page.length ? (page.at(-1) ?? '') : '' };
}

const defaultPageSize = 1000;
