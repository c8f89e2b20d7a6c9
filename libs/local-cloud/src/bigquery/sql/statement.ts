import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Table } from '../catalogue/table.ts';
import { BigQueryError, invalidQuery } from '../errors.ts';
import type { TranslatedQuery } from './context.ts';
import { isFunction } from './functions.ts';
import { readParameters } from './parameters.ts';
import { parseStatement } from './parse.ts';
import { translateQuery } from './query.ts';

export interface StatementOptions {
  readonly catalogue: Pick<Catalogue, 'table'>;
  /** The project of tables that name none. */
  readonly project: string;
  /** The dataset of tables that name none. */
  readonly defaultDataset?: { readonly project: string; readonly dataset: string };
  /** `queryParameters` of the request. */
  readonly parameters?: unknown;
  readonly nowMicros: bigint;
}

/**
 * One GoogleSQL query in DuckDB's SQL, which gives the rows that BigQuery would give. Whatever is not known to
 * mean the same is refused with `invalidQuery`.
 */
export async function translateStatement(
  statement: string,
  options: StatementOptions,
): Promise<TranslatedQuery> {
  const node = await parseStatement(statement, isFunction);
  let names = 0;
  return translateQuery(node, {
    parameters: readParameters(options.parameters),
    nowMicros: options.nowMicros,
    table: (parts) => findTable(parts, options),
    newName: () => {
      names += 1;
      return `s${names}`;
    },
    ctes: new Map(),
  });
}

function findTable(
  parts: readonly string[],
  { catalogue, project, defaultDataset }: StatementOptions,
): Table {
  const [table = '', dataset = defaultDataset?.dataset, givenProject] = parts.toReversed();
  if (dataset === undefined) {
    throw invalidQuery(`Table "${table}" must be qualified with a dataset (e.g. dataset.table).`);
  }
  if (parts.length > 3) throw invalidQuery(`Invalid table name: ${parts.join('.')}`);
  const fallback = parts.length === 1 ? (defaultDataset?.project ?? project) : project;
  try {
    return catalogue.table({ project: givenProject ?? fallback, dataset, table });
  } catch (error) {
    if (!(error instanceof BigQueryError)) throw error;
    throw new BigQueryError(error.code, error.reason, `${error.message} was not found in location US`);
  }
}
