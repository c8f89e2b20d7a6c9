import { invalidQuery } from '../errors.ts';
import { objectOf } from '../json.ts';

/** DuckDB's first line, without the kind of error that it puts in front. */
export function toQueryError(error: unknown): unknown {
  // Not instanceof: the native module makes its errors in a realm of their own under Jest.
  const message = String(objectOf(error)['message']);
  const match = /^(?:Binder|Conversion|Invalid Input|Out of Range|Parser|Catalog) Error: (.*)/.exec(message);
  return match === null ? error : invalidQuery(match[1] ?? '');
}
