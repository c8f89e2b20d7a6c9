import { tableName } from '../catalogue/table.ts';
import { BigQueryError, invalid, notFound } from '../errors.ts';
import { listOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { rowsOf } from '../sql/from.ts';
import { quoteName } from '../sql/type.ts';
import { openDestination, readDestination, readReference } from '../store/destination.ts';
import type { Store } from '../store/store.ts';
import type { JobPlan } from './jobs.ts';

/** Plans `configuration.copy`. Rows that are still in the streaming buffer are not copied, as in production. */
export function planCopy(
  store: Store,
  project: string,
  copy: JsonObject,
  requestedLocation: string | undefined,
  nowMicros: bigint,
): JobPlan {
  if (copy['operationType'] != null && copy['operationType'] !== 'COPY') {
    throw invalid('Snapshots and clones are not supported by the local BigQuery');
  }
  const given = copy['sourceTable'] == null ? listOf(copy['sourceTables']) : [copy['sourceTable']];
  const references = given.map((source) => readReference(source, project));
  const destination = readDestination(copy, project, 'WRITE_EMPTY');
  const { location } = store.catalogue.dataset(destination.reference.project, destination.reference.dataset);
  if (requestedLocation !== undefined && requestedLocation.toUpperCase() !== location.toUpperCase()) {
    throw notFound(`Dataset ${destination.reference.project}:${destination.reference.dataset}`);
  }
  for (const reference of references) store.catalogue.table(reference);
  const run = async () => {
    await store.writes.submit(async (transaction) => {
      const sources = references.map((reference) => store.catalogue.table(reference));
      const [first] = sources;
      if (first === undefined) throw invalid('Required parameter is missing: sourceTable');
      const { columns, settings } = first;
      const table = await openDestination(
        store,
        transaction,
        { ...destination, columns, settings },
        Number(nowMicros / 1000n),
      );
      const names = columns.map(({ name }) => quoteName(name)).join(', ');
      for (const source of sources) {
        if (JSON.stringify(source.columns) !== JSON.stringify(table.columns)) {
          throw new BigQueryError(
            400,
            'invalid',
            `Provided Schema does not match Table ${tableName(table.reference)}.`,
          );
        }
        const settled = store.streaming.settledRows(source);
        const where = settled === undefined ? '' : ` WHERE rowid < ${settled}`;
        await transaction.sql(
          `INSERT INTO ${rowsOf(table)} (${names}) SELECT ${names} FROM ${rowsOf(source)}${where}`,
        );
      }
    });
    return {};
  };
  return { jobType: 'COPY', location, columns: [], run };
}
