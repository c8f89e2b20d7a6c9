import { randomUUID } from 'node:crypto';

import type { CloudClock } from '../../core/clock.ts';
import type { Meter } from '../../core/meter.ts';
import { asBigQueryError, BigQueryError, duplicate, notFound } from '../errors.ts';
import type { TranslatedQuery } from '../sql/context.ts';
import type { QueryResult } from '../store/query-result.ts';

/** Finished jobs that can still be read. */
const keptJobs = 200;
/** Finished queries whose rows can still be read. */
const keptResults = 50;

/** What a job will do, known before it runs. */
export interface JobPlan {
  readonly jobType: 'QUERY' | 'LOAD' | 'COPY' | 'EXTRACT';
  /** Of a query, for example SELECT. */
  readonly statementType?: string;
  /** Where the data is that it reads or writes. */
  readonly location?: string;
  /** Of the rows that it answers with. */
  readonly columns: TranslatedQuery['columns'];
  readonly run: () => Promise<JobOutcome>;
}

export interface JobOutcome {
  readonly rows?: QueryResult;
  readonly affectedRows?: number;
  /** Shown in the job's `statistics`, under its type. */
  readonly statistics?: object;
}

export interface Job {
  readonly project: string;
  readonly id: string;
  readonly location: string;
  readonly configuration: object;
  readonly plan: JobPlan | undefined;
  readonly createdAtMs: number;
  /** Undefined for a dry run. */
  outcome: Promise<JobOutcome> | undefined;
  finished: JobOutcome | undefined;
  endedAtMs: number | undefined;
  error: BigQueryError | undefined;
}

export interface JobRequest {
  readonly project: string;
  readonly jobId?: string | undefined;
  readonly location?: string | undefined;
  readonly dryRun: boolean;
  /** A request that cannot be planned becomes a failed job instead of a refusal. */
  readonly keepsRefusal: boolean;
  /** `configuration` as shown again in the job. */
  readonly configuration: object;
  readonly plan: (nowMicros: bigint) => Promise<JobPlan>;
}

/** The jobs of this run of the server, by project and id. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #clock: CloudClock;
  readonly #meter: Meter;

  constructor(clock: CloudClock, meter: Meter) {
    this.#clock = clock;
    this.#meter = meter;
  }

  /** Plans the job, which refuses what is wrong with it, and starts it. */
  async start(request: JobRequest): Promise<Job> {
    const { project, configuration, dryRun } = request;
    const id = request.jobId ?? `job_${randomUUID()}`;
    if (this.#jobs.has(`${project}:${id}`)) {
      throw duplicate(`Job ${project}:${request.location ?? 'US'}.${id}`);
    }
    const nowMicros = this.#clock.nowMicros();
    const { plan, error } = await planned(request, nowMicros);
    const job: Job = {
      project,
      id,
      location: request.location ?? plan?.location ?? 'US',
      configuration,
      plan,
      createdAtMs: Number(nowMicros / 1000n),
      outcome: dryRun ? undefined : error === undefined ? plan?.run() : Promise.reject(error),
      finished: undefined,
      endedAtMs: undefined,
      error,
    };
    const watched = this.#watch(job);
    if (error !== undefined || dryRun) await watched;
    if (!dryRun) {
      this.#meter.add('bigquery', plan?.jobType === 'QUERY' ? 'queries' : 'jobs');
      this.#keep(job);
    }
    return job;
  }

  /** Outside of US and EU a job is found only where it is asked for by its location. */
  find(project: string, id: string, location: string | null): Job {
    const job = this.#jobs.get(`${project}:${id}`);
    const isThere =
      location === null
        ? ['US', 'EU'].includes(job?.location.toUpperCase() ?? '')
        : location.toUpperCase() === job?.location.toUpperCase();
    if (job === undefined || !isThere) throw notFound(`Job ${project}:${location ?? 'US'}.${id}`);
    return job;
  }

  /** The oldest first. */
  list(project: string): Job[] {
    return [...this.#jobs.values()].filter((job) => job.project === project);
  }

  remove(job: Job): void {
    this.#jobs.delete(`${job.project}:${job.id}`);
  }

  async #watch(job: Job): Promise<void> {
    try {
      job.finished = await job.outcome;
    } catch (error) {
      job.error = asBigQueryError(error);
    }
    job.endedAtMs = Number(this.#clock.nowMicros() / 1000n);
  }

  #keep(job: Job): void {
    this.#jobs.set(`${job.project}:${job.id}`, job);
    const finished = [...this.#jobs].filter(([, { endedAtMs }]) => endedAtMs !== undefined);
    for (const [key] of finished.slice(0, Math.max(0, this.#jobs.size - keptJobs))) this.#jobs.delete(key);
    for (const [, old] of finished.slice(0, -keptResults)) forgetRows(old);
  }
}

/** Its rows are gone; a job that is read again says so. */
function forgetRows(job: Job): void {
  if (job.finished?.rows === undefined) return;
  const gone = new BigQueryError(404, 'notFound', `The results of job ${job.id} are no longer kept`);
  job.finished = {};
  job.outcome = Promise.reject(gone);
  job.outcome.catch(() => undefined);
}

async function planned(
  request: JobRequest,
  nowMicros: bigint,
): Promise<{ plan: JobPlan | undefined; error: BigQueryError | undefined }> {
  try {
    return { plan: await request.plan(nowMicros), error: undefined };
  } catch (error) {
    if (!request.keepsRefusal || request.dryRun || !(error instanceof BigQueryError)) throw error;
    return { plan: undefined, error };
  }
}
