import { setTimeout as sleep } from 'node:timers/promises';

import { toFieldSchema } from '../catalogue/column.ts';
import { invalid } from '../errors.ts';
import { columnOfType } from '../sql/type.ts';
import { toJsonRow } from '../values/json-answer.ts';
import type { TimestampFormat } from '../values/json-answer.ts';
import type { Job, JobOutcome } from './jobs.ts';
import { pageRows } from './page.ts';
import type { Page } from './page.ts';

/** How long an answer waits for its query when the request does not say. */
const defaultTimeoutMs = 10_000;

/** The rows of a finished query, or `jobComplete: false` when it takes longer than the request waits. */
export async function answer(
  job: Job,
  page: Page,
  timestamps: TimestampFormat,
  timeoutMs: unknown,
): Promise<object> {
  const reference = { projectId: job.project, jobId: job.id, location: job.location };
  const head = { kind: 'bigquery#getQueryResultsResponse', jobReference: reference, cacheHit: false };
  if (job.plan !== undefined && job.plan.jobType !== 'QUERY') {
    throw invalid(`Cannot retrieve query results from a ${job.plan.jobType.toLowerCase()} job`);
  }
  const fields = (job.plan?.columns ?? []).map(({ name, type }) => columnOfType(name, type));
  const schema = { fields: fields.map(toFieldSchema) };
  if (job.outcome === undefined) {
    return { ...head, jobComplete: true, schema, totalRows: '0', totalBytesProcessed: '0' };
  }
  const outcome = await within(job.outcome, Number(timeoutMs ?? defaultTimeoutMs));
  if (outcome === undefined) return { ...head, jobComplete: false };
  const { rows: result, affectedRows } = outcome;
  const done = { ...head, jobComplete: true, totalBytesProcessed: '0' };
  if (result === undefined) {
    return {
      ...done,
      totalRows: '0',
      ...(affectedRows !== undefined && { schema: { fields: [] }, numDmlAffectedRows: String(affectedRows) }),
    };
  }
  const rows = result.rows(page.start, page.size).map((cells) => toJsonRow(fields, cells, timestamps));
  return { ...done, schema, totalRows: String(result.rowCount), ...pageRows(rows, page, result.rowCount) };
}

async function within(outcome: Promise<JobOutcome>, timeoutMs: number): Promise<JobOutcome | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([outcome, sleep(timeoutMs, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
