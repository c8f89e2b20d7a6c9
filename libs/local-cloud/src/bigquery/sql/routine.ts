import type { Routine, RoutineReference } from '../catalogue/routine.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';
import { objectOf } from '../json.ts';
import { readSqlType } from './cast.ts';
import { coerceTo } from './coercion.ts';
import { translateExpression } from './expression.ts';
import { SqlNode } from './node.ts';
import { contextOver } from './query.ts';
import type { QueryContext } from './query.ts';
import { readStandardType, toStandardType } from './standard-type.ts';
import type { Token } from './tokens.ts';
import { duckType } from './type.ts';
import type { Typed } from './type.ts';

/** CREATE FUNCTION in SQL. */
export interface RoutineDefinition {
  readonly statementType: 'CREATE_FUNCTION';
  readonly routine: Omit<Routine, 'createdAtMs' | 'modifiedAtMs'>;
  readonly isReplacing: boolean;
  readonly isOptional: boolean;
}

/** DROP FUNCTION. */
export interface RoutineRemoval {
  readonly statementType: 'DROP_FUNCTION';
  readonly routine: RoutineReference;
  readonly isOptional: boolean;
}

/** A call of a routine: its body, with the arguments in place of the parameters. */
export function callRoutine(
  { parameters, returnType, reference }: Routine,
  body: SqlNode,
  given: readonly Typed[],
  context: QueryContext,
): Typed {
  const where = `function ${reference.dataset}.${reference.routine}`;
  if (given.length !== parameters.length) {
    throw invalidQuery(`No matching signature for ${where}: wrong number of arguments`);
  }
  const fields = parameters.map(({ name, type }, index) => {
    const value = given[index] ?? { sql: 'NULL', type: readStandardType({ typeKind: 'INT64' }) };
    const { sql, type: taken } = type === undefined ? value : coerceTo(value, readStandardType(type), where);
    return { name, sql, type: taken };
  });
  const { outer: _, ...around } = context;
  const inside = contextOver([{ alias: '', fields }], { ...around, ctes: new Map() });
  const result = translateExpression(body, inside);
  const { sql, type } =
    returnType === undefined ? result : coerceTo(result, readStandardType(returnType), where);
  return { sql, type };
}

/** The type of a body whose parameters all have one; undefined for a template. */
export function typeOfBody(
  routine: Routine,
  body: SqlNode,
  context: QueryContext,
): Typed['type'] | undefined {
  const given = routine.parameters.flatMap(({ type }) => {
    if (type === undefined) return [];
    const known = readStandardType(type);
    return [{ sql: `CAST(NULL AS ${duckType(known)})`, type: known }];
  });
  if (given.length < routine.parameters.length) return undefined;
  return callRoutine(routine, body, given, context).type;
}

export function readCreateFunction(
  node: SqlNode,
  referenceOf: (parts: readonly string[]) => RoutineReference,
  bodyText: string,
): RoutineDefinition {
  return SqlNode.read(node, () => {
    if (node.flag('temporary')) throw unsupportedSql('CREATE TEMP FUNCTION');
    // The text is kept instead, and read again at each call.
    const body = objectOf(node.raw('body'));
    if (!('Expression' in body)) throw unsupportedSql('A function that is not an expression of SQL');
    node.raw('has_parens');
    node.raw('property_order');
    const parameters = node.list('parameters').map((raw) => {
      const parameter = SqlNode.bare('parameter', raw);
      return SqlNode.read(parameter, () => ({
        name: parameter.name('name') ?? '',
        type: readParameterType(parameter.raw('data_type')),
      }));
    });
    const returned = node.raw('return_type');
    return {
      statementType: 'CREATE_FUNCTION' as const,
      routine: {
        reference: referenceOf(readRoutineName(node.raw('name'))),
        parameters,
        body: bodyText,
        returnType: returned === undefined ? undefined : toStandardType(readSqlType(returned)),
        description: undefined,
      },
      isReplacing: node.flag('or_replace'),
      isOptional: node.flag('if_not_exists'),
    };
  });
}

export const readDropFunction = (
  node: SqlNode,
  referenceOf: (parts: readonly string[]) => RoutineReference,
): RoutineRemoval =>
  SqlNode.read(node, () => ({
    statementType: 'DROP_FUNCTION',
    routine: referenceOf(readRoutineName(node.raw('name'))),
    isOptional: node.flag('if_exists'),
  }));

/** The text between the parentheses behind AS. */
export function functionBody(statement: string, tokens: readonly Token[]): string {
  const start = tokens.findIndex(
    ({ text }, index) => text.toUpperCase() === 'AS' && tokens[index + 1]?.type === 'L_PAREN',
  );
  let depth = 0;
  for (const { type, start: close } of tokens.slice(start + 1)) {
    if (type === 'L_PAREN') depth += 1;
    if (type === 'R_PAREN') depth -= 1;
    if (depth > 0) continue;
    const open = tokens[start + 1]?.end ?? 0;
    return Array.from(statement).slice(open, close).join('').trim();
  }
  throw invalidQuery('Syntax error: Expected the body of the function in parentheses behind AS');
}

function readParameterType(raw: unknown) {
  const { data_type: kind, name } = objectOf(raw);
  if (kind === 'custom' && String(name).toUpperCase() === 'ANY TYPE') return undefined;
  return toStandardType(readSqlType(raw));
}

function readRoutineName(raw: unknown): string[] {
  const name = SqlNode.bare('function', raw);
  return SqlNode.read(name, () =>
    ['catalog', 'schema', 'name'].flatMap((key) => name.name(key)?.split('.') ?? []),
  );
}
