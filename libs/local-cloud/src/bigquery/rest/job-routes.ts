import { setTimeout as sleep } from 'node:timers/promises';

import { toFieldSchema } from '../catalogue/column.ts';
import type { Column } from '../catalogue/column.ts';
import { invalid } from '../errors.ts';
import { isObject, objectOf, textOf } from '../json.ts';
import type { QueryResult } from '../store/query-result.ts';
import { timestampFormatOf, toJsonRow } from '../values/json-answer.ts';
import type { TimestampFormat } from '../values/json-answer.ts';
import { pageRows, readPage } from './page.ts';
import type { Page } from './page.ts';
import type { QueryJob, QueryJobs } from './query-jobs.ts';
import { pageOf } from './route.ts';
import type { RestRequest, Route } from './route.ts';

/** How long an answer waits for its query when the request does not say. */
const defaultTimeoutMs = 10_000;

export function jobRoutes(jobs: QueryJobs): Route[] {
  const one = '/projects/{project}/jobs/{job}';
  const find = ({ path, query }: RestRequest): QueryJob =>
    jobs.find(path('project'), path('job'), query.get('location'));
  return [
    { method: 'POST', pattern: '/projects/{project}/queries', handle: (request) => runQuery(request, jobs) },
    {
      method: 'GET',
      pattern: '/projects/{project}/queries/{job}',
      handle: (request) => {
        const { query } = request;
        const timestamps = timestampFormatOf(
          query.get('formatOptions.useInt64Timestamp'),
          query.get('formatOptions.timestampOutputFormat'),
        );
        return answer(find(request), readPage(query), timestamps, query.get('timeoutMs'));
      },
    },
    { method: 'POST', pattern: '/projects/{project}/jobs', handle: (request) => insertJob(request, jobs) },
    {
      method: 'GET',
      pattern: '/projects/{project}/jobs',
      handle: ({ path, query }) => {
        const { items, nextPageToken } = pageOf(jobs.list(path('project')).toReversed(), query);
        return { kind: 'bigquery#jobList', jobs: items.map(toResource), nextPageToken };
      },
    },
    { method: 'GET', pattern: one, handle: (request) => toResource(find(request)) },
    {
      method: 'POST',
      pattern: `${one}/cancel`,
      handle: (request) => ({ kind: 'bigquery#jobCancelResponse', job: toResource(find(request)) }),
    },
    {
      method: 'DELETE',
      pattern: `${one}/delete`,
      handle: (request) => {
        jobs.remove(find(request));
        return undefined;
      },
    },
  ];
}

async function runQuery({ path, body }: RestRequest, jobs: QueryJobs): Promise<object> {
  const { location, formatOptions, maxResults, timeoutMs } = body;
  const job = await jobs.start({
    project: path('project'),
    ...(typeof location === 'string' && { location }),
    dryRun: body['dryRun'] === true,
    configuration: {
      jobType: 'QUERY',
      query: { query: body['query'], useLegacySql: false },
      labels: body['labels'],
    },
    query: body,
  });
  const format = objectOf(formatOptions);
  const page = readPage(
    new URLSearchParams(maxResults == null ? {} : { maxResults: JSON.stringify(maxResults) }),
  );
  const timestamps = timestampFormatOf(format['useInt64Timestamp'], format['timestampOutputFormat']);
  const shown = await answer(job, page, timestamps, timeoutMs);
  return { ...shown, kind: 'bigquery#queryResponse' };
}

async function insertJob({ path, body }: RestRequest, jobs: QueryJobs): Promise<object> {
  const configuration = objectOf(body['configuration']);
  const { query } = configuration;
  if (!isObject(query)) throw invalid('The local BigQuery runs query jobs only');
  const reference = objectOf(body['jobReference']);
  const [jobId, location] = [textOf(reference['jobId']), textOf(reference['location'])];
  const job = await jobs.start({
    project: path('project'),
    ...(jobId !== undefined && { jobId }),
    ...(location !== undefined && { location }),
    dryRun: configuration['dryRun'] === true,
    configuration: { jobType: 'QUERY', ...configuration },
    query,
  });
  return toResource(job);
}

const fieldsOf = ({ columns }: QueryJob): Column[] =>
  columns.map(({ name, type }) => ({ name, type: type.base, mode: type.isArray ? 'REPEATED' : 'NULLABLE' }));

/** The rows of a finished query, or `jobComplete: false` when it takes longer than the request waits. */
async function answer(
  job: QueryJob,
  page: Page,
  timestamps: TimestampFormat,
  timeoutMs: unknown,
): Promise<object> {
  const reference = { projectId: job.project, jobId: job.id, location: job.location };
  const head = { kind: 'bigquery#getQueryResultsResponse', jobReference: reference, cacheHit: false };
  const fields = fieldsOf(job);
  const schema = { fields: fields.map(toFieldSchema) };
  if (job.result === undefined) {
    return { ...head, jobComplete: true, schema, totalRows: '0', totalBytesProcessed: '0' };
  }
  const result = await within(job.result, Number(timeoutMs ?? defaultTimeoutMs));
  if (result === undefined) return { ...head, jobComplete: false };
  const rows = result.rows(page.start, page.size).map((cells) => toJsonRow(fields, cells, timestamps));
  return {
    ...head,
    jobComplete: true,
    schema,
    totalRows: String(result.rowCount),
    totalBytesProcessed: '0',
    ...pageRows(rows, page, result.rowCount),
  };
}

async function within(result: Promise<QueryResult>, timeoutMs: number): Promise<QueryResult | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([result, sleep(timeoutMs, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

function toResource(job: QueryJob): object {
  const { project, id, location, configuration, createdAtMs, endedAtMs, error } = job;
  const isDone = endedAtMs !== undefined || job.result === undefined;
  const problem = error && { reason: error.reason, message: error.message, location: error.location };
  return {
    kind: 'bigquery#job',
    id: `${project}:${location}.${id}`,
    jobReference: { projectId: project, jobId: id, location },
    configuration,
    status: {
      state: isDone ? 'DONE' : 'RUNNING',
      ...(problem && { errorResult: problem, errors: [problem] }),
    },
    statistics: {
      creationTime: String(createdAtMs),
      startTime: String(createdAtMs),
      ...(isDone && { endTime: String(endedAtMs ?? createdAtMs) }),
      totalBytesProcessed: '0',
      query: {
        statementType: 'SELECT',
        totalBytesProcessed: '0',
        cacheHit: false,
        ...(job.result === undefined && { schema: { fields: fieldsOf(job).map(toFieldSchema) } }),
      },
    },
  };
}
