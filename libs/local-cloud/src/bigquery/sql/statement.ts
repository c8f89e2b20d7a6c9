import type { Catalogue, Dataset } from '../catalogue/catalogue.ts';
import type { Routine, RoutineReference } from '../catalogue/routine.ts';
import type { Table, TableReference } from '../catalogue/table.ts';
import { BigQueryError, invalidQuery, notFound } from '../errors.ts';
import type { TranslatedQuery } from './context.ts';
import { isDefinition, translateDefinition } from './ddl.ts';
import type { Definition } from './ddl.ts';
import { isChange, translateChange } from './dml.ts';
import type { Change } from './target.ts';
import { isFunction } from './functions.ts';
import { readParameters } from './parameters.ts';
import { informationSchema } from './information-schema.ts';
import type { Described } from './information-schema.ts';
import { SqlNode } from './node.ts';
import { loadParser, parseStatement, tokensOf } from './parse.ts';
import type { Parser } from './parse.ts';
import { translateRows } from './query.ts';
import type { QueryContext } from './query.ts';
import { callRoutine, functionBody, readCreateFunction, readDropFunction, typeOfBody } from './routine.ts';
import type { RoutineDefinition, RoutineRemoval } from './routine.ts';
import { toStandardType } from './standard-type.ts';

export interface StatementOptions {
  readonly catalogue: Pick<Catalogue, 'table' | 'routine'> & Described;
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
  | { readonly kind: 'definition'; readonly definition: Definition }
  | { readonly kind: 'routine'; readonly definition: RoutineDefinition | RoutineRemoval };

/** A function that translates the statement against the catalogue as it is when called. */
export async function readStatement(statement: string, options: StatementOptions): Promise<() => Statement> {
  const parser = await loadParser();
  return () => {
    const node = parseStatement(parser, statement, isFunction);
    const context = queryContext(parser, options);
    if (node.kind === 'create_function' || node.kind === 'drop_function') {
      return { kind: 'routine', definition: readRoutineStatement(node, parser, statement, options, context) };
    }
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
    informationSchema: (parts) =>
      informationSchema(parts, given.catalogue, given.project, (owner) => findDataset(owner, given)),
    view: ({ view = '', reference: { project } }) => {
      if (depth === maxViewDepth) throw invalidQuery('Views are nested too deeply');
      const { defaultDataset: _, ...rest } = given;
      return translateRows(
        parseStatement(parser, view, isFunction),
        context(depth + 1, [], { ...rest, project }),
      );
    },
    routine: (parts, args) => {
      if (depth === maxViewDepth) throw invalidQuery('Functions are nested too deeply');
      const routine = given.catalogue.routine(readRoutineReference(parts, given));
      const { defaultDataset: _, ...rest } = given;
      const around = context(depth + 1, [], { ...rest, project: routine.reference.project });
      return callRoutine(routine, parseBody(parser, routine.body), args, around);
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

/** The expression that a routine stands for. */
function parseBody(parser: Parser, body: string): SqlNode {
  const select = parseStatement(parser, `SELECT (${body})`, isFunction);
  const [only, ...more] = SqlNode.read(select, () => select.nodes('expressions'));
  if (only === undefined || more.length > 0) throw invalidQuery('The body of a function is one expression');
  return only;
}

/** A routine's declared or found type of what it returns; refuses a body that cannot be translated. */
export async function checkedRoutine<R extends Omit<Routine, 'createdAtMs' | 'modifiedAtMs'>>(
  routine: R,
  options: StatementOptions,
): Promise<R> {
  const parser = await loadParser();
  return withReturnType(routine, parser, queryContext(parser, options));
}

function withReturnType<R extends Omit<Routine, 'createdAtMs' | 'modifiedAtMs'>>(
  routine: R,
  parser: Parser,
  context: QueryContext,
): R {
  const whole = { ...routine, createdAtMs: 0, modifiedAtMs: 0 };
  const type = typeOfBody(whole, parseBody(parser, routine.body), context);
  return type === undefined ? routine : { ...routine, returnType: toStandardType(type) };
}

function readRoutineStatement(
  node: SqlNode,
  parser: Parser,
  statement: string,
  options: StatementOptions,
  context: QueryContext,
): RoutineDefinition | RoutineRemoval {
  const referenceOf = (parts: readonly string[]) => readRoutineReference(parts, options);
  if (node.kind === 'drop_function') return readDropFunction(node, referenceOf);
  const body = functionBody(statement, tokensOf(parser, statement));
  const definition = readCreateFunction(node, referenceOf, body);
  return { ...definition, routine: withReturnType(definition.routine, parser, context) };
}

function readRoutineReference(
  parts: readonly string[],
  options: Pick<StatementOptions, 'project' | 'defaultDataset'>,
): RoutineReference {
  const { project, dataset, table: routine } = readReference(parts, options);
  return { project, dataset, routine };
}

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
  const reference = readReference(parts, options);
  return inLocation(options, () => {
    datasetOf(reference.project, reference.dataset, options);
    return options.catalogue.table(reference);
  });
}

/** By `[project, dataset]`, `[dataset]`, or none of them. */
function findDataset(parts: readonly string[], options: StatementOptions): Dataset {
  const { project, dataset } = readReference([...parts, 'INFORMATION_SCHEMA'], options);
  return inLocation(options, () => datasetOf(project, dataset, options));
}

function datasetOf(
  project: string,
  id: string,
  { catalogue, location, usesLocation }: StatementOptions,
): Dataset {
  const dataset = catalogue.dataset(project, id);
  if (location !== undefined && location.toUpperCase() !== dataset.location.toUpperCase()) {
    throw notFound(`Dataset ${project}:${id}`);
  }
  usesLocation?.(dataset.location);
  return dataset;
}

function inLocation<T>({ location }: StatementOptions, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof BigQueryError)) throw error;
    throw new BigQueryError(
      error.code,
      error.reason,
      `${error.message} was not found in location ${location ?? 'US'}`,
    );
  }
}
