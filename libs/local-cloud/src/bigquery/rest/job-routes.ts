import { toFieldSchema } from '../catalogue/column.ts';
import { invalid } from '../errors.ts';
import { isObject, objectOf, textOf } from '../json.ts';
import { columnOfType } from '../sql/type.ts';
import type { Objects } from '../objects/objects.ts';
import type { Store } from '../store/store.ts';
import { timestampFormatOf } from '../values/json-answer.ts';
import { planCopy } from './copy-plan.ts';
import { planExtract } from './extract-plan.ts';
import type { Job, JobPlan, Jobs } from './jobs.ts';
import { planLoad } from './load-plan.ts';
import { readPage } from './page.ts';
import { answer } from './query-answer.ts';
import { planQuery } from './query-plan.ts';
import { pageOf } from './route.ts';
import type { RestRequest, Route } from './route.ts';

export function jobRoutes(store: Store, jobs: Jobs, objects: Objects): Route[] {
  const all = '/projects/{project}/jobs';
  const one = `${all}/{job}`;
  const find = ({ path, query }: RestRequest): Job =>
    jobs.find(path('project'), path('job'), query.get('location'));
  const insert = (request: RestRequest): Promise<object> => insertJob(request, store, jobs, objects);
  return [
    {
      method: 'POST',
      pattern: '/projects/{project}/queries',
      handle: (request) => runQuery(request, store, jobs),
    },
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
    { method: 'POST', pattern: all, handle: insert },
    { method: 'POST', pattern: `/upload${all}`, handle: insert },
    {
      method: 'GET',
      pattern: all,
      handle: ({ path, query }) => {
        const [least, most] = [query.get('minCreationTime'), query.get('maxCreationTime')];
        const listed = jobs
          .list(path('project'))
          .filter(
            ({ createdAtMs }) => createdAtMs >= Number(least ?? 0) && createdAtMs <= Number(most ?? Infinity),
          )
          .toReversed();
        const { items, nextPageToken } = pageOf(listed, query);
        return { kind: 'bigquery#jobList', jobs: items.map(toListed), nextPageToken };
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
        return {};
      },
    },
  ];
}

async function runQuery({ path, body }: RestRequest, store: Store, jobs: Jobs): Promise<object> {
  const { formatOptions, maxResults, timeoutMs } = body;
  const location = textOf(body['location']);
  const project = path('project');
  const job = await jobs.start({
    project,
    location,
    dryRun: body['dryRun'] === true,
    keepsRefusal: false,
    configuration: {
      jobType: 'QUERY',
      query: { query: body['query'], useLegacySql: false },
      labels: body['labels'],
    },
    plan: (nowMicros) => planQuery(store, project, body, location, nowMicros),
  });
  const format = objectOf(formatOptions);
  const page = readPage(
    new URLSearchParams(maxResults == null ? {} : { maxResults: JSON.stringify(maxResults) }),
  );
  const timestamps = timestampFormatOf(format['useInt64Timestamp'], format['timestampOutputFormat']);
  const shown = await answer(job, page, timestamps, timeoutMs);
  return { ...shown, kind: 'bigquery#queryResponse', queryId: job.id };
}

async function insertJob(request: RestRequest, store: Store, jobs: Jobs, objects: Objects): Promise<object> {
  const { path, body } = request;
  const project = path('project');
  const configuration = objectOf(body['configuration']);
  const reference = objectOf(body['jobReference']);
  const location = textOf(reference['location']);
  const job = await jobs.start({
    project,
    jobId: textOf(reference['jobId']),
    location,
    dryRun: configuration['dryRun'] === true,
    keepsRefusal: !('extract' in configuration),
    configuration: { jobType: jobTypeOf(configuration), ...configuration },
    plan: async (nowMicros): Promise<JobPlan> => {
      const { query, load, copy, extract } = configuration;
      if (isObject(query)) return planQuery(store, project, query, location, nowMicros);
      if (isObject(load)) return planLoad(store, objects, project, load, request.media, nowMicros);
      if (isObject(copy)) return planCopy(store, project, copy, location, nowMicros);
      if (isObject(extract)) return planExtract(store, objects, project, extract, location);
      throw invalid('Required parameter is missing: a query, load, copy or extract configuration');
    },
  });
  return toResource(job);
}

const jobTypeOf = (configuration: object): string =>
  ['query', 'load', 'copy', 'extract'].find((type) => type in configuration)?.toUpperCase() ?? 'UNKNOWN';

function toListed(job: Job): object {
  const resource = toResource(job);
  const { state, errorResult } = resource.status;
  return { ...resource, state, ...(errorResult !== undefined && { errorResult }) };
}

function toResource(job: Job) {
  const { project, id, location, configuration, plan, createdAtMs, endedAtMs, error, finished } = job;
  const problem = error && { reason: error.reason, message: error.message, location: error.location };
  const schema = {
    fields: (plan?.columns ?? []).map(({ name, type }) => toFieldSchema(columnOfType(name, type))),
  };
  const ofType = finished?.statistics;
  return {
    kind: 'bigquery#job',
    id: `${project}:${location}.${id}`,
    jobReference: { projectId: project, jobId: id, location },
    configuration,
    status: {
      state: endedAtMs === undefined ? 'RUNNING' : 'DONE',
      errorResult: problem,
      errors: problem && [problem],
    },
    statistics: {
      creationTime: String(createdAtMs),
      startTime: String(createdAtMs),
      ...(endedAtMs !== undefined && { endTime: String(endedAtMs) }),
      totalBytesProcessed: '0',
      ...(plan?.jobType === 'LOAD' && { load: ofType ?? {} }),
      ...(plan?.jobType === 'COPY' && { copy: ofType ?? {} }),
      ...(plan?.jobType === 'EXTRACT' && { extract: ofType ?? {} }),
      ...(plan?.statementType !== undefined && {
        query: {
          statementType: plan.statementType,
          totalBytesProcessed: '0',
          cacheHit: false,
          ...(job.outcome === undefined && { schema }),
          ...(finished?.affectedRows !== undefined && { numDmlAffectedRows: String(finished.affectedRows) }),
        },
      }),
    },
  };
}
