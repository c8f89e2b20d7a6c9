import { createHash } from 'node:crypto';

import { BigQueryError } from '../errors.ts';
import type { RestRequest } from './route.ts';

/** Changes whenever what it is made of does. */
export const etagOf = (resource: object): string =>
  createHash('sha1').update(JSON.stringify(resource)).digest('base64url');

/** Refuses a change whose `If-Match` names another version. */
export function requireMatch({ header }: RestRequest, current: string): void {
  const wanted = header('if-match');
  if (wanted !== undefined && wanted !== '*' && wanted !== current) {
    throw new BigQueryError(412, 'conditionNotMet', 'Precondition check failed.', 'If-Match');
  }
}
