import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Table, TableReference } from '../catalogue/table.ts';
import { BigQueryError, invalidQuery, notFound } from '../errors.ts';
import type { TranslatedQuery } from './context.ts';
import { isDefinition, translateDefinition } from './ddl.ts';
import type { Definition } from './ddl.ts';
import { isChange, translateChange } from './dml.ts';
import type { Change } from './target.ts';
import { isFunction } from './functions.ts';
import { readParameters } from './parameters.ts';
import { loadParser, parseStatement } from './parse.ts';
import type { Parser } from './parse.ts';
import { translateRows } from './query.ts';
import type { QueryContext } from './query.ts';

export interface StatementOptions {
  readonly catalogue: Pick<Catalogue, 'table' | 'dataset'>;
  /** The project of tables that name none. */
  readonly project: string;
  /** The dataset of tables that name none. */
  readonly defaultDataset?: { readonly project: string; readonly dataset: string };
  /** `queryParameters` of the request. */
  readonly parameters?: unknown;
  readonly nowMicros: bigint;
  /** Where the job runs: tables elsewhere are not found. */
  readonly location?: string;
  /** Told the location of every table. */
  readonly usesLocation?: (location: string) => void;
}

/**
 * One GoogleSQL query in DuckDB's SQL, which gives the rows that BigQuery would give. Whatever is not known to
 * mean the same is refused with `invalidQuery`.
 */
export async function translateStatement(
  statement: string,
  options: StatementOptions,
): Promise<TranslatedQuery> {
  const parser = await loadParser();
  return translateRows(parseStatement(parser, statement, isFunction), queryContext(parser, options));
}

/** Any statement that is served. */
export type Statement =
  | { readonly kind: 'query'; readonly query: TranslatedQuery }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'definition'; readonly definition: Definition };

/** A function that translates the statement against the catalogue as it is when called. */
export async function readStatement(statement: string, options: StatementOptions): Promise<() => Statement> {
  const parser = await loadParser();
  return () => {
    const node = parseStatement(parser, statement, isFunction);
    const context = queryContext(parser, options);
    if (isChange(node)) return { kind: 'change', change: translateChange(node, context) };
    if (!isDefinition(node)) return { kind: 'query', query: translateRows(node, context) };
    const referenceOf = (parts: readonly string[]) => readReference(parts, options);
    return { kind: 'definition', definition: translateDefinition(node, context, referenceOf) };
  };
}

/** The context of a statement without anything around it. */
export function queryContext(parser: Parser, options: StatementOptions): QueryContext {
  let names = 0;
  const context = (depth: number, parameters: unknown, given: StatementOptions): QueryContext => ({
    parameters: readParameters(parameters),
    nowMicros: options.nowMicros,
    table: (parts) => findTable(parts, given),
    view: ({ view = '', reference: { project } }) => {
      if (depth === maxViewDepth) throw invalidQuery('Views are nested too deeply');
      const { defaultDataset: _, ...rest } = given;
      return translateRows(
        parseStatement(parser, view, isFunction),
        context(depth + 1, [], { ...rest, project }),
      );
    },
    newName: () => {
      names += 1;
      return `s${names}`;
    },
    ctes: new Map(),
  });
  return context(0, options.parameters, options);
}

const maxViewDepth = 16;

function readReference(
  parts: readonly string[],
  { project, defaultDataset }: Pick<StatementOptions, 'project' | 'defaultDataset'>,
): TableReference {
  const [table = '', dataset = defaultDataset?.dataset, givenProject] = parts.toReversed();
  if (dataset === undefined) {
    throw invalidQuery(`Table "${table}" must be qualified with a dataset (e.g. dataset.table).`);
  }
  if (parts.length > 3) throw invalidQuery(`Invalid table name: ${parts.join('.')}`);
  const fallback = parts.length === 1 ? (defaultDataset?.project ?? project) : project;
  return { project: givenProject ?? fallback, dataset, table };
}

function findTable(parts: readonly string[], options: StatementOptions): Table {
  const { catalogue, location, usesLocation } = options;
  const reference = readReference(parts, options);
  const { project: owner, dataset } = reference;
  try {
    const place = catalogue.dataset(owner, dataset).location;
    if (location !== undefined && location.toUpperCase() !== place.toUpperCase()) {
      throw notFound(`Dataset ${owner}:${dataset}`);
    }
    usesLocation?.(place);
    return catalogue.table(reference);
  } catch (error) {
    if (!(error instanceof BigQueryError)) throw error;
    throw new BigQueryError(
      error.code,
      error.reason,
      `${error.message} was not found in location ${location ?? 'US'}`,
    );
  }
}
