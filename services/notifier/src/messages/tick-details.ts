import { type Notice, latenessMsOf } from '../notices/notice.ts';
import type { Detail } from './description.ts';
import { utc } from './wording.ts';

/** When the deciding tick was, and by how much it was judged late. */
export function tickDetails(notice: Notice, exchangeAt: number): readonly Detail[] {
  const latenessMs = latenessMsOf(notice);
  const late = latenessMs === undefined ? [] : [['Late', `by ${(latenessMs / 1_000).toFixed(1)} s`] as const];
  return [['Tick', utc(exchangeAt)], ...late];
}
