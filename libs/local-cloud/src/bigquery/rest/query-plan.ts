import { invalid, invalidQuery } from '../errors.ts';
import { objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readStatement } from '../sql/statement.ts';
import type { StatementOptions } from '../sql/statement.ts';
import { applyChange, applyDefinition, applyRoutine, writeQuery } from '../store/apply-statement.ts';
import { readDestination } from '../store/destination.ts';
import type { Store } from '../store/store.ts';
import type { JobPlan } from './jobs.ts';
import { seedSamples } from './samples.ts';

/** Plans `configuration.query`, or the body of `jobs.query`. */
export async function planQuery(
  store: Store,
  project: string,
  query: JsonObject,
  location: string | undefined,
  nowMicros: bigint,
): Promise<JobPlan> {
  if (query['useLegacySql'] === true) throw invalidQuery('Legacy SQL is not supported by the local BigQuery');
  const statement = query['query'];
  if (typeof statement !== 'string' || statement.trim() === '')
    throw invalid('Required parameter is missing: query');
  if (/\bpublicdata\b/.test(statement)) await seedSamples(store);
  const defaultDataset = objectOf(query['defaultDataset']);
  const dataset = textOf(defaultDataset['datasetId']);
  const locations = new Set<string>();
  const options: StatementOptions = {
    catalogue: store.catalogue,
    project,
    ...(dataset !== undefined && {
      defaultDataset: { project: textOf(defaultDataset['projectId']) ?? project, dataset },
    }),
    ...(location !== undefined && { location }),
    usesLocation: (used) => locations.add(used),
    parameters: query['queryParameters'],
    nowMicros,
  };
  const translate = await readStatement(statement, options);
  const planned = translate();
  const nowMs = Number(nowMicros / 1000n);
  const destination =
    query['destinationTable'] == null ? undefined : readDestination(query, project, 'WRITE_EMPTY');
  const [used] = locations;
  const head = { jobType: 'QUERY' as const, ...(used !== undefined && { location: used }) };
  if (planned.kind === 'query') {
    const translated = planned.query;
    const run = async () => {
      if (destination !== undefined) await writeQuery(store, translated, destination, nowMs);
      return { rows: await store.query(translated) };
    };
    return { ...head, statementType: 'SELECT', columns: translated.columns, run };
  }
  if (destination !== undefined) throw invalidQuery('destinationTable is for queries only');
  const { statementType } = planned.kind === 'change' ? planned.change : planned.definition;
  return {
    ...head,
    statementType,
    columns: [],
    run: () =>
      store.writes.submit((transaction) => {
        // Again, against what the transactions before have left.
        const now = translate();
        if (now.kind === 'change') return applyChange(store, transaction, now.change);
        if (now.kind === 'routine') return applyRoutine(store, transaction, now.definition, nowMs);
        if (now.kind === 'definition') return applyDefinition(store, transaction, now.definition, nowMs);
        throw invalidQuery('The statement changed its kind');
      }),
  };
}
