import { randomUUID } from 'node:crypto';

import type { CloudClock } from '../../core/clock.ts';
import type { Meter } from '../../core/meter.ts';
import { asBigQueryError, duplicate, invalid, invalidQuery, notFound } from '../errors.ts';
import type { BigQueryError } from '../errors.ts';
import { objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { TranslatedQuery } from '../sql/context.ts';
import { translateStatement } from '../sql/statement.ts';
import type { QueryResult } from '../store/query-result.ts';
import type { Store } from '../store/store.ts';

/** Finished jobs whose rows can still be read. */
const keptJobs = 50;

export interface QueryJob {
  readonly project: string;
  readonly id: string;
  readonly location: string;
  readonly configuration: object;
  readonly columns: TranslatedQuery['columns'];
  readonly createdAtMs: number;
  /** Undefined for a dry run. */
  readonly result: Promise<QueryResult> | undefined;
  endedAtMs: number | undefined;
  error: BigQueryError | undefined;
}

export interface QueryRequest {
  readonly project: string;
  readonly jobId?: string;
  readonly location?: string;
  readonly dryRun: boolean;
  /** `configuration` as shown again in the job. */
  readonly configuration: object;
  /** `configuration.query`, or the body of `jobs.query`. */
  readonly query: JsonObject;
}

/** The queries of this run of the server, by project and id. */
export class QueryJobs {
  readonly #jobs = new Map<string, QueryJob>();
  readonly #store: Store;
  readonly #clock: CloudClock;
  readonly #meter: Meter;

  constructor(store: Store, clock: CloudClock, meter: Meter) {
    this.#store = store;
    this.#clock = clock;
    this.#meter = meter;
  }

  /** Translates the statement, which refuses what is wrong with it, and starts it. */
  async start({ project, jobId, location, dryRun, configuration, query }: QueryRequest): Promise<QueryJob> {
    const id = jobId ?? `job_${randomUUID()}`;
    const place = location ?? 'US';
    if (this.#jobs.has(`${project}:${id}`)) throw duplicate(`Job ${project}:${place}.${id}`);
    const nowMicros = this.#clock.nowMicros();
    const translated = await this.#translate(project, query, nowMicros);
    const job: QueryJob = {
      project,
      id,
      location: place,
      configuration,
      columns: translated.columns,
      createdAtMs: Number(nowMicros / 1000n),
      result: dryRun ? undefined : this.#store.query(translated),
      endedAtMs: undefined,
      error: undefined,
    };
    void this.#watch(job);
    if (!dryRun) {
      this.#meter.add('bigquery', 'queries');
      this.#keep(job);
    }
    return job;
  }

  find(project: string, id: string, location: string | null): QueryJob {
    const job = this.#jobs.get(`${project}:${id}`);
    if (job === undefined || (location !== null && location.toUpperCase() !== job.location.toUpperCase())) {
      throw notFound(`Job ${project}:${location ?? 'US'}.${id}`);
    }
    return job;
  }

  /** The oldest first. */
  list(project: string): QueryJob[] {
    return [...this.#jobs.values()].filter((job) => job.project === project);
  }

  remove(job: QueryJob): void {
    this.#jobs.delete(`${job.project}:${job.id}`);
  }

  #translate(project: string, query: JsonObject, nowMicros: bigint): Promise<TranslatedQuery> {
    if (query['useLegacySql'] === true)
      throw invalidQuery('Legacy SQL is not supported by the local BigQuery');
    if (query['destinationTable'] != null)
      throw invalid('destinationTable is not supported by the local BigQuery');
    const statement = query['query'];
    if (typeof statement !== 'string' || statement.trim() === '')
      throw invalid('Required parameter is missing: query');
    const defaultDataset = objectOf(query['defaultDataset']);
    const dataset = textOf(defaultDataset['datasetId']);
    return translateStatement(statement, {
      catalogue: this.#store.catalogue,
      project,
      ...(dataset !== undefined && {
        defaultDataset: { project: textOf(defaultDataset['projectId']) ?? project, dataset },
      }),
      parameters: query['queryParameters'],
      nowMicros,
    });
  }

  async #watch(job: QueryJob): Promise<void> {
    try {
      await job.result;
    } catch (error) {
      job.error = asBigQueryError(error);
    }
    job.endedAtMs = Number(this.#clock.nowMicros() / 1000n);
  }

  #keep(job: QueryJob): void {
    this.#jobs.set(`${job.project}:${job.id}`, job);
    for (const [key, { endedAtMs }] of this.#jobs) {
      if (this.#jobs.size <= keptJobs) return;
      if (endedAtMs !== undefined) this.#jobs.delete(key);
    }
  }
}
